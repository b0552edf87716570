import { randomUUID } from 'node:crypto';
import { CommandHandler, type Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { type CommandContext, type Decider, handle } from '@tsunagu/event-sourcing';
import { eventStoreSchemaSql, postgresEventStore } from '@tsunagu/event-store';
import fastify from 'fastify';
import { Pool } from 'pg';
import { inDatabase } from './postgres';
import { rawTable } from './raw';
import { sampleEvent } from './sample-events';

/** What a caller sends: the n-th command of a stream. */
interface Command {
  readonly id: string;
  readonly n: number;
}
type Act = (command: Command) => Promise<unknown>;
type Noted = Event<'Noted', { n: number; note: string }>;

const note = 'Zm9vYmFyYmF6cXV4'.repeat(9);

/** The floor: no rule, no check. */
async function rawInsert(url: string): Promise<Act> {
  const raw = await rawTable(url);
  return ({ id, n }) => raw.insert(id, n, [sampleEvent(n)]);
}

/** A read model row in the same transaction: visible as soon as it is answered. */
async function inline(url: string): Promise<Act> {
  const raw = await rawTable(url);
  await inDatabase(url, (client) => client.query('CREATE TABLE rows (id text PRIMARY KEY, n int, note text)'));
  const pool = new Pool({ connectionString: url, max: 8 });
  return async ({ id, n }) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await raw.insertWith(client, id, n, [sampleEvent(n)]);
      const upsert =
        'INSERT INTO rows VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n, note = EXCLUDED.note';
      await client.query({ name: 'row', text: upsert, values: [id, n, note] });
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  };
}

interface Count {
  readonly count: number;
}

const counting: Decider<Command, { readonly type: 'Noted'; readonly data: { n: number; note: string } }, Count> = {
  category: 'bench',
  initial: { count: 0 },
  evolve: ({ count }) => ({ count: count + 1 }),
  decide: ({ n }) => [{ type: 'Noted', data: { n, note } }],
};

const contextOf = (): CommandContext => {
  const commandId = randomUUID();
  const actor = { user: 'aoi', agency: 'tsumugi-city-desk', role: 'caseworker' };
  const occurredAt = new Date().toISOString();
  return {
    commandId,
    eventId: () => randomUUID(),
    actor,
    correlationId: commandId,
    causationId: commandId,
    occurredAt,
  };
};

/** Our kernel and store without the platform: load, decide, append. */
async function bareHandle(url: string): Promise<Act> {
  await inDatabase(url, (client) => client.query(eventStoreSchemaSql('log', 'postgres')));
  const store = postgresEventStore({ connectionString: url, schema: 'log' });
  return (command) => handle(store, counting, command.id, command, contextOf());
}

async function emmettHandle(url: string): Promise<Act> {
  const store = getPostgreSQLEventStore(url);
  await store.schema.migrate();
  const handler = CommandHandler<Count, Noted>({
    evolve: ({ count }) => ({ count: count + 1 }),
    initialState: () => ({ count: 0 }),
  });
  return ({ id, n }) => handler(store, id, () => ({ type: 'Noted', data: { n, note } }));
}

const KINDS: Readonly<Record<string, (url: string) => Promise<Act>>> = { rawInsert, inline, bareHandle, emmettHandle };

/** A process of its own, as the product has one: `node baseline-server.js <kind> <database url>`; tells its port. */
async function main(): Promise<void> {
  const [kind = '', url = ''] = process.argv.slice(2);
  const act = await KINDS[kind]?.(url);
  if (!act) throw new Error(`no baseline ${kind}`);
  const app = fastify();
  app.post<{ Body: Command }>('/', async ({ body }, reply) => {
    await act(body);
    return reply.code(201).send({ id: body.id, revision: body.n });
  });
  const pool = new Pool({ connectionString: url, max: 4 });
  app.get<{ Params: { id: string } }>('/:id', async ({ params }) => {
    const text = 'SELECT * FROM rows WHERE id = $1';
    return (await pool.query({ name: 'one', text, values: [params.id] })).rows[0];
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
}

process.once('disconnect', () => process.exit());
void main();
