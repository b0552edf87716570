/** `npm run --silent token -- aoi`: a bearer token of a sample worker, alone on standard output. */
import { readFileSync } from 'node:fs';
import { dataFolder, holder, readData } from './data.mjs';
import { refuse } from './prepare.mjs';

const worker = process.argv[2];
const workers = JSON.parse(readFileSync(new URL('../town/workers.json', import.meta.url), 'utf8'));
const list = workers
  .map(({ user, agency, roles }) => `  ${user.padEnd(8)} ${(agency ?? '-').padEnd(24)} ${roles.join(', ')}`)
  .join('\n');

if (!workers.some(({ user }) => user === worker)) {
  refuse(
    `${worker ? `There is no sample worker "${worker}".` : 'Say whose token, such as: npm run --silent token -- aoi'} There are:\n${list}`,
  );
}
const client = readData('services/command-line.json');
// One with a password belongs to a provider elsewhere (infra/compose), which no lock tells of.
const running = client?.password || holder();
if (!running || !client) refuse(`Tsunagu does not run on ${dataFolder}. Start it first: npm start`);

const response = await fetch(client.tokenUrl, {
  method: 'POST',
  headers: { authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}` },
  body: new URLSearchParams(
    client.password
      ? { grant_type: 'password', username: worker, password: client.password }
      : { grant_type: 'urn:tsunagu:sample-worker', worker },
  ),
}).catch(() => refuse('Sign-in does not answer yet. Wait for the line "ready", then try again.'));
const answer = await response.json();
if (!answer.access_token) refuse(`No token: ${answer.error_description ?? response.status}`);
process.stdout.write(`${answer.access_token}\n`);
