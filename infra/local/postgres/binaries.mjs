import { chmod, cp, lstat, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Kept between restarts, unlike /tmp on many machines. */
const SHARED_FOLDER = '/var/tmp';

/**
 * The server's programs where `account` can walk to them. A checkout below /root is closed to everybody else: then they
 * are copied once, 60 MB, to a folder that only root can write.
 */
export async function reachableBinaries({ postgres, initdb }, account) {
  await Promise.all([postgres, initdb].map(makeExecutable));
  if (account.uid === undefined || (await canReach(postgres, account))) return { postgres, initdb };
  const native = dirname(dirname(postgres));
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'));
  const copy = join(SHARED_FOLDER, `tsunagu-postgres-${version}`);
  if (!(await isTrusted(copy))) await copyTo(native, copy);
  return { postgres: join(copy, 'bin', basename(postgres)), initdb: join(copy, 'bin', basename(initdb)) };
}

async function makeExecutable(file) {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

async function canReach(file, { uid, gid }) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = await stat(folder);
    const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
    if ((found.mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Somebody else could have put their own programs under that name. */
async function isTrusted(folder) {
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return false;
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return true;
  throw new Error(`${folder} is in the way: it is not a folder of root that only root can write. Remove it.`);
}

async function copyTo(native, copy) {
  const unfinished = await mkdtemp(`${copy}-`);
  try {
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await chmod(unfinished, 0o755);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await isTrusted(copy))) throw error;
  }
}
