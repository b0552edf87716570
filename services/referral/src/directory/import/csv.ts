import { parse } from 'csv-parse/sync';
import { decode } from 'iconv-lite';

export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16' | 'shift_jis';

/** The text of a file. UTF-8 when the bytes are valid UTF-8, else Shift_JIS as Windows writes it (CP932). */
export function decodeText(bytes: Buffer): { readonly text: string; readonly encoding: Encoding } {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])))
    return { text: bytes.toString('utf8', 3), encoding: 'utf-8-bom' };
  if (bytes.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])))
    return { text: bytes.toString('utf16le', 2), encoding: 'utf-16' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: decode(bytes, 'cp932'), encoding: 'shift_jis' };
  }
}

export interface CsvRow {
  /** Line of the file that the record begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const isBlank = (cells: readonly string[]): boolean => cells.every((one) => one.trim() === '');

/**
 * The records of a comma- or tab-separated file; blank lines are none. A quoted cell may hold line breaks (as \n).
 * @throws Error when the quoting is broken
 */
export function readRecords(text: string): readonly CsvRow[] {
  const delimiter = (text.split('\n', 1)[0] ?? '').includes('\t') ? '\t' : ',';
  const options = { delimiter, info: true, relax_column_count: true, relax_quotes: true } as const;
  const parsed = parse(text.replace(/\r\n?/g, '\n'), options) as unknown as readonly {
    record: string[];
    info: { lines: number };
  }[];
  let end = 0;
  const records = parsed.map(({ record, info }) => {
    const line = end + 1;
    end = info.lines;
    return { line, cells: record };
  });
  return records.filter(({ cells }) => !isBlank(cells));
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
  /** Rows whose number of cells is not the header's: nobody knows which cell is missing. */
  readonly misshapen: readonly { readonly line: number; readonly reason: string }[];
}

/** The records below the header line at `at`. Cells beyond the header count only when something is in them. */
export function tableOf(records: readonly CsvRow[], at: number): Table {
  const header = (records[at]?.cells ?? []).map((name) => name.trim());
  while (header.at(-1) === '') header.pop();
  const body = records.slice(at + 1);
  const fits = ({ cells }: CsvRow): boolean => cells.length >= header.length && isBlank(cells.slice(header.length));
  return {
    header,
    rows: body.filter(fits),
    misshapen: body
      .filter((row) => !fits(row))
      .map(({ line, cells }) => ({
        line,
        reason: `The row has ${cells.length} cells, the header has ${header.length}.`,
      })),
  };
}
