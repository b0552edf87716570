/**
 * `npm run release:databases [-- <built checkout of the release>]`: keeps what that version leaves in the databases under
 * infra/local/fixtures/released/<version>: the tour, and one case that is still open. Every later version must be able to
 * go on from there (released.spec.ts), so what is there is never made again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build, install, refuse, root } from './prepare.mjs';

const PORT = process.env.PORT ?? '18080';
/** Known to everybody, and used nowhere else: specs open with them what the release sealed. */
const SECRETS = {
  keyEncryptionKey: Buffer.alloc(32, 2).toString('base64'),
  fingerprintKey: Buffer.alloc(32, 1).toString('base64'),
};

install();
build();
const product = resolve(process.argv[2] ?? root);
const { version } = JSON.parse(readFileSync(join(product, 'package.json'), 'utf8'));
const release = join(root, 'infra/local/fixtures/released', version);
if (existsSync(release)) refuse(`${release} is there already. A release is recorded once.`);
mkdirSync(release, { recursive: true });

const data = join(mkdtempSync(join(tmpdir(), 'tsunagu-release-')), 'data');
mkdirSync(data, { mode: 0o700 });
writeFileSync(join(data, 'secrets.json'), JSON.stringify(SECRETS), { mode: 0o600 });
const env = { ...process.env, PORT, TSUNAGU_DATA: data };
const town = spawn(process.execPath, [join(product, 'infra/local/dist/main.js')], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.once('exit', () => town.kill());
for await (const line of createInterface({ input: town.stdout })) if (line.startsWith('ready ')) break;
town.stdout.resume();
await run(product, 'e2e/dist/journeys/tour.js');
writeFileSync(join(release, 'commands.json'), `${JSON.stringify(await openCase(), null, 2)}\n`);
writeFileSync(join(release, 'secrets.json'), `${JSON.stringify(SECRETS, null, 2)}\n`);
writeFileSync(join(release, 'migrations.json'), `${JSON.stringify(migrations(), null, 2)}\n`);
const folders = ['--to', join(release, 'data'), '--keys-to', join(release, 'keys')];
await run(root, 'infra/local/dist/backup/backup-cli.js', ...folders);
town.kill('SIGINT');
await once(town, 'exit');
rmSync(join(data, '..'), { recursive: true });
process.stdout.write(`Recorded in ${release}\n`);

async function run(where, script, ...parameters) {
  const child = spawn(process.execPath, [join(where, script), ...parameters], { cwd: where, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) refuse(`${script} did not succeed.`);
}

/** Hashes of every migration: from now on none of them may change (`released-migrations-stay`). */
function migrations() {
  const found = readdirSync(join(product, 'services')).flatMap((service) => {
    const folder = `services/${service}/src/migrations`;
    return existsSync(join(product, folder))
      ? readdirSync(join(product, folder)).map((name) => `${folder}/${name}`)
      : [];
  });
  const hash = (file) =>
    createHash('sha256')
      .update(readFileSync(join(product, file)))
      .digest('hex');
  return Object.fromEntries(found.sort().map((file) => [file, hash(file)]));
}

/** Commands with fixed keys and what they were answered: a later version must answer the same. */
async function openCase() {
  const worker = 'ren';
  const { clientId, clientSecret, tokenUrl } = JSON.parse(
    readFileSync(join(data, 'services/command-line.json'), 'utf8'),
  );
  const issued = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'urn:tsunagu:sample-worker', worker }),
  });
  const { access_token: token } = await issued.json();
  const sent = [];
  const post = async (path, body) => {
    const key = `release-${sent.length}`;
    const response = await fetch(`http://localhost:${PORT}/api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) refuse(`${path} was refused: ${JSON.stringify(answer)}`);
    sent.push({ worker, path, body, key, answer });
    return answer;
  };
  const message = 'だれかと話したいです。';
  const { id, personId } = await post('intake/consultations', { channel: 'phone', language: 'ja', message });
  await post(`intake/consultations/${id}/messages`, { message: 'また電話します。' });
  const nextContact = { on: '2027-04-01', mode: 'phone' };
  const plan = await post('follow-up/plans', { personId, goals: ['週に一度は外に出る'], nextContact });
  await post(`follow-up/plans/${plan.id}/attempts`, { mode: 'phone', result: 'reached', nextContact });
  return sent;
}
