import { linkSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivately, writePrivately } from './private-file';
import { StartRefused } from './settings';

/** Who holds the data folder; also how `npm run token` finds the running town. */
export interface Holder {
  readonly pid: number;
  /** When the process began, as the system counts; a later process may get the same number. */
  readonly began: string;
  readonly origin: string;
}

const FILE = 'running.json';

/** Takes the data folder, or a folder that a crash left taken. @throws StartRefused when somebody runs on it */
export function takeFolder(data: string, origin: string): { release(): void } {
  const file = join(data, FILE);
  const mine = `${file}.new`;
  writePrivately(mine, { pid: process.pid, began: beginningOf(process.pid), origin } satisfies Holder);
  try {
    if (!take(mine, file)) {
      mustNotRun(data);
      rmSync(file, { force: true });
      if (!take(mine, file)) throw new StartRefused(`Another start took ${data} at the same moment. Try again.`);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return { release: () => rmSync(file, { force: true }) };
}

/** @throws StartRefused that names the address, when somebody runs on the folder */
export function mustNotRun(data: string): void {
  const holder = holderOf(data);
  if (!holder) return;
  throw new StartRefused(
    `Tsunagu already runs here: open ${holder.origin}/ (process ${holder.pid}, data in ${data}).\nTo start it anew, stop that one first. To run a second one beside it: TSUNAGU_DATA=.tsunagu-2 PORT=8081 npm start`,
  );
}

/** Whoever runs on the folder now. */
export function holderOf(data: string): Holder | undefined {
  const holder = readPrivately(join(data, FILE)) as Holder | undefined;
  return holder && isAlive(holder.pid) && beginningOf(holder.pid) === holder.began ? holder : undefined;
}

/** A hard link is made whole or not at all, and never over another. */
function take(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); elsewhere the number alone must do. */
function beginningOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
