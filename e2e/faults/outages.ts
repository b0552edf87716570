import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Answer } from './caller';
import { type Case, draftFor } from './casework';
import type { Fault } from './fault';
import type { Scene } from './scene';

const DISK_MS = 15_000;
/** Bytes up to which the broker may write its files: all of them are longer. */
const FULL = 1;

/** From now on every write of the broker fails, as on a full disk; needs no rights but its owner's. */
async function diskFull(scene: Scene): Promise<number> {
  const { broker } = scene.estate;
  const now = broker.now;
  if (!now) throw new Error('no broker runs');
  await promisify(execFile)('prlimit', ['--pid', String(now.pid), `--fsize=${FULL}:`]);
  const left = broker.leave();
  await Promise.race([left, scene.hold(DISK_MS)]);
  await now.kill();
  await broker.start();
  return 1;
}

/** A token like ours in all but its signature. */
function forgedToken(issuer: string, worker: string, agency: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const until = Math.floor(Date.now() / 1_000) + 600;
  const claims = { iss: issuer, sub: worker, agency, roles: ['caseworker'], aud: 'tsunagu', exp: until };
  const text = `${part({ alg: 'ES256', kid: 'unknown' })}.${part(claims)}`;
  return `${text}.${createHmac('sha512', 'guess').update(text).digest('base64url')}`;
}

/** @throws Error when anything is shown or done */
function denied(what: string, { status, body }: Answer, allowed: readonly number[]): void {
  if (!allowed.includes(status) || 'fields' in body || 'authorisationId' in body) {
    throw new Error(`${what} was answered ${status} ${JSON.stringify(Object.keys(body))}`);
  }
}

const PROBES = 10;

/** Whoever needs a decision is denied while nobody decides; afterwards the same request is granted. */
async function consentGone(scene: Scene): Promise<number> {
  const { desk, receiver, person, referral } = await scene.finished();
  const drafted = await desk.command('referral/referrals', draftFor(person, receiver));
  const sending = `referral/referrals/${String(drafted['id'])}/sending`;
  const [key, instances] = [randomUUID(), scene.estate.of('consent')];
  await Promise.all(instances.map((part) => part.kill()));
  for (let probe = 0; probe < PROBES; probe += 1) {
    denied('a disclosure', await receiver.once('GET', `referral/referrals/${referral}/disclosure`), [403, 503]);
    denied('a sending', await desk.once('POST', sending, {}, key), [403, 503]);
  }
  await Promise.all(instances.map((part) => part.start()));
  const sent = await desk.untilAcknowledged(sending, {}, key);
  if (sent.body['authorisationId'] === undefined) throw new Error('what was denied was not granted afterwards');
  return instances.length;
}

/** Known tokens are believed on; an unknown one is not, and neither is any by an instance that has no keys yet. */
async function identityGone(scene: Scene): Promise<number> {
  const { identity, url } = scene.estate;
  const one: Case = await scene.finished();
  await identity.kill();
  const stranger = one.receiver.as(forgedToken(`${url}/oidc`, 'yui', one.receiver.agency));
  const [, second] = scene.estate.of('referral');
  await second?.kill();
  await second?.start();
  for (let probe = 0; probe < PROBES; probe += 1) {
    denied('a stranger', await stranger.once('GET', `referral/referrals/${one.referral}/disclosure`), [401, 503]);
  }
  await scene.acknowledged(PROBES);
  await identity.start();
  return 1;
}

export const outages: readonly Fault[] = [
  { name: 'full disk for the broker', inject: diskFull },
  { name: 'consent gone: whatever needs a decision is denied', inject: consentGone },
  { name: 'identity provider gone', inject: identityGone },
];
