import type { Position } from '@tsunagu/event-sourcing';

const TX_DIGITS = 16;
const ORDINAL_DIGITS = 8;

const hex = (value: string | number, digits: number): string => Number(value).toString(16).padStart(digits, '0');

/** Every position of this transaction sorts after it, every earlier one before. Transaction ids stay below 2^53. */
export const startOf = (tx: string): Position => hex(tx, TX_DIGITS) as Position;

/** (tx, ordinal) in fixed-width hexadecimal, so that strings sort as the pairs do. */
export const positionOf = (tx: string, ordinal: string | number): Position =>
  (startOf(tx) + hex(ordinal, ORDINAL_DIGITS)) as Position;

/** @throws Error when the text is not one of this store's positions */
export function pairOf(position: Position): { readonly tx: string; readonly ordinal: number } {
  if (!/^[0-9a-f]{24}$/.test(position)) throw new Error(`not a position of this log: ${position}`);
  return {
    tx: BigInt(`0x${position.slice(0, TX_DIGITS)}`).toString(),
    ordinal: Number.parseInt(position.slice(TX_DIGITS), 16),
  };
}
