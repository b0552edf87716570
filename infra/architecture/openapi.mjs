/**
 * `contracts/generated/openapi/<service>.json`: what each service answers, taken from its Nest application without
 * starting it. `--check` fails when one is stale. Needs built packages (`npm run build`).
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { openApiOf } = require('@tsunagu/platform');
const { differences, read, write } = require('../../contracts/dist/tools/folder.js');

/** The console is a door in front of these: it has no API of its own. */
const SERVICES = ['intake', 'consent', 'referral', 'follow-up', 'analytics', 'journey'];
const root = fileURLToPath(new URL('../../contracts/generated/openapi', import.meta.url));

const isDefinition = (value) => typeof value === 'object' && value !== null && 'modules' in value && 'title' in value;

async function documentOf(service) {
  const definition = Object.values(require(`@tsunagu/${service}`)).find(isDefinition);
  if (!definition) throw new Error(`@tsunagu/${service} exports no service definition`);
  return `${JSON.stringify(await openApiOf(definition), null, 2)}\n`;
}

const wanted = new Map();
for (const service of SERVICES) wanted.set(`${service}.json`, await documentOf(service));
const changes = differences(wanted, read(root));

if (process.argv.includes('--check')) {
  for (const { path, how } of changes) console.error(`contracts/generated/openapi/${path} is ${how}`);
  if (changes.length > 0) console.error('Run `npm run generate` and commit what it changes.');
  else console.log(`contracts/generated/openapi: ${wanted.size} files up to date`);
  process.exitCode = changes.length > 0 ? 1 : 0;
} else {
  write(root, wanted, changes);
  console.log(`contracts/generated/openapi: ${wanted.size} files, ${changes.length} changed`);
}
// Preview applications may hold timers of their libraries.
process.exit();
