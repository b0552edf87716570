import { type CloudEvent, consentEvents, type DataOf } from '@tsunagu/contracts';
import type { EventStore, RecordedEvent } from '@tsunagu/event-sourcing';
import { journey, uncoveredDisclosures } from '@tsunagu/journey';
import { consumersOf, outgoingOf } from '@tsunagu/platform';
import type { DataSource } from 'typeorm';
import { during, type Installed } from './installed';

/** Whether the journey tells all that the services' logs hold, and nothing without an authorisation. */
export interface JourneyLook {
  /** Ids of events about persons that the timeline or the access log lacks, per service. */
  readonly untold: Readonly<Record<string, readonly string[]>>;
  /** Ids of the events by which data were disclosed without an authorisation in force. */
  readonly uncovered: readonly string[];
  /** Ids of authorisations that a disclosure or a read names, and that consent's log does not hold. */
  readonly unauthorised: readonly string[];
}

const PAGE = 5_000;

/** @param all every service; the journey among them */
export async function lookAtJourney(all: readonly Installed[]): Promise<JourneyLook | undefined> {
  const own = all.find(({ definition }) => definition.name === journey.name);
  if (!own) return undefined;
  return during(own, async ({ reads }) => {
    // First what rests on authorisations, then the log that has them: each is recorded before what rests on it.
    const named = await namedAuthorisations(reads);
    const untold: Record<string, readonly string[]> = {};
    for (const service of all) {
      untold[service.definition.name] = await lacking(reads, service, (event) => named.delete(authorisationIn(event)));
    }
    const uncovered = (await uncoveredDisclosures(reads)).map(({ eventId }) => eventId);
    return { untold, uncovered, unauthorised: [...named] };
  });
}

async function namedAuthorisations(reads: DataSource): Promise<Set<string>> {
  const rows = await reads.query<{ id: string }[]>(
    `SELECT "authorisationId" AS id FROM disclosures WHERE "authorisationId" IS NOT NULL
     UNION SELECT "authorisationId" FROM accesses WHERE "authorisationId" IS NOT NULL AND "kind" = 'view'`,
  );
  return new Set(rows.map(({ id }) => id));
}

const authorisationIn = ({ type, data }: CloudEvent): string =>
  type === consentEvents.DisclosureAuthorised.type
    ? (data as DataOf<typeof consentEvents.DisclosureAuthorised>).authorisationId
    : '';

const ledger = consumersOf(journey).flatMap(({ models }) => models ?? []);
/** Models of one row an event, and their tables. */
const TABLES = ['timeline', 'accesses'] as const;

/** What the service's log says to all, and the journey does not show; `see` is shown all of it. */
async function lacking(
  reads: DataSource,
  { definition, config }: Installed,
  see: (event: CloudEvent) => void,
): Promise<readonly string[]> {
  const outgoing = outgoingOf(definition, Buffer.from(config.secrets.fingerprintKey, 'base64'));
  const lacks: string[] = [];
  await during({ definition, config }, async ({ store }) => {
    for await (const page of pagesOf(store)) {
      const events = page.flatMap(outgoing).map(({ event }) => event);
      events.forEach(see);
      for (const table of TABLES) {
        const model = ledger.find(({ name }) => name === table);
        const wanted = events.flatMap((event) => model?.keysOf(event) ?? []);
        lacks.push(...(await absentFrom(reads, table, wanted)));
      }
    }
  });
  return lacks;
}

async function absentFrom(reads: DataSource, table: string, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await reads.query<{ id: string }[]>(
    `SELECT id FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT FROM ${table} WHERE "eventId" = id)`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

async function* pagesOf(store: EventStore): AsyncGenerator<readonly RecordedEvent[]> {
  let page = await store.readAll({ limit: PAGE });
  while (page.length > 0) {
    yield page;
    const after = page.at(-1)?.position;
    page = after && page.length === PAGE ? await store.readAll({ after, limit: PAGE }) : [];
  }
}
