import { DatabaseError } from 'pg';

const UNIQUE_VIOLATION = '23505';
/** Connection, resources, operator intervention (restart, kill), deadlock: the same statement may well succeed later. */
const PASSING = ['08', '53', '57', '40'];

/** The server or the way to it failed, rather than the statement. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || PASSING.includes(error.code?.slice(0, 2) ?? '');

export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === constraint;

export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
