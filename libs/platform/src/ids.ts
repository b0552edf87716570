import { createHash, createHmac } from 'node:crypto';
import type { CommandContext } from '@tsunagu/event-sourcing';

/** Namespace of the ids that Tsunagu derives from other ids. */
const NAMESPACE = Buffer.from('8f1d3c5a2b7e4f609a1c0d2e3b4f5a69', 'hex');

/** Name-based UUID, version 5 (RFC 9562 section 5.5): the same parts always give the same id. */
export function uuidFrom(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE);
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return asUuid(hash.digest(), 0x50);
}

/** UUID that only the holder of the key can derive: published, it does not lead back to `text`. Version 8. */
export function secretUuid(key: Buffer, text: string): string {
  return asUuid(createHmac('sha256', key).update(text).digest(), 0x80);
}

function asUuid(digest: Buffer, version: number): string {
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | version, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Id of something this command creates; a repeat of the command names the same thing. */
export const idFrom = (context: Pick<CommandContext, 'commandId'>, name: string): string =>
  uuidFrom(context.commandId, name);
