import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './prepare.mjs';

/** As in src/settings.ts, for commands that run without a build. */
export const dataFolder = resolve(root, process.env.TSUNAGU_DATA ?? '.tsunagu');

export function readData(name) {
  try {
    return JSON.parse(readFileSync(join(dataFolder, name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whoever runs on the data folder now, as src/lock.ts wrote it. */
export function holder() {
  const found = readData('running.json');
  return found && isAlive(found.pid) && beginningOf(found.pid) === found.began ? found : undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function beginningOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
