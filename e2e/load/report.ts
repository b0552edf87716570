/** One line of a table: figures by column, as measured. */
export interface Line {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Goal {
  readonly goal: string;
  readonly measured: number;
  readonly bound: number;
  readonly met: boolean;
}

export interface Section {
  readonly title: string;
  /** What a reader must know to judge the figures. */
  readonly notes?: readonly string[];
  readonly lines: readonly Line[];
  readonly goals: readonly Goal[];
}

export const atLeast = (goal: string, measured: number, bound: number): Goal => ({
  goal: `${goal} ≥ ${bound}`,
  measured,
  bound,
  met: measured >= bound,
});

export const atMost = (goal: string, measured: number, bound: number): Goal => ({
  goal: `${goal} ≤ ${bound}`,
  measured,
  bound,
  met: measured <= bound,
});

const figure = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);

function table({ lines }: Section): string[] {
  const columns = [...new Set(lines.flatMap(({ figures }) => Object.keys(figures)))];
  const cells = lines.map(({ name, figures }) => [
    name,
    ...columns.map((column) => (figures[column] === undefined ? '' : figure(figures[column]))),
  ]);
  const rows = [['', ...columns], ...cells];
  const widths = rows[0]?.map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  '),
  );
}

export const printed = (section: Section): string =>
  [
    '',
    `## ${section.title}`,
    ...(section.notes ?? []).map((note) => `   ${note}`),
    ...table(section).map((row) => `   ${row}`),
    ...section.goals.map(
      ({ goal, measured, met }) => `   ${met ? 'met    ' : 'NOT MET'}  ${goal}  (measured ${figure(measured)})`,
    ),
  ].join('\n');
