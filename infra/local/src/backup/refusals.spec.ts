import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main as backUp } from './backup-cli';
import type { Manifest } from './artefact';
import { main as erasures } from './erasures-cli';
import { withInstallation } from './embedded';
import { main as restore } from './restore-cli';
import { readBackup, restore as restoreInto } from './restore';
import { TestTown } from './town.fixtures';

const RELEASED = join(__dirname, '..', '..', 'fixtures', 'released', '0.1.0');
const quietly = (): void => undefined;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsunagu-parts-'));
  for (const part of ['data', 'keys']) cpSync(join(RELEASED, part), join(folder, part), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = (part: string): string[] => readdirSync(join(folder, part)).map((name) => join(folder, part, name));
const read = (): Promise<unknown> =>
  readBackup({ from: join(folder, 'data'), keysFrom: join(folder, 'keys'), say: quietly });
const manifestOf = (part: string): Manifest =>
  JSON.parse(readFileSync(join(folder, part, 'manifest.json'), 'utf8')) as Manifest;

describe('a backup that is not as it was written is refused before anything is touched', () => {
  it.each(['data', 'keys'])(
    'any file of the %s with one byte changed, cut short, or gone',
    async (part) => {
      for (const file of files(part)) {
        const whole = readFileSync(file);
        const flipped = Buffer.from(whole);
        const middle = Math.floor(whole.length / 2);
        flipped[middle] = (flipped[middle] ?? 0) ^ 1;
        for (const spoilt of [whole.length > 0 ? flipped : Buffer.from('x'), whole.subarray(0, -1), undefined]) {
          if (spoilt) writeFileSync(file, spoilt);
          else rmSync(file);
          if (!spoilt?.equals(whole)) await expect(read()).rejects.toThrow();
          writeFileSync(file, whole);
        }
      }
      await expect(read()).resolves.toBeDefined();
    },
    60_000,
  );

  it('a row taken out together with its hash: the keys vouch for the data', async () => {
    const manifest = manifestOf('data');
    const table = manifest.databases.flatMap(({ tables }) => tables).find(({ name }) => name === 'timeline');
    if (!table) throw new Error('there is no timeline');
    const file = join(folder, 'data', table.content.file);
    const shorter = readFileSync(file, 'utf8').split('\n').slice(1).join('\n');
    writeFileSync(file, shorter);
    const content = {
      ...table.content,
      rows: table.content.rows - 1,
      bytes: Buffer.byteLength(shorter),
      sha256: createHash('sha256').update(shorter).digest('hex'),
    };
    const text = JSON.stringify(manifest, (_, value: unknown) => (value === table.content ? content : value));
    writeFileSync(join(folder, 'data', 'manifest.json'), text);
    const hash = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(folder, 'data', 'manifest.sha256'), `${hash}  manifest.json\n`);
    await expect(read()).rejects.toThrow('are not of the same backup, or one of them was changed');
  });

  it('the two parts in each other’s place, and a folder that is no backup', async () => {
    const swapped = readBackup({ from: join(folder, 'keys'), keysFrom: join(folder, 'data'), say: quietly });
    await expect(swapped).rejects.toThrow('holds the keys of a backup, not the data');
    rmSync(join(folder, 'data', 'manifest.json'));
    await expect(read()).rejects.toThrow('holds no finished backup');
  });

  it('keys that are wrapped under another key-encryption key', async () => {
    const { keysFrom, from } = { from: join(folder, 'data'), keysFrom: join(folder, 'keys') };
    await expect(readBackup({ from, keysFrom, keyCheck: 'another', say: quietly })).rejects.toThrow(
      'nothing would open',
    );
  });
});

