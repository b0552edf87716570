import type { Position as LogPosition } from '@eventstore/db-client';
import type { Position } from '@tsunagu/event-sourcing';

const DIGITS = 16;
/** What a server answers for a position that it does not know: -1 as an unsigned number. */
const UNKNOWN = 2n ** 64n - 1n;

const hex = (value: bigint): string => value.toString(16).padStart(DIGITS, '0');

export const isKnown = (position: LogPosition | undefined): position is LogPosition =>
  position !== undefined && position.commit !== UNKNOWN;

/** (commit, prepare) in fixed-width hexadecimal, so that strings sort as the pairs do. */
export const positionOf = ({ commit, prepare }: LogPosition): Position => (hex(commit) + hex(prepare)) as Position;

/** @throws Error when the text is not one of this store's positions */
export function pairOf(position: Position): LogPosition {
  if (!/^[0-9a-f]{32}$/.test(position)) throw new Error(`not a position of this log: ${position}`);
  return { commit: BigInt(`0x${position.slice(0, DIGITS)}`), prepare: BigInt(`0x${position.slice(DIGITS)}`) };
}
