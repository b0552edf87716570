import { encode } from 'iconv-lite';
import { decodeText, readRecords, tableOf } from './csv';

const csv = '名称,備考\r\n"ひだまり\r\n広場","髙橋①～"\r\n\r\nみどり館,\r\n';

describe('encodings', () => {
  it.each([
    ['utf-8', Buffer.from(csv)],
    ['utf-8-bom', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(csv)])],
    ['shift_jis', encode(csv, 'cp932')],
  ])('%s', (encoding, bytes) => expect(decodeText(bytes)).toEqual({ encoding, text: csv }));
});

describe('records', () => {
  const table = tableOf(readRecords(csv), 0);
  it('may hold line breaks, and know the line they begin on', () =>
    expect(table.rows.map(({ line }) => line)).toEqual([2, 5]));
  it('keep their cells', () => expect(table.rows[0]?.cells).toEqual(['ひだまり\n広場', '髙橋①～']));
  it('of another shape are listed', () =>
    expect(tableOf(readRecords('a,b\n1\n1,2\n1,2,\n1,2,3\n'), 0).misshapen.map(({ line }) => line)).toEqual([2, 5]));
});
