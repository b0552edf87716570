import { fork } from 'node:child_process';
import { join } from 'node:path';
import { inDatabase } from '../postgres';
import { atMost, type Goal, type Line as Row, type Section } from '../report';
import { type Carrier, type Line } from './carriers';
import { message, messages } from './messages';
import { rawLine } from './raw-lines';
import type { Scale } from './scale';

const PARTITIONS = 6;

/** What a consumer that has caught up tells. */
export interface CaughtUp {
  readonly seconds: number;
  /** Resident set in MB when a tenth, a half and all of the events had been handled. */
  readonly memory: readonly [tenth: number, half: number, all: number];
}

/** A new group, in a process that does nothing else, over everything that was ever published. */
export async function catchUpSection(carriers: readonly Carrier[], { history }: Scale): Promise<Section> {
  const lines: Row[] = [];
  const goals: Goal[] = [];
  for (const carrier of carriers) {
    const line = await carrier.line(PARTITIONS);
    const filling = performance.now();
    await fill(line, history);
    process.stdout.write(
      `   ${carrier.kind} holds ${history.toLocaleString('en-US')} events (${seconds(filling)} s); a new group reads them\n`,
    );
    const { seconds: took, memory } = await consumed(line, history);
    const [tenth, half, all] = memory;
    const memories = { 'MB at 10 %': tenth, 'MB at 50 %': half, 'MB at 100 %': all };
    lines.push({ name: `bus on ${carrier.kind}`, figures: { 'events/s': history / took, ...memories } });
    goals.push(atMost(`${carrier.kind}: memory at 100 % × at 10 %`, all / tenth, 1.25));
  }
  const title = `A new group catches up with ${history.toLocaleString('en-US')} events`;
  return { title, notes: ['the handler counts; memory is that of the whole consumer process'], lines, goals };
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);

function consumed(line: Line, total: number): Promise<CaughtUp> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'catch-up-consumer.js'), [JSON.stringify(line), String(total)]);
    child.once('message', (told) => resolve(told as CaughtUp));
    child.once('exit', (code) => reject(new Error(`the consumer ended with ${code}`)));
  });
}

const fill = (line: Line, count: number): Promise<void> =>
  line.kind === 'PostgreSQL' ? fillTable(line.url, count) : fillTopic(line, count);

const ROWS_AT_ONCE = 50_000;

/** As if published over time; every event has an id of its own. */
async function fillTable(url: string, count: number): Promise<void> {
  const { topic, event } = message(0);
  await inDatabase(url, async (client) => {
    for (let done = 0; done < count; done += ROWS_AT_ONCE) {
      await client.query(
        `INSERT INTO bus.messages (topic, partition, event)
         SELECT $1, n % ${PARTITIONS}, $2::jsonb || jsonb_build_object('id', gen_random_uuid())
           FROM generate_series(1, $3::int) AS n`,
        [topic, JSON.stringify(event), Math.min(ROWS_AT_ONCE, count - done)],
      );
    }
    await client.query('VACUUM ANALYZE bus.messages');
  });
}

const TEXTS_AT_ONCE = 1000;

async function fillTopic(line: Line, count: number): Promise<void> {
  const raw = await rawLine(line);
  for (let done = 0; done < count; done += TEXTS_AT_ONCE) {
    const some = messages(Math.min(TEXTS_AT_ONCE, count - done));
    await raw.send(some.map(({ event }) => JSON.stringify(event)));
  }
  await raw.close();
}
