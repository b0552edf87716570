import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportRecord, ImportResult } from '@tsunagu/contracts';
import type { Entry, Refused } from './reading';

export interface Target {
  /** Address of `POST /imports`. */
  readonly endpoint: string;
  /** A bearer token of an agency administrator; asked again when it has expired. */
  readonly token: (renew: boolean) => Promise<string>;
}

/** The server does not answer, or does not let us: nothing more can be sent. */
export class CannotSend extends Error {}

const MOST_RECORDS = 200;
const MOST_BYTES = 200_000;
const PATIENCE_MS: readonly number[] = [300, 1_000, 3_000];

/**
 * One entry for each id. The same organisation stands in many rows; a service that a second file tells differently is
 * refused there, because the two would overwrite each other for ever.
 */
export function distinct(entries: readonly Entry[]): {
  readonly entries: readonly Entry[];
  readonly refused: readonly Refused[];
} {
  const byId = new Map<string, Entry>();
  const refused: Refused[] = [];
  for (const entry of entries) {
    const known = byId.get(entry.record.id);
    if (!known || known.record.type !== entry.record.type) byId.set(entry.record.id, known ?? entry);
    else if (entry.record.type === 'organisation' || JSON.stringify(known.record) === JSON.stringify(entry.record)) {
      byId.set(entry.record.id, { ...known, origins: [...known.origins, ...entry.origins] });
    } else {
      const [first] = known.origins;
      const reason = `${first?.file}:${first?.line} tells the same entry (${entry.record.source}) otherwise.`;
      refused.push(...entry.origins.map((origin) => ({ ...origin, code: 'told-twice', reason })));
    }
  }
  return { entries: [...byId.values()], refused };
}

/** Sends every record, organisations first. @throws CannotSend */
export async function send(
  target: Target,
  entries: readonly Entry[],
  progress: (sent: number, of: number) => void,
): Promise<Map<string, ImportResult>> {
  const records = entries.map(({ record }) => record);
  const ordered = [
    ...records.filter(({ type }) => type === 'organisation'),
    ...records.filter(({ type }) => type === 'service'),
  ];
  const results = new Map<string, ImportResult>();
  let sent = 0;
  for (const batch of batchesOf(ordered)) {
    (await sendBatch(target, batch)).forEach((result) => results.set(result.id, result));
    sent += batch.length;
    progress(sent, ordered.length);
  }
  return results;
}

function* batchesOf(records: readonly ImportRecord[]): Generator<readonly ImportRecord[]> {
  let batch: ImportRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    const full = batch.length === MOST_RECORDS || bytes + size > MOST_BYTES;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(target: Target, records: readonly ImportRecord[]): Promise<readonly ImportResult[]> {
  const response = await post(target, JSON.stringify({ records }));
  if (response.ok) return ((await response.json()) as { results: ImportResult[] }).results;
  const { code, detail } = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  if (response.status === 413) {
    return records.map(({ id }) => ({
      id,
      outcome: 'rejected',
      code: 'too-large',
      reason: 'The record is larger than the server takes.',
    }));
  }
  throw new CannotSend(
    `The server refused the import (${response.status} ${code ?? ''}): ${detail ?? 'no explanation'}`,
  );
}

/** The same key for every attempt: a batch that was taken but not answered is answered as it was then. */
async function post({ endpoint, token }: Target, body: string): Promise<Response> {
  const key = randomUUID();
  let renewed = false;
  for (let attempt = 0; ; attempt += 1) {
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': key,
      authorization: `Bearer ${await token(renewed)}`,
    };
    const response = await fetch(endpoint, { method: 'POST', headers, body }).catch(() => undefined);
    const wait = PATIENCE_MS[attempt];
    if (response?.status === 401 && !renewed) renewed = true;
    else if (response && ![502, 503, 504].includes(response.status)) return response;
    else if (wait === undefined)
      throw new CannotSend(
        `${endpoint} does not answer${response ? ` (${response.status})` : ''}. Is Tsunagu running there?`,
      );
    else await delay(wait);
  }
}
