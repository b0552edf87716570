import { setTimeout as delay } from 'node:timers/promises';

export interface RetryPolicy {
  /** Tries of one event before it is set aside. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const patient: RetryPolicy = { attempts: 6, firstDelayMs: 100, maxDelayMs: 30_000 };

export interface Failure {
  readonly reason: string;
  readonly attempts: number;
}

export type Tried = 'handled' | 'interrupted' | Failure;

/** Calls until it succeeds, is interrupted, or has failed too often. An outage is not the event's fault: it is waited out. */
export async function tryRepeatedly(
  call: () => Promise<void>,
  policy: RetryPolicy,
  interrupted: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<Tried> {
  let failures = 0;
  for (let round = 0; !interrupted.aborted; round += 1) {
    try {
      await call();
      return 'handled';
    } catch (error) {
      onFailure(error);
      if (!isOutage(error)) failures += 1;
      if (failures >= policy.attempts) return { reason: reasonOf(error), attempts: failures };
      await pause(delayAfter(policy, round), interrupted);
    }
  }
  return 'interrupted';
}

/** How long to wait after the round that failed, the first being 0. */
export const delayAfter = ({ firstDelayMs, maxDelayMs }: RetryPolicy, round: number): number =>
  Math.min(firstDelayMs * 4 ** Math.min(round, 20), maxDelayMs);

/** Settles after the time, or as soon as interrupted. */
export const pause = (ms: number, interrupted: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal: interrupted }).catch(() => undefined);

const field = (error: unknown, name: 'code' | 'name' | 'message'): string => {
  const value = (error as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

/** Node's network errors, PostgreSQL's classes 08 (connection), 53 (resources), 57P (shutdown), and a service that is down. */
const OUTAGE = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|53\w{3}|57P0\w)$/;

/** Something that this needs does not answer at the moment: the same may succeed later. */
export const isOutage = (error: unknown): boolean =>
  OUTAGE.test(field(error, 'code')) ||
  field(error, 'name') === 'Unavailable' ||
  // pg gives these no code.
  /^(Connection terminated|timeout exceeded when trying to connect)/.test(field(error, 'message'));

/** A code or class; never the message, which might repeat what somebody typed. */
export const reasonOf = (error: unknown): string =>
  [field(error, 'code'), field(error, 'name')].find((word) => /^[A-Za-z0-9_.-]{1,80}$/.test(word)) ?? 'Error';
