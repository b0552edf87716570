import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { columnsOf } from './columns';
import { decodeText, readRecords, tableOf, type CsvRow, type Encoding } from './csv';
import { describesData, type Doc, type HsdsKind, hsdsKind, isDoc, itemsIn, rankOf } from './hsds-document';
import { HsdsPool } from './hsds-pool';
import { hsdsEntries } from './hsds-records';
import { hsdsTable, type HsdsTable, joinTables, refusal } from './hsds-tables';
import { readMunicipal } from './municipal';
import type { Entry, Origin, Refused } from './reading';

export interface SourceFile {
  readonly file: string;
  readonly layout: string;
  readonly encoding: Encoding | null;
  readonly rows: number;
}

export interface Failure {
  readonly file: string;
  readonly code: 'not-found' | 'unreadable' | 'unknown-layout' | 'broken-file' | 'empty-folder';
  readonly message: string;
}

export interface Sources {
  readonly files: readonly SourceFile[];
  readonly entries: readonly Entry[];
  readonly refused: readonly Refused[];
  readonly failures: readonly Failure[];
}

const READ = ['.csv', '.tsv', '.txt', '.json'];
const HEADER_WITHIN = 6;

/** Everything that files and folders hold for the directory; each file's kind is told by its content. */
export function readSources(paths: readonly string[]): Sources {
  const reader = new Reader();
  paths.forEach((path) => reader.path(path));
  return reader.finish();
}

class Reader {
  private readonly files: SourceFile[] = [];
  private readonly entries: Entry[] = [];
  private readonly refused: Refused[] = [];
  private readonly failures: Failure[] = [];
  private readonly pool = new HsdsPool();
  /** HSDS objects wait until all are read: a service_at_location may stand before its service. */
  private readonly documents: { readonly kind: HsdsKind; readonly doc: Doc; readonly origin: Origin }[] = [];
  /** HSDS tables by folder: those of one folder belong together. */
  private readonly tables = new Map<string, HsdsTable[]>();
  private readonly seen = new Set<string>();

  path(path: string): void {
    let isFolder: boolean;
    try {
      isFolder = statSync(path).isDirectory();
    } catch {
      this.fail(path, 'not-found', 'There is no such file or folder.');
      return;
    }
    if (!isFolder) return this.file(path, basename(path));
    const found = this.filesBelow(path);
    if (found.length === 0) this.fail(path, 'empty-folder', 'The folder holds no .csv or .json files.');
    found.forEach((file) => this.file(file, join(basename(path), relative(path, file))));
  }

  finish(): Sources {
    for (const { kind, doc, origin } of [...this.documents].sort((a, b) => rankOf(a.kind) - rankOf(b.kind))) {
      if (!this.pool.add(kind, doc, origin)) this.refused.push(refusal(kind, origin));
    }
    for (const tables of this.tables.values()) this.refused.push(...joinTables(tables, this.pool));
    const { entries, refused } = hsdsEntries(this.pool);
    this.entries.push(...entries);
    this.refused.push(...refused);
    return { files: this.files, entries: this.entries, refused: this.refused, failures: this.failures };
  }

  private filesBelow(folder: string): readonly string[] {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && READ.includes(extname(entry.name).toLowerCase()))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
    } catch {
      this.fail(folder, 'unreadable', 'The folder cannot be read.');
      return [];
    }
  }

  private file(path: string, file: string): void {
    if (this.seen.has(path)) return;
    this.seen.add(path);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      this.fail(file, 'unreadable', 'The file cannot be read.');
      return;
    }
    const { text, encoding } = decodeText(bytes);
    try {
      if (/^\s*[[{]/.test(text)) this.json(JSON.parse(text), file);
      else this.csv(readRecords(text), path, file, encoding);
    } catch (error) {
      this.fail(
        file,
        'broken-file',
        `The file is neither readable CSV nor JSON: ${error instanceof Error ? error.message : 'unknown'}.`,
      );
    }
  }

  private csv(records: readonly CsvRow[], path: string, file: string, encoding: Encoding): void {
    const table = tableOf(records, 0);
    const rows = table.rows.length + table.misshapen.length;
    const signature = hsdsTable(table.header);
    if (signature) {
      const folder = dirname(path);
      this.tables.set(folder, [...(this.tables.get(folder) ?? []), { file, signature, content: table }]);
      this.files.push({ file, layout: `hsds-csv ${signature.table}`, encoding, rows });
      return;
    }
    for (let at = 0; at < Math.min(HEADER_WITHIN, records.length); at += 1) {
      const candidate = tableOf(records, at);
      const columns = columnsOf(candidate.header);
      if (!columns) continue;
      const dataset = datasetOf(path);
      const { layout, entries, refused } = readMunicipal(
        { file, dataset, folder: basename(dirname(path)) },
        columns,
        candidate,
      );
      this.files.push({ file, layout, encoding, rows: candidate.rows.length + candidate.misshapen.length });
      this.entries.push(...entries);
      this.refused.push(...refused);
      return;
    }
    this.unknown(
      file,
      table.header.join(', '),
      encoding,
      [...table.rows, ...table.misshapen].map(({ line }) => line),
    );
  }

  private json(document: unknown, file: string): void {
    if (describesData(document)) {
      this.files.push({ file, layout: 'schema (holds no rows)', encoding: 'utf-8', rows: 0 });
      return;
    }
    const items = itemsIn(document);
    const kinds = items.map(({ doc }) => (isDoc(doc) ? hsdsKind(doc) : null));
    const first = kinds.find((kind) => kind !== null);
    if (items.length > 0 && !first) {
      return this.unknown(
        file,
        Object.keys(isDoc(items[0]?.doc) ? items[0].doc : {}).join(', '),
        'utf-8',
        items.map(({ at }) => at),
      );
    }
    this.files.push({ file, layout: `hsds-json ${first ?? '(empty)'}`, encoding: 'utf-8', rows: items.length });
    items.forEach(({ doc, at }, n) => {
      const origin = { file, line: at || 1 };
      const kind = kinds[n];
      if (!kind || !isDoc(doc))
        this.refused.push({
          ...origin,
          code: 'unknown-object',
          reason: 'This is no HSDS object that the directory knows.',
        });
      else this.documents.push({ kind, doc, origin });
    });
  }

  private unknown(file: string, columns: string, encoding: Encoding, lines: readonly (number | string)[]): void {
    this.files.push({ file, layout: 'unknown', encoding, rows: lines.length });
    const reason = 'The layout of this file is not known.';
    this.refused.push(...lines.map((line) => ({ file, line: line || 1, code: 'unknown-layout', reason })));
    this.fail(
      file,
      'unknown-layout',
      `Neither a municipal list (a column such as 名称, 施設名 or 行事名 is needed) nor HSDS. Its columns: ${columns.slice(0, 300) || 'none'}.`,
    );
  }

  private fail(file: string, code: Failure['code'], message: string): void {
    this.failures.push({ file, code, message });
  }
}

/** `131229_子育て施設_20260401.csv` is next year's `131229_子育て施設_20270401.csv`. */
const datasetOf = (path: string): string =>
  basename(path, extname(path))
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[_-]?(?:20\d{2}(?:[-_]?\d{2}){0,2}|(?:r|h|令和|平成)\d{1,2}(?:年度?)?)$/, '') || basename(path);
