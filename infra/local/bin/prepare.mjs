/** What every command of the root package.json needs first. Only Node's own modules: nothing may be installed yet. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const NEEDED_NODE = [20, 19];
const MARKS = join(root, 'node_modules', '.cache', 'tsunagu');
const SOURCES = ['contracts', 'libs', 'services', 'infra', 'e2e'];
const ROOT_FILES = ['package-lock.json', 'tsconfig.base.json', 'nx.json'];

/** Ends this process with a sentence that says what to do. */
export function refuse(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}

function needTools() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor < NEEDED_NODE[1])) {
    refuse(
      `Tsunagu needs Node ${NEEDED_NODE.join('.')} or newer; this is ${process.version}. Get it from https://nodejs.org/ and try again.`,
    );
  }
  if (spawnSync('git', ['--version'], { stdio: 'ignore' }).status !== 0) {
    refuse('Tsunagu needs git, which was not found. Install it (https://git-scm.com/) and try again.');
  }
}

/** `npm ci`, unless exactly this lockfile was installed before. */
export function install() {
  needTools();
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (read('installed') === lock || isInstalledByHand()) return mark('installed', lock);
  say('Installing what it needs (npm ci), about a minute …');
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const done = spawnSync(command, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (done.status !== 0)
    refuse('npm ci did not succeed; its messages are above. Is the network reachable? Try again: npm start');
  return mark('installed', lock);
}

function isInstalledByHand() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/**
 * Builds what changed, of everything or of one project and what it needs. Nx knows by content; a glance at sizes and
 * times saves even asking it.
 */
export function build(project) {
  const done = project ? `built-${project}` : 'built';
  if ([read(done), read('built')].includes(glance())) return;
  const first = existsSync(join(root, 'infra', 'local', 'dist', 'main.js'))
    ? ''
    : ' (the first time takes a minute or two)';
  say(`Building what has changed${first} …`);
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const target = project ? ['run', `${project}:build`] : ['run-many', '-t', 'build'];
  const built = spawnSync(process.execPath, [nx, ...target, '--output-style=static'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      NX_DAEMON: 'false',
      NX_NO_CLOUD: 'true',
      NX_TUI: 'false',
      NX_ISOLATE_PLUGINS: 'false',
      FORCE_COLOR: '0',
    },
  });
  if (built.status !== 0) {
    refuse(`${built.stdout ?? ''}${built.stderr ?? ''}\nThe build did not succeed; the messages are above.`);
  }
  mark(done, glance());
}

function glance() {
  const hash = createHash('sha256').update(process.version);
  const look = (path) => {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.name === 'dist') existsSync(join(path, '.tsbuildinfo')) && look(join(path, '.tsbuildinfo'));
      else if (entry.isDirectory() && entry.name !== 'node_modules') walk(path);
      else if (/\.(ts|mts|json)$/.test(entry.name)) look(path);
    }
  };
  for (const folder of SOURCES) walk(join(root, folder));
  for (const file of ROOT_FILES) look(join(root, file));
  return hash.digest('hex');
}

/** Progress goes to standard error: standard output is for results. */
const say = (line) => void process.stderr.write(`${line}\n`);

function read(name) {
  try {
    return readFileSync(join(MARKS, name), 'utf8');
  } catch {
    return undefined;
  }
}

function mark(name, value) {
  mkdirSync(MARKS, { recursive: true });
  writeFileSync(join(MARKS, name), value);
}
