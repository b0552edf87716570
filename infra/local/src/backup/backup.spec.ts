import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { eventually } from '@tsunagu/testing';
import { main as backUp } from './backup-cli';
import { main as restore } from './restore-cli';
import { type Sent, TestTown } from './town.fixtures';

const WORDS = { first: '眠れない日が続いています。', second: 'だれかと話したいです。', later: 'また来ました。' };

interface Case {
  readonly consultation: string;
  readonly plan: string;
  readonly person: string;
}

let town: TestTown;
/** Acknowledged before the backup began. */
let before: readonly Sent[];
let [kept, erasedBefore, erasedAfter]: (Case | undefined)[] = [];
let highest: string;
const said: string[] = [];

const run = async (command: typeof backUp, ...args: readonly string[]): Promise<number> => {
  Object.assign(process.env, town.environment);
  return command(args, (line) => void said.push(line));
};

const nextContact = { on: new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10), mode: 'phone' };
const attempt = (plan: string, worker = 'ren') =>
  town.post(worker, `follow-up/plans/${plan}/attempts`, { mode: 'phone', result: 'reached', nextContact });

async function caseOf(worker = 'ren'): Promise<Case> {
  const opened = await town.post(worker, 'intake/consultations', {
    channel: 'phone',
    language: 'ja',
    message: WORDS.first,
  });
  const { id, personId } = opened.body as { id: string; personId: string };
  await town.post(worker, `intake/consultations/${id}/messages`, { message: WORDS.second });
  const plan = await town.post(worker, 'follow-up/plans', { personId, goals: ['週に一度は外に出る'], nextContact });
  await attempt(String(plan.body.id), worker);
  return { consultation: id, person: personId, plan: String(plan.body.id) };
}

const mustBe = (one: Case | undefined): Case => {
  if (!one) throw new Error('the story did not get so far');
  return one;
};

/** Keeps working until told to stop, so that a backup is made of what moves. */
function working(): { stop(): Promise<void> } {
  let stopping = false;
  const workers = ['ren', 'mei', 'yui'].map(async (worker) => {
    while (!stopping) await caseOf(worker);
  });
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(workers);
    },
  };
}

/** Everything is lost but the backup, the ledger and the secrets, and comes back on a new server. */
beforeAll(async () => {
  town = await TestTown.on();
  await town.start();
  kept = await caseOf();
  erasedBefore = await caseOf();
  erasedAfter = await caseOf();
  expect((await town.post('ren', `intake/persons/${erasedBefore.person}/erasure`)).status).toBe(200);
  copyFileSync(`${town.data}/secrets.json`, town.at('secrets.json'));
  const load = working();
  await eventually(() => expect(town.sent.length).toBeGreaterThan(40), 20_000);
  before = [...town.sent];
  expect(await run(backUp, '--to', town.at('backup'), '--keys-to', town.at('keys'))).toBe(0);
  await load.stop();
  expect((await town.post('ren', `intake/persons/${erasedAfter.person}/erasure`)).status).toBe(200);
  await town.stop();
  highest = (await town.query<{ tx: string }>('events', 'SELECT max(tx)::text AS tx FROM intake.events'))[0]?.tx ?? '';
  rmSync(town.data, { recursive: true });
  const parts = ['--from', town.at('backup'), '--keys-from', town.at('keys'), '--secrets', town.at('secrets.json')];
  expect(await run(restore, ...parts, '--erasures', town.at('ledger.jsonl'))).toBe(0);
  await town.start();
}, 240_000);

afterAll(() => town.remove());

