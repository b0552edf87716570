import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Row {
  readonly fault: string;
  readonly injected: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the fault's end to the answer of the next command sent after it. */
  readonly nextMs: number;
  /** From the fault's end to when nothing was on its way any more. */
  readonly stillMs: number;
  /** Everything else that was not as promised. */
  readonly wrong: readonly string[];
}

const HEAD = ['fault', 'injected', 'sent', 'acknowledged', 'lost', 'doubled', 'next answer (ms)', 'all arrived (ms)'];

const cells = (row: Row): readonly string[] => [
  row.fault,
  ...[row.injected, row.sent, row.acknowledged, row.lost, row.doubled, row.nextMs, row.stillMs].map((number) =>
    String(Math.round(number)),
  ),
];

/** A Markdown table, with the sums in its last row. */
export function tableOf(rows: readonly Row[]): string {
  const sum = (field: 'injected' | 'sent' | 'acknowledged' | 'lost' | 'doubled'): string =>
    String(rows.reduce((total, row) => total + row[field], 0));
  const totals = ['all', sum('injected'), sum('sent'), sum('acknowledged'), sum('lost'), sum('doubled'), '', ''];
  const lines = [HEAD, ...rows.map(cells), totals];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, n) => (n === 0 ? text.padEnd(widths[n] ?? 0) : text.padStart(widths[n] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [line(head), rule, ...body.map(line)].join('\n');
}

export function writeReport(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
