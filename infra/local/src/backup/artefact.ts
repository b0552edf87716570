import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Content, contentOfFile } from './table-files';

export const parts = {
  /** Logs, read models and bus: personal text only as ciphertext. */
  data: ['events', 'reads', 'bus'],
  /** The wrapped keys that open it. */
  keys: ['keys'],
} as const;
export type Part = keyof typeof parts;
export type DatabaseName = (typeof parts)[Part][number];

const content = z.object({ sha256: z.string(), bytes: z.number(), rows: z.number() });
const file = content.extend({ file: z.string().regex(/^[a-z]+(-[a-z]+)?[a-zA-Z0-9_.-]*$/) });
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const column = z.object({ name: z.string(), type: z.string(), sequence: z.string().nullable() });
const table = z.object({
  schema: z.string(),
  name: z.string(),
  columns: list(column),
  key: list(z.string()),
  content: file,
});
const database = z.object({
  name: z.enum(['events', 'reads', 'bus', 'keys']),
  roles: list(z.string()),
  before: file,
  after: file,
  tables: list(table),
});
const places = z.object({
  readers: list(
    z.object({
      schema: z.string(),
      table: z.enum(['checkpoints', 'relay_checkpoints']),
      reader: z.string(),
      events: z.number(),
    }),
  ),
  groups: list(
    z.object({ consumer_group: z.string(), topic: z.string(), partition: z.number(), messages: z.number() }),
  ),
  letters: list(z.object({ id: z.string(), place: z.number() })),
});

const manifest = z.object({
  format: z.literal(1),
  part: z.enum(['data', 'keys']),
  /** Pairs the two parts. */
  backup: z.uuid(),
  /** Everything acknowledged before this moment is in it. */
  asOf: z.iso.datetime(),
  /** Version of the product. */
  version: z.string(),
  databases: list(database),
  places: places.optional(),
  /** In the keys: hash of the data's manifest, so that neither part can be exchanged alone. */
  data: z.string().optional(),
  /** In the keys, where the backup knew it: tells whether a key-encryption key is the one that they are wrapped under. */
  keyCheck: z.string().optional(),
});

export type Manifest = z.infer<typeof manifest>;
export type DumpedDatabase = Manifest['databases'][number];
export type DumpedTable = DumpedDatabase['tables'][number];

/** A message for whoever asked for the backup or its restoration; no stack. */
export class Refused extends Error {}

const MANIFEST = 'manifest.json';
/** As `sha256sum` writes and checks it. */
const SEAL = 'manifest.sha256';

/** @throws Refused when there is something in the folder already */
export function newFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (readdirSync(path).length > 0)
    throw new Refused(`${path} is not empty. Name a folder of its own for each backup.`);
}

export function writeText(folder: string, name: string, text: string): DumpedDatabase['before'] {
  writeFileSync(join(folder, name), text, { flag: 'wx', mode: 0o600, flush: true });
  return { file: name, sha256: sha256(text), bytes: Buffer.byteLength(text), rows: text.split('\n').length - 1 };
}

/** Last: a folder without it is no backup. @returns its hash */
export function writeManifest(folder: string, value: Manifest): string {
  const { sha256: hash } = writeText(folder, MANIFEST, `${JSON.stringify(value, null, 2)}\n`);
  writeText(folder, SEAL, `${hash}  ${MANIFEST}\n`);
  return hash;
}

export interface Artefact {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sha256: string;
}

/** @throws Refused when it is incomplete or not as it was written */
export async function readArtefact(folder: string, part: Part): Promise<Artefact> {
  const text = textOf(folder, MANIFEST);
  if (textOf(folder, SEAL) !== `${sha256(text)}  ${MANIFEST}\n`) {
    throw new Refused(`${join(folder, MANIFEST)} is not as it was written.`);
  }
  const parsed = manifest.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Refused(`${join(folder, MANIFEST)} is not the manifest of a backup.`);
  if (parsed.data.part !== part)
    throw new Refused(`${folder} holds the ${parsed.data.part} of a backup, not the ${part}.`);
  for (const { before, after, tables } of parsed.data.databases) {
    for (const expected of [before, after, ...tables.map((one) => one.content)]) {
      const there = await contentOfFile(join(folder, expected.file)).catch(() => undefined);
      if (!there || !isSame(there, expected)) {
        throw new Refused(`${join(folder, expected.file)} is ${there ? 'not as it was written' : 'missing'}.`);
      }
    }
  }
  return { folder, manifest: parsed.data, sha256: sha256(text) };
}

function textOf(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    throw new Refused(`${folder} holds no finished backup: it has no ${name}.`);
  }
}

export const isSame = (one: Content, other: Content): boolean =>
  one.sha256 === other.sha256 && one.bytes === other.bytes && one.rows === other.rows;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