describe('a town restored from a backup that was made while it worked', () => {
  it('stands on a server that has not reached the transactions of the lost one', async () => {
    const [oldest] = await town.query<{ tx: string }>('events', 'SELECT min(tx)::text AS tx FROM intake.events');
    expect(Number(oldest?.tx)).toBeLessThan(Number(highest));
  });

  it('says how many were erased since', () => {
    expect(said.join('\n')).toMatch(/verified: \d+ events/);
    expect(said.join('\n')).toContain('Erased after the backup, and still erased: 1.');
  });

  it('answers every command that was acknowledged before the backup as it did then', async () => {
    const gone = [erasedBefore, erasedAfter].flatMap((one) => Object.values(mustBe(one)));
    for (const sent of before.filter((one) => !gone.some((id) => JSON.stringify(one).includes(id)))) {
      const { worker, path, body, key, answer } = sent;
      const { id, revision } = answer.body as { id: string; revision: number };
      const again = await town.post(worker, path, body, key);
      expect({ path, ...again }).toMatchObject({ path, status: answer.status, body: { id, revision } });
    }
  });

  it('reads what was said, and by whom nobody may read it any more', async () => {
    const read = async (one: Case | undefined) => town.get('ren', `intake/consultations/${mustBe(one).consultation}`);
    const texts = ((await read(kept)).body.messages as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual([WORDS.first, WORDS.second]);
    for (const gone of [erasedBefore, erasedAfter]) {
      await eventually(async () => expect((await read(gone)).body).toMatchObject({ status: 'erased' }));
      expect(JSON.stringify((await read(gone)).body)).not.toContain(WORDS.first);
    }
  });

  it('holds no key of anybody who was erased, before the backup or after it', async () => {
    const persons = [erasedBefore, erasedAfter].map((one) => mustBe(one).person);
    const sql = 'SELECT wrapped FROM sealing.keys WHERE person = ANY ($1)';
    const keys = await town.query<{ wrapped: Buffer | null }>('keys', sql, [persons]);
    expect(keys.length).toBeGreaterThan(1);
    expect(keys.filter(({ wrapped }) => wrapped !== null)).toEqual([]);
  });

  it('has told everybody of the erasure that its log did not know', async () => {
    const { person } = mustBe(erasedAfter);
    const sql = `SELECT event ->> 'type' AS type FROM bus.messages WHERE event ->> 'partitionkey' = $1`;
    await eventually(async () => {
      const told = (await town.query<{ type: string }>('bus', sql, [person])).map(({ type }) => type);
      expect(told.filter((type) => type.includes('person-erased'))).toHaveLength(1);
    });
    await eventually(async () => {
      const { body } = await town.get('ren', `follow-up/plans?personId=${person}`);
      expect(JSON.stringify(body)).not.toContain('"open"');
    });
  });

  it('takes new commands, after everything that was restored, and shows them', async () => {
    const { consultation, person, plan } = mustBe(kept);
    const answer = await town.post('ren', `intake/consultations/${consultation}/messages`, { message: WORDS.later });
    expect(answer.status).toBe(201);
    const [last] = await town.query<{ stream: string }>(
      'events',
      'SELECT stream FROM intake.events ORDER BY tx DESC, ordinal DESC LIMIT 1',
    );
    expect(last?.stream).toBe(`consultation-${consultation}`);
    const path = `intake/consultations?minRevision=${answer.body.revision}&id=${consultation}`;
    expect((await town.get('ren', path)).status).toBe(200);
    expect((await attempt(plan)).status).toBe(200);
    await eventually(async () => {
      const { body } = await town.get('ren', `journey/persons/${person}/timeline`);
      const types = (body.facts as { type: string }[]).map(({ type }) => type);
      expect(types.filter((type) => type.includes('contact-attempted'))).toHaveLength(2);
      expect(types.filter((type) => type.includes('consultation-opened'))).toHaveLength(1);
    });
  });

  it('keeps the order of each person on the bus, as consumers see it', async () => {
    const rows = await town.query<{ ids: string[]; revisions: number[] }>(
      'bus',
      `SELECT array_agg(event ->> 'id' ORDER BY tx, position) AS ids,
              array_agg((event ->> 'revision')::int ORDER BY tx, position) AS revisions
         FROM bus.messages WHERE topic = 'tsunagu.follow-up.events' AND event ->> 'type' NOT LIKE '%record-viewed%'
        GROUP BY event ->> 'subject'`,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { ids, revisions } of rows) {
      const first = revisions.filter((_, n) => ids.indexOf(ids[n] ?? '') === n);
      expect(first).toEqual([...first].sort((a, b) => a - b));
    }
  });

  it('is verified: every read model is what a rebuild makes, and nothing is left behind', async () => {
    expect(await town.differences()).toEqual([]);
  }, 90_000);

  it('has nothing of what was said in the backup, nor a key-encryption key in either part', () => {
    const { keyEncryptionKey } = JSON.parse(readFileSync(town.at('secrets.json'), 'utf8')) as Record<string, string>;
    for (const folder of [town.at('backup'), town.at('keys')]) {
      for (const name of readdirSync(folder)) {
        const text = readFileSync(`${folder}/${name}`, 'utf8');
        for (const secret of [WORDS.first, WORDS.second, keyEncryptionKey ?? '']) expect(text).not.toContain(secret);
      }
    }
  });
});