describe('npm run restore', () => {
  const parts = ['--from', join(RELEASED, 'data'), '--keys-from', join(RELEASED, 'keys')];
  const secrets = ['--secrets', join(RELEASED, 'secrets.json')];
  let town: TestTown;
  beforeAll(async () => {
    town = await TestTown.on();
    Object.assign(process.env, town.environment);
  });
  afterAll(() => town.remove());

  it('shows how it is used unless it is told about erasures', async () => {
    expect(await restore(parts, quietly)).toBe(2);
    expect(await restore([...parts, '--without-erasures', '--erasures', 'x'], quietly)).toBe(2);
  });

  it('refuses a ledger that is not there, not whole, or lacks somebody; and leaves nothing behind', async () => {
    const ledger = town.at('spoilt.jsonl');
    const told = (): Promise<number> => restore([...parts, ...secrets, '--erasures', ledger], quietly);
    await expect(told()).rejects.toThrow('There is no');
    writeFileSync(ledger, '{"person":"a","erased":"2026-11-22T00:00:00Z"}\n{"person":');
    await expect(told()).rejects.toThrow('Line 2');
    writeFileSync(ledger, '');
    await expect(told()).rejects.toThrow('lacks 1 whom the backup knows to be erased');
    expect(readdirSync(town.data)).toEqual([]);
  }, 60_000);

  it('needs the secrets of the installation', async () => {
    await expect(restore([...parts, '--without-erasures'], quietly)).rejects.toThrow('Without the secrets.json');
  });

  it('makes what the backup holds: backed up again, it is the same backup', async () => {
    expect(await restore([...parts, ...secrets, '--without-erasures'], quietly)).toBe(0);
    const again = { to: town.at('again'), keys: town.at('again-keys') };
    await withInstallation(town.data, quietly, async (urls) => {
      for (const [name, url] of Object.entries(urls)) process.env[`SPEC_${name}`] = url;
      const named = Object.keys(urls).flatMap((name) => [`--${name}`, `env:SPEC_${name}`]);
      expect(await backUp(['--to', again.to, '--keys-to', again.keys, ...named], quietly)).toBe(0);
    });
    const comparable = (from: string) => {
      const { databases, places } = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')) as Manifest;
      const tables = databases.flatMap((one) => one.tables.filter(({ name }) => !/offsets|checkpoints$/.test(name)));
      return { places, tables, catalogs: databases.map(({ before, after, roles }) => ({ before, after, roles })) };
    };
    expect(comparable(again.to)).toEqual(comparable(join(RELEASED, 'data')));
    expect(comparable(again.keys)).toEqual(comparable(join(RELEASED, 'keys')));
  }, 120_000);

  it('refuses databases that are in use, and an installation unless told to replace it', async () => {
    await expect(restore([...parts, ...secrets, '--without-erasures'], quietly)).rejects.toThrow(
      'holds an installation',
    );
    await withInstallation(town.data, quietly, async (urls) => {
      const into = { urls, from: join(RELEASED, 'data'), keysFrom: join(RELEASED, 'keys'), erasures: undefined };
      await expect(restoreInto({ ...into, say: quietly })).rejects.toThrow('The database keys is in use');
    });
  }, 60_000);

  it('npm run erasures writes the ledger, and destroys what came back in another way', async () => {
    const ledger = town.at('written.jsonl');
    expect(await erasures([], quietly)).toBe(2);
    expect(await erasures(['--to', ledger], quietly)).toBe(0);
    expect(await erasures(['--to', ledger], quietly)).toBe(0);
    const [first, ...more] = readFileSync(ledger, 'utf8').trim().split('\n');
    expect(more).toEqual([]);
    expect(JSON.parse(first ?? '')).toEqual({ person: expect.any(String), erased: expect.any(String) });
    const alive = 'SELECT DISTINCT person FROM sealing.keys WHERE wrapped IS NOT NULL';
    const [{ person = '' } = {}] = await town.query<{ person: string }>('keys', alive);
    writeFileSync(ledger, `${JSON.stringify({ person, erased: '2026-11-22T00:00:00Z' })}\n`, { flag: 'a' });
    expect(await erasures(['--from', ledger], quietly)).toBe(0);
    const left = await town.query<{ person: string }>('keys', alive);
    expect(left).not.toContainEqual({ person });
  }, 60_000);

  it('keeps what it replaces, goes by its own secrets, and lets relays go back', async () => {
    const since = ['--republish-since', '2000-01-01'];
    const lines: string[] = [];
    expect(
      await restore([...parts, '--without-erasures', '--replace', ...since], (line) => void lines.push(line)),
    ).toBe(0);
    const [, kept] = /What was there before is in (\S+)\./.exec(lines.join('\n')) ?? [];
    expect(existsSync(join(kept ?? '', 'postgres', 'PG_VERSION'))).toBe(true);
    expect(await town.query('reads', 'SELECT FROM intake.relay_checkpoints')).toEqual([]);
    expect(await town.query('reads', 'SELECT FROM intake.checkpoints')).not.toEqual([]);
  }, 120_000);
});
