import { randomUUID } from 'node:crypto';
import { consentEvents, type ContractEvent, referralFacts } from '@tsunagu/contracts';
import { busSchemaSql, inboxSchemaSql, postgresEventBus } from '@tsunagu/event-bus';
import { freshDatabase } from '@tsunagu/testing';
import { Pool } from 'pg';
import type { BusConsumer } from './definition';
import { retention } from './retention';

const now = new Date('2028-06-01T00:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);

const groupOf = (group: string, ...events: readonly ContractEvent[]): BusConsumer => ({
  group,
  events,
  handle: async () => undefined,
});

it('forgets what was handled only in groups whose events cannot come again', async () => {
  const connectionString = await freshDatabase();
  const pool = new Pool({ connectionString });
  const bus = postgresEventBus({ connectionString });
  const role = new URL(connectionString).username;
  const { ReferralOutcomeCounted } = referralFacts;
  const groups = [
    groupOf('facts', ReferralOutcomeCounted),
    groupOf('events', consentEvents.ConsentWithdrawn),
    groupOf('both', ReferralOutcomeCounted, consentEvents.ConsentWithdrawn),
  ];
  const reads = groups.flatMap(({ events }) => events.map(({ topic }) => topic));
  await pool.query(busSchemaSql([{ role, publishes: [], reads }]) + inboxSchemaSql);
  for (const { group } of groups)
    for (const days of [400, 454, 456])
      await pool.query('INSERT INTO inbox VALUES ($1, $2, $3)', [group, randomUUID(), daysAgo(days)]);
  await retention(bus, pool, groups).run(now);
  const { rows } = await pool.query(
    'SELECT consumer_group AS group, count(*)::int AS left FROM inbox GROUP BY 1 ORDER BY 1',
  );
  await bus.close();
  await pool.end();
  expect(rows).toEqual([
    { group: 'both', left: 3 },
    { group: 'events', left: 3 },
    { group: 'facts', left: 2 },
  ]);
});
