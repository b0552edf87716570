import { parseArgs } from 'node:util';
import { withBroker } from './broker';
import { flowSection, latencySection, partitionsSection } from './buses';
import { type Carrier, overKafka, overPostgres } from './carriers';
import { catchUpSection } from './catch-up';
import { whyNoBroker } from '../../support/engines';
import { startPostgres } from '../postgres';
import type { Section } from '../report';
import { reported } from '../reported';
import { FULL, QUICK, type Scale } from './scale';
import { servicesSection } from './services';

/**
 * `npm run bench:apart [-- --quick] [--only bus|catch-up|services] [--json file]`: the buses beside what they stand on,
 * and the services as processes. It needs Java for the broker.
 */
type Sections = AsyncGenerator<Section>;

async function* onBuses(scale: Scale, parts: readonly string[]): Sections {
  const postgres = await startPostgres();
  try {
    yield* withBroker(async function* (broker: string): Sections {
      const carriers: readonly Carrier[] = [overPostgres(postgres), overKafka(broker)];
      if (parts.includes('bus')) {
        yield await flowSection(carriers, scale);
        yield await latencySection(carriers, scale);
        yield await partitionsSection(carriers, postgres, scale);
      }
      if (parts.includes('catch-up')) yield await catchUpSection(carriers, scale);
    });
  } finally {
    await postgres.stop();
  }
}

const PARTS = ['bus', 'catch-up', 'services'] as const;

async function* sections(scale: Scale, parts: readonly string[]): Sections {
  if (parts.includes('bus') || parts.includes('catch-up')) yield* onBuses(scale, parts);
  if (parts.includes('services')) yield await servicesSection(scale);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, quick: { type: 'boolean' }, only: { type: 'string', multiple: true } },
  });
  const missing = await whyNoBroker();
  if (missing) throw new Error(`bench:apart needs a Kafka broker: ${missing}`);
  await reported(sections(values.quick ? QUICK : FULL, values.only ?? PARTS), values);
}

// An interrupted bench takes the servers that it started along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
