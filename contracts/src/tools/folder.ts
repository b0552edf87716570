import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Path below `root` → text, of every file there but those below `except`. */
export function read(root: string, except: readonly string[] = []): ReadonlyMap<string, string> {
  if (!existsSync(root)) return new Map();
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !except.some((folder) => path.startsWith(folder)));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

export interface Difference {
  readonly path: string;
  readonly how: 'missing' | 'stale' | 'left over';
}

export function differences(
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly Difference[] {
  const stale = [...wanted].flatMap(([path, text]): Difference[] => {
    const now = found.get(path);
    return now === text ? [] : [{ path, how: now === undefined ? 'missing' : 'stale' }];
  });
  const leftOver = [...found.keys()].filter((path) => !wanted.has(path));
  return [...stale, ...leftOver.map((path): Difference => ({ path, how: 'left over' }))];
}

/** Makes the folder hold exactly what is wanted. */
export function write(root: string, wanted: ReadonlyMap<string, string>, changes: readonly Difference[]): void {
  for (const { path, how } of changes) {
    const file = join(root, path);
    if (how === 'left over') rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, wanted.get(path) ?? '');
    }
  }
}
