import { ErrorType, isCommandError } from '@eventstore/db-client';

/** A new leader is elected within a few seconds; whoever waits longer is better told. */
const RETRY_AFTER_MS = [20, 100, 400, 1500] as const;
const PASSING: readonly ErrorType[] = [
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.NOT_LEADER,
];

/** The server or the way to it failed, rather than the request. The bare errors are those of a channel being replaced. */
const isPassing = (error: unknown): boolean =>
  error instanceof Error && isCommandError(error) ? PASSING.includes(error.type) : true;

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** For work that may be repeated, even when only its answer was lost: reads, and appends, whose event ids the server knows again. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of RETRY_AFTER_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await delay(wait);
    }
  }
  return work();
}
