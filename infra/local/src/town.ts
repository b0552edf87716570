import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from '@tsunagu/identity';
import { readPrivately, writePrivately } from './private-file';
import { type CommandLine, workerToken } from './worker-token';

interface Agency {
  readonly id: string;
  readonly name: string;
  readonly kana: string;
  readonly sector: string;
  readonly description: string;
  readonly phone: string;
  readonly address: string;
  readonly postalCode: string;
}

type Entry = Readonly<Record<string, unknown>> & { readonly agency: string; readonly name: string };
type Notice = Readonly<Record<string, unknown>> & { readonly noticeId: string };

/** つむぎ市, a fictional town: agencies, workers, a directory and a notice; no persons. */
export interface Town {
  readonly agencies: readonly Agency[];
  readonly workers: readonly Worker[];
  readonly directory: readonly Entry[];
  readonly notices: readonly Notice[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '..', 'town', `${name}.json`), 'utf8'));

export const town: Town = {
  agencies: read('agencies') as Agency[],
  workers: read('workers') as Worker[],
  directory: read('directory') as Entry[],
  notices: read('notices') as Notice[],
};

export interface TownTarget extends CommandLine {
  readonly origin: string;
  readonly data: string;
}

/** Once per data folder, through the public API. Interrupted, it goes on next time: every request carries its own key. */
export async function loadTown(target: TownTarget, say: (line: string) => void): Promise<void> {
  const marker = join(target.data, 'town.json');
  if (readPrivately(marker)) return;
  say('loading the sample town');
  const post = poster(target);
  await Promise.all(town.agencies.map((agency) => loadAgency(agency, post)));
  for (const notice of town.notices) await post('minato', 'consent/notices', `notice:${notice.noticeId}`, notice);
  writePrivately(marker, { agencies: town.agencies.length, directory: town.directory.length });
}

type Post = (worker: string, path: string, key: string, body: object) => Promise<{ id: string }>;

async function loadAgency({ id, name, kana, sector, description, phone, address, postalCode }: Agency, post: Post) {
  const worker = whoListsFor(id);
  const organisation = await post(worker, 'referral/organisations', `organisation:${id}`, {
    name,
    kana,
    sector,
    description,
    managedBy: id,
    phones: [{ number: phone, kind: 'voice', extension: null, note: null }],
    address: { text: address, postalCode, prefecture: null, municipality: 'つむぎ市' },
  });
  for (const { agency, ...entry } of town.directory) {
    if (agency !== id) continue;
    const body = { ...entry, organisationId: organisation.id, managedBy: id };
    await post(worker, 'referral/services', `service:${id}:${entry.name}`, body);
  }
}

/** An administrator of the agency, where it has one; a small agency's caseworker does it along the way. */
function whoListsFor(agency: string): string {
  const own = town.workers.filter((worker) => worker.agency === agency);
  const found = ['agency-admin', 'supervisor', 'caseworker'].flatMap((role) =>
    own.filter(({ roles }) => roles.includes(role)),
  );
  const [first] = found;
  if (!first) throw new Error(`Nobody works for ${agency}.`);
  return first.user;
}

function poster(target: TownTarget): Post {
  const tokens = new Map<string, Promise<string>>();
  return async (worker, path, key, body) => {
    const token = tokens.get(worker) ?? workerToken(target, worker);
    tokens.set(worker, token);
    const response = await fetch(`${target.origin}/api/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await token}`,
        'idempotency-key': `town:${Buffer.from(key).toString('base64url')}`,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`The sample town was not taken at ${path} (${response.status}): ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
}
