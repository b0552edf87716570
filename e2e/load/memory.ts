import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Sums the proportional set size of a process and all that descend from it. */
export function memoryOf(pid: number | undefined): number | undefined {
  if (pid === undefined || !existsSync('/proc/self/smaps_rollup')) return undefined;
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const ours = new Set([pid]);
  for (let grew = true; grew;) {
    const size = ours.size;
    for (const [child, parent] of parents) if (ours.has(parent)) ours.add(child);
    grew = ours.size > size;
  }
  const kilobytes = [...ours].map((one) =>
    Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${one}/smaps_rollup`))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

const parentOf = (pid: string): number => Number(/^PPid:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
