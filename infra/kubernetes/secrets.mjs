/**
 * `node infra/kubernetes/secrets.mjs [folder] | kubectl apply -f -`: every Secret of overlays/single-node, made up at random. What was made
 * once is kept in the folder (infra/kubernetes/secrets) and comes out the same again. In production these Secrets come from where you keep yours;
 * secrets.json lists them.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = process.argv[2] ?? join(here, 'secrets');
execFileSync(process.execPath, [join(here, '../compose/secrets.mjs'), folder]);

/** Which of the files holds a key of a Secret; a trial has no authority, and a broker that asks nobody. */
function fileOf(secret, key) {
  const whose = secret
    .split('-')
    .slice(secret.startsWith('tsunagu-migration-') ? 2 : 1)
    .join('-');
  if (key === 'ca.crt' || key.startsWith('kafka-')) return undefined;
  const ofEach = {
    'client-secret': `client-${whose}`,
    'database-password': `database-${whose}`,
    'owner-password': `owner-${whose}`,
  };
  return ofEach[key] ?? key;
}

const secretOf = (namespace, name, keys) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name },
  data: Object.fromEntries(
    Object.entries(keys).flatMap(([key, file]) =>
      file === undefined ? [] : [[key, readFileSync(join(folder, file)).toString('base64')]],
    ),
  ),
});

const listed = JSON.parse(readFileSync(join(here, 'secrets.json'), 'utf8'));
const items = [
  ...Object.entries(listed).map(([name, keys]) =>
    secretOf('tsunagu', name, Object.fromEntries(keys.map((key) => [key, fileOf(name, key)]))),
  ),
  secretOf('tsunagu-engines', 'postgres', { 'postgres-admin': 'postgres-admin' }),
  secretOf('tsunagu-engines', 'keycloak', { 'realm.json': 'realm.json' }),
];
console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2));
