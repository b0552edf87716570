import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The server of this data folder: the first line of its lock file. */
export async function postmasterOf(data: string): Promise<number> {
  const [pid] = (await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** The server's processes that serve connections right now (proc(5)). */
export async function backendsOf(postmaster: number): Promise<readonly number[]> {
  const backends: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // Processes come and go while we look.
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const title = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (parent === postmaster && /127\.0\.0\.1|\[local\]/.test(title)) backends.push(Number(entry));
  }
  return backends;
}
