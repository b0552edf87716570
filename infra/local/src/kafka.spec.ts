import { randomUUID } from 'node:crypto';
import { analytics } from '@tsunagu/analytics';
import { intake } from '@tsunagu/intake';
import { freshTopics, kafkaIsOffered, startServices, type TestServices } from '@tsunagu/testing';
import { Client } from 'pg';

/** What analytics has counted, before any rounding. */
async function counted({ databases }: TestServices): Promise<number> {
  const client = new Client({ connectionString: databases.reads });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `SELECT coalesce(sum(count), 0)::int AS count FROM analytics.cells WHERE "table" = 'consultations'`,
  );
  await client.end();
  return rows[0]?.count ?? 0;
}

async function consult(services: TestServices, key: string = randomUUID()): Promise<void> {
  const body = { channel: 'phone', language: 'ja', message: '話し相手がほしい' };
  const headers = { 'idempotency-key': key };
  const { status } = await services.call('intake', '/consultations', { as: 'aoi', body, headers });
  expect([200, 201]).toContain(status);
}

(kafkaIsOffered() ? describe : describe.skip)('services on Kafka', () => {
  jest.setTimeout(120_000);

  it('a consultation opened is counted once: with two instances, repeats, and one of them gone', async () => {
    const kafka = await freshTopics();
    const first = await startServices([intake, analytics], { kafka });
    const second = await startServices([intake, analytics], { kafka, databases: first.databases });
    const keys = Array.from({ length: 12 }, () => randomUUID());
    for (const [n, key] of keys.entries()) await consult(n % 2 === 0 ? first : second, key);
    for (const key of keys) await consult(second, key);
    // The first projects, the second stands by; the groups' progress is common to both.
    await first.settle();
    expect(await counted(first)).toBe(12);

    await first.close();
    for (let n = 0; n < 5; n += 1) await consult(second);
    await second.settle();
    expect(await counted(second)).toBe(17);
    await second.close();
  });
});
