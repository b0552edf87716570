import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceDefinition } from '@tsunagu/platform';
import { eventually, startServices, type TestServices } from '@tsunagu/testing';
import { encode } from 'iconv-lite';
import { directory } from '..';
import { run } from './cli';
import { readSources } from './read-files';
import { type Report, reportOf } from './report';
import { distinct, send } from './send';

const onlyDirectory: ServiceDefinition = {
  ...directory,
  name: 'referral',
  title: 'Directory',
  description: 'The directory alone.',
};
const data = join(__dirname, '../../../../../../shared/data');

let services: TestServices;
beforeAll(async () => {
  services = await startServices([onlyDirectory]);
});
afterAll(() => services.close());

async function importAll(...paths: readonly string[]): Promise<Report> {
  const sources = readSources(paths);
  const { entries, refused } = distinct(sources.entries);
  const endpoint = `${services.running.get('referral')?.url}/imports`;
  const results = await send(
    { endpoint, token: () => services.issuer.workerToken('minato') },
    entries,
    () => undefined,
  );
  return reportOf(sources, entries, [...sources.refused, ...refused], results);
}

const CSV = `名称,住所,電話番号,利用可能曜日,開始時間,終了時間,備考,駐車場
みどり児童館,つむぎ市1,099-000-0001,月火,9:00,17:00,,5台
あおば図書館,つむぎ市2,099-000-0002,火水,10:00,19:00,,なし
,つむぎ市3,,,,,,`;

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'directory-'));
  Object.entries(files).forEach(([name, content]) => writeFileSync(join(folder, name), content));
  return folder;
}

describe('importing a file', () => {
  const folder = folderWith({ 'places.csv': CSV });
  it('imports its rows and lists those it rejects, with file, line and reason', async () => {
    const { counts, rejected } = await importAll(folder);
    expect(counts).toEqual({ rows: 3, imported: 2, updated: 0, unchanged: 0, rejected: 1 });
    expect(rejected).toEqual([
      expect.objectContaining({ line: 4, code: 'no-name', file: expect.stringContaining('places.csv') }),
    ]);
  });
  it('again changes nothing', async () => {
    expect((await importAll(folder)).counts).toEqual({ rows: 3, imported: 0, updated: 0, unchanged: 2, rejected: 1 });
  });
  it('with a changed row updates that row alone', async () => {
    const changed = folderWith({ 'places.csv': CSV.replace('099-000-0002', '099-000-0009') });
    expect((await importAll(changed)).counts).toMatchObject({ imported: 0, updated: 1, unchanged: 1 });
    await eventually(async () => {
      const { body } = await services.call('referral', '/services?q=あおば図書館', { as: 'akira' });
      expect(body.items).toEqual([
        expect.objectContaining({ revision: 1, phones: [expect.objectContaining({ number: '099-000-0009' })] }),
      ]);
    });
  });
  it.each([
    ['Shift_JIS', encode(CSV.replaceAll('\n', '\r\n'), 'cp932')],
    ['UTF-8 with BOM', Buffer.from(`\uFEFF${CSV}`)],
  ])('in %s is the same file', async (_, bytes) => {
    await importAll(folder);
    expect((await importAll(folderWith({ 'places.csv': bytes }))).counts).toMatchObject({
      imported: 0,
      updated: 0,
      unchanged: 2,
    });
  });
});

describe('what cannot be read', () => {
  it.each([
    ['a missing file', [join(tmpdir(), 'there-is-none.csv')], 'not-found'],
    ['an empty folder', [folderWith({})], 'empty-folder'],
    ['a file of another kind', [folderWith({ 'budget.csv': '年度,金額\n2026,100\n' })], 'unknown-layout'],
    ['broken JSON', [folderWith({ 'x.json': '{"id": ' })], 'broken-file'],
  ])('%s is an error that says so', (_, paths, code) =>
    expect(readSources(paths).failures).toEqual([expect.objectContaining({ code })]),
  );

  it('makes the command fail', async () => {
    const said: string[] = [];
    const code = await run(
      ['--url', 'http://127.0.0.1:9', '--token', 'x', join(tmpdir(), 'there-is-none.csv')],
      (line) => said.push(line),
    );
    expect(code).toBe(1);
    expect(said.join('\n')).toContain('There is no such file or folder.');
  });
  it('and so does a command line that is none', async () => expect(await run([], () => undefined)).toBe(2));
});

const describeReal = existsSync(data) ? describe : absent;
function absent(promise: string): void {
  console.warn(`NOT RUN: "${promise}" needs the real files of ../shared/data beside the repository.`);
  describe(promise, () =>
    it('needs ../shared/data (not here: see the warning)', () => expect(existsSync(data)).toBe(false)),
  );
}

describeReal('the real files', () => {
  const paths = [join(data, 'takamatsu'), join(data, 'hsds')];
  const addsUp = ({ counts }: Report) =>
    counts.imported + counts.updated + counts.unchanged + counts.rejected === counts.rows;
  let first: Report;
  it('are taken, all but what is no entry', async () => {
    first = await importAll(...paths);
    expect(new Set(first.rejected.map(({ code }) => code))).toEqual(new Set(['not-an-entry']));
    expect([addsUp(first), first.counts.imported]).toEqual([true, first.counts.rows - first.counts.rejected]);
  });
  it('again change nothing', async () => {
    const again = await importAll(...paths);
    expect(again.counts).toEqual({ ...first.counts, imported: 0, updated: 0, unchanged: first.counts.imported });
  });
  it('are found by need, place and words', async () => {
    await eventually(async () => {
      const { body } = await services.call(
        'referral',
        `/services?need=dementia&area=${encodeURIComponent('高松市')}&limit=200`,
        { as: 'akira' },
      );
      expect(body.items.length).toBeGreaterThan(50);
    });
  });
  it('with one row changed are one update', async () => {
    const file = join(data, 'takamatsu/community_center.csv');
    const folder = mkdtempSync(join(tmpdir(), 'takamatsu-'));
    const copy = join(folder, 'community_center.csv');
    writeFileSync(copy, readFileSync(file, 'utf8').replace(/087-834-9911/, '087-000-0000'));
    expect((await importAll(folder)).counts).toEqual({ rows: 52, imported: 0, updated: 1, unchanged: 51, rejected: 0 });
  });
});
