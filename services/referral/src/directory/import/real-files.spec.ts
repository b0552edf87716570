import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importRecord } from '@tsunagu/contracts';
import { readSources } from './read-files';

const data = join(__dirname, '../../../../../../shared/data');
const describeReal = existsSync(data) ? describe : absent;
function absent(promise: string): void {
  console.warn(`NOT RUN: "${promise}" needs the real files of ../shared/data beside the repository.`);
  describe(promise, () =>
    it('needs ../shared/data (not here: see the warning)', () => expect(existsSync(data)).toBe(false)),
  );
}

describeReal('of the real files, every row is a valid record or listed', () => {
  const sources = readSources([join(data, 'takamatsu'), join(data, 'hsds'), join(data, 'openeligibility')]);
  const rows = sources.files.reduce((sum, file) => sum + file.rows, 0);
  const places = (list: readonly { file: string; line: number | string }[]) =>
    list.map(({ file, line }) => `${file}:${line}`);

  it('none is lost, none counted twice', () => {
    const imported = new Set(places(sources.entries.flatMap(({ origins }) => origins)));
    const refused = new Set(places(sources.refused));
    expect([...imported].filter((place) => refused.has(place))).toEqual([]);
    expect(imported.size + refused.size).toBe(rows);
  });
  it('every layout is known', () => expect(sources.failures).toEqual([]));
  it('of the municipal files none is refused', () =>
    expect(sources.refused.filter(({ file }) => file.startsWith('takamatsu'))).toEqual([]));
  it('every record keeps the contract', () =>
    expect(sources.entries.flatMap(({ record }) => importRecord.safeParse(record).error?.issues ?? [])).toEqual([]));
  it('every entry has an id of its own', () => {
    const ids = sources.entries.flatMap(({ record }) => (record.type === 'service' ? [record.id] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('no name of a contact person is among them', () =>
    expect(JSON.stringify(sources.entries)).not.toContain('Persona'));
});
