import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Client } from 'pg';
import { z } from 'zod';
import { Refused } from './artefact';

/** Who was erased, and when. Ids only: they are random, and name nobody any more. */
export type Erasures = ReadonlyMap<string, string>;

const line = z.object({ person: z.string(), erased: z.iso.datetime() });

/** @throws Refused when a line is not whole: whoever stood there would come back */
export function readErasures(file: string): Erasures {
  if (!existsSync(file)) throw new Refused(`There is no ${file}.`);
  const found = new Map<string, string>();
  for (const [n, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text === '') continue;
    const parsed = line.safeParse(jsonOf(text));
    if (!parsed.success) throw new Refused(`Line ${n + 1} of ${file} does not say who was erased.`);
    found.set(parsed.data.person, parsed.data.erased);
  }
  return found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Adds whom the key database knows and the file does not. Written to disk when it settles. @returns how many */
export async function addErasures(keys: Client, file: string): Promise<number> {
  const known = existsSync(file) ? readErasures(file) : new Map<string, string>();
  const { rows } = await keys.query<{ person: string; erased: Date }>(
    'SELECT person, erased FROM sealing.erased_persons ORDER BY erased, person',
  );
  const missing = rows.filter(({ person }) => !known.has(person));
  appendErasures(
    file,
    missing.map(({ person, erased }) => [person, erased.toISOString()]),
  );
  return missing.length;
}

export function appendErasures(file: string, erasures: Iterable<readonly [string, string]>): void {
  const lines = [...erasures].map(([person, erased]) => `${JSON.stringify({ person, erased })}\n`);
  const opened = openSync(file, 'a', 0o600);
  try {
    if (lines.length > 0) writeSync(opened, lines.join(''));
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** For a key database that came back in another way than by `restore`. All or none. */
export async function applyErasures(
  keys: Client,
  erasures: Erasures,
): Promise<{ readonly persons: number; readonly keys: number }> {
  const ledger = JSON.stringify([...erasures].map(([person, erased]) => ({ person, erased })));
  const { rows } = await keys.query<{ person: string }>(
    `WITH ledger AS (SELECT * FROM json_to_recordset($1) AS l(person text, erased timestamptz)),
       known AS (INSERT INTO sealing.erased_persons SELECT person, erased FROM ledger ON CONFLICT DO NOTHING)
     UPDATE sealing.keys k SET wrapped = NULL, destroyed = clock_timestamp() FROM ledger
      WHERE k.person = ledger.person AND k.wrapped IS NOT NULL RETURNING k.person`,
    [ledger],
  );
  return { persons: new Set(rows.map(({ person }) => person)).size, keys: rows.length };
}

const EVERY_MS = 1_000;

export interface Following {
  stop(): Promise<void>;
}

/** Keeps the file up to date, a second behind at most. What fails is told once, and tried again. */
export function followErasures(url: string, file: string, say: (line: string) => void): Following {
  let counted = -1;
  let failing = false;
  let turn: Promise<void> = Promise.resolve();
  let connection: Client | undefined;
  const leave = async (): Promise<void> => {
    await connection?.end().catch(() => undefined);
    connection = undefined;
  };
  const look = async (): Promise<void> => {
    try {
      const client = (connection ??= await connectedTo(url));
      const { rows } = await client.query<{ count: number }>('SELECT count(*)::int FROM sealing.erased_persons');
      const count = rows[0]?.count ?? 0;
      if (count !== counted) await addErasures(client, file);
      counted = count;
      failing = false;
    } catch (error) {
      if (!failing) say(`The ledger of erasures ${file} cannot be written: ${messageOf(error)}`);
      failing = true;
      await leave();
    }
  };
  const tick = (): void => void (turn = turn.then(look));
  const timer = setInterval(tick, EVERY_MS);
  tick();
  return {
    stop: async () => {
      clearInterval(timer);
      tick();
      await turn;
      await leave();
    },
  };
}

async function connectedTo(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // A connection lost between two looks fails the next one; unheard, it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
