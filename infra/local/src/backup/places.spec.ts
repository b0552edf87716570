import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busSchemaSql, postgresEventBus } from '@tsunagu/event-bus';
import { eventually, freshDatabase, planRevised } from '@tsunagu/testing';
import { Client } from 'pg';
import { readCatalog } from './catalog';
import { busPlaces, placeConsumers, standing } from './places';
import { loadTable, writeTable } from './table-files';

const person = 'b1e0c1de-0000-4000-8000-000000000001';
const topic = planRevised(person, 0).topic;
let folder: string;
let clients: Client[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsunagu-places-'));
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  rmSync(folder, { recursive: true });
});

async function busOn(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  clients.push(client);
  await client.connect();
  await client.query(busSchemaSql([{ role: 'postgres', publishes: [topic], reads: [topic] }]));
  return client;
}

describe('consumers go on at the same message on another server', () => {
  it('those that stand in the middle, those that have not begun, and dead letters of messages there and gone', async () => {
    const [from, to] = [await freshDatabase(), await freshDatabase()];
    const [old, restored] = [await busOn(from), await busOn(to)];
    const bus = postgresEventBus({ connectionString: from, retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } });
    for (let n = 0; n < 6; n += 1) await bus.publish([planRevised(person, n)]);
    const handled: number[] = [];
    const failing = new Set([0, 2]);
    const consumer = await bus.consume({
      group: 'half',
      topics: [topic],
      handle: async ({ revision }) => {
        if (failing.has(revision)) throw new Error('it never succeeds');
        handled.push(revision);
      },
    });
    await eventually(() => expect(handled).toEqual([1, 3, 4, 5]));
    await eventually(async () => expect(await bus.deadLetters()).toHaveLength(2));
    await consumer.stop();
    for (let n = 6; n < 9; n += 1) await bus.publish([planRevised(person, n)]);
    await (
      await bus.consume({ group: 'new', topics: [topic], handle: async () => Promise.reject(new Error()) })
    ).stop();
    await bus.close();
    await old.query(`UPDATE bus.offsets SET tx = '0', position = 0 WHERE consumer_group = 'new'`);
    await old.query(`DELETE FROM bus.dead_letters WHERE consumer_group = 'new'`);
    await old.query(`DELETE FROM bus.messages WHERE (event ->> 'revision')::int = 0`);

    const { tables } = await readCatalog(old);
    const places = { readers: [], ...(await busPlaces(old, await standing(old))) };
    await restored.query('BEGIN');
    await restored.query('TRUNCATE bus.topics CASCADE');
    await restored.query(
      'ALTER TABLE bus.dead_letters DROP CONSTRAINT dead_letters_consumer_group_topic_partition_tx_position_key',
    );
    for (const name of ['topics', 'messages', 'offsets', 'dead_letters']) {
      const table = tables.find((one) => one.name === name);
      if (!table) throw new Error(`there is no ${name}`);
      await writeTable(old, table, join(folder, name));
      await loadTable(restored, table, join(folder, name));
    }
    await placeConsumers(restored, places);
    await restored.query('ALTER TABLE bus.dead_letters ADD UNIQUE (consumer_group, topic, partition, tx, position)');
    await restored.query('COMMIT');
    await restored.query(`SELECT setval('bus.messages_position_seq', 1000)`);

    const again = postgresEventBus({ connectionString: to });
    const heard: Record<string, number[]> = { half: [], new: [] };
    for (const [group, revisions] of Object.entries(heard)) {
      await again.consume({ group, topics: [topic], handle: async ({ revision }) => void revisions.push(revision) });
    }
    await again.publish([planRevised(person, 9)]);
    await eventually(() => expect(heard).toEqual({ half: [6, 7, 8, 9], new: [1, 2, 3, 4, 5, 6, 7, 8, 9] }));
    const letters = await again.deadLetters('half');
    for (const { id } of letters) await again.redrive(id);
    await eventually(() => expect(heard['half']?.slice(4).sort()).toEqual([0, 2]));
    await again.close();
  });
});
