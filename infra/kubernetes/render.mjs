/**
 * `npm run kubernetes:render` writes what each overlay comes to into generated/, so that a change to a base shows what it does to
 * a cluster, and so that specs can look at it where there is no kubectl. `-- --check` writes nothing and compares.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = ['base', 'part', 'migration', 'prepare', 'components', 'overlays', '../telemetry/otel-collector.yaml'];
const overlays = readdirSync(join(here, 'overlays')).sort();
const generated = (overlay) => join(here, 'generated', `${overlay}.yaml`);

const filesUnder = (path) =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesUnder(join(path, name))) : [path];

/** Of everything that the overlays are made of, so that what is out of date is noticed without kubectl too. */
function sourcesHash() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesUnder(join(here, source))).sort()) {
    hash.update(`${relative(here, file).split(sep).join('/')}\n${readFileSync(file, 'utf8')}\n`);
  }
  return hash.digest('hex');
}

const header = (overlay) =>
  `# overlays/${overlay} as kubectl renders it. Made by \`npm run kubernetes:render\`: change the sources instead.\n# sources sha256:${sourcesHash()}\n`;

function kubectl() {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const rendered = (overlay) =>
  execFileSync('kubectl', ['kustomize', join(here, 'overlays', overlay)], { encoding: 'utf8', maxBuffer: 1 << 26 });

function check(overlay) {
  const text = existsSync(generated(overlay)) ? readFileSync(generated(overlay), 'utf8') : '';
  if (!text.startsWith(header(overlay))) return `${overlay} is out of date: npm run kubernetes:render`;
  if (kubectl() && text !== header(overlay) + rendered(overlay)) return `${overlay} is not what kubectl makes of it`;
  return undefined;
}

if (process.argv.includes('--check')) {
  const wrong = overlays.map(check).filter(Boolean);
  for (const what of wrong) console.error(what);
  if (!kubectl()) console.warn('No kubectl here: compared by the hash of the sources, not rendered again.');
  process.exitCode = wrong.length > 0 ? 1 : 0;
} else {
  if (!kubectl()) throw new Error('Rendering needs kubectl (1.30 or newer) on the PATH.');
  mkdirSync(join(here, 'generated'), { recursive: true });
  for (const overlay of overlays) writeFileSync(generated(overlay), header(overlay) + rendered(overlay));
}
