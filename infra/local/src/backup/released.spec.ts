import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaOf } from '@tsunagu/platform';
import { eventually } from '@tsunagu/testing';
import { services } from '../services';
import { main as restore } from './restore-cli';
import { type Sent, TestTown } from './town.fixtures';

const RELEASED = join(__dirname, '..', '..', 'fixtures', 'released');

/** Recorded by `npm run release:databases` when each version was released, and never changed since. */
describe.each(readdirSync(RELEASED))('the databases as version %s left them', (version) => {
  const commands = JSON.parse(readFileSync(join(RELEASED, version, 'commands.json'), 'utf8')) as readonly Sent[];
  const [opening, message, planning] = commands;
  let town: TestTown;

  beforeAll(async () => {
    town = await TestTown.on();
    Object.assign(process.env, town.environment);
    const folder = (name: string): string => join(RELEASED, version, name);
    const parts = ['--from', folder('data'), '--keys-from', folder('keys'), '--secrets', folder('secrets.json')];
    expect(await restore([...parts, '--without-erasures'], () => undefined)).toBe(0);
    await town.start();
  }, 120_000);

  afterAll(() => town.remove());

  it('are brought to this version by every migration since', async () => {
    for (const service of services) {
      const sql = `SELECT name FROM ${schemaOf(service.name)}.migrations ORDER BY timestamp`;
      const applied = (await town.query<{ name: string }>('reads', sql)).map(({ name }) => name);
      expect({ service: service.name, applied }).toEqual({
        service: service.name,
        applied: (service.migrations ?? []).map(({ name }) => name),
      });
    }
  });

  it('answer each command again as they did then', async () => {
    for (const { worker, path, body, key, answer } of commands) {
      const { id, revision } = answer as unknown as { id: string; revision: number };
      const again = await town.post(worker, path, body, key);
      expect({ path, ...again }).toMatchObject({ path, body: { id, revision } });
    }
  });

  it('still open what was sealed', async () => {
    const { id } = opening?.answer as unknown as { id: string };
    const { body } = await town.get('ren', `intake/consultations/${id}`);
    const texts = (body.messages as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual([opening, message].map((one) => (one?.body as { message: string }).message));
  });

  it('keep who was erased erased', async () => {
    const sql = `SELECT count(*)::int AS left FROM sealing.keys JOIN sealing.erased_persons USING (person) WHERE wrapped IS NOT NULL`;
    expect(await town.query('keys', sql)).toEqual([{ left: 0 }]);
    expect(await town.query('keys', 'SELECT count(*)::int AS erased FROM sealing.erased_persons')).toEqual([
      { erased: 1 },
    ]);
  });

  it('take new commands, which the other services hear of', async () => {
    const { id: plan } = planning?.answer as unknown as { id: string };
    const { personId } = planning?.body as { personId: string };
    const nextContact = { on: '2027-05-06', mode: 'visit' };
    const attempt = { mode: 'phone', result: 'reached', nextContact };
    expect((await town.post('ren', `follow-up/plans/${plan}/attempts`, attempt)).status).toBe(200);
    await eventually(async () => {
      const { body } = await town.get('ren', `journey/persons/${personId}/timeline`);
      const types = (body.facts as { type: string }[]).map(({ type }) => type);
      expect(types.filter((type) => type.includes('contact-attempted'))).toHaveLength(2);
    });
  });

  it('hold read models that a rebuild makes just so', async () => {
    expect(await town.differences()).toEqual([]);
  }, 60_000);
});
