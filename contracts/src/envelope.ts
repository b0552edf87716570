import { z } from 'zod';
import { instant } from './ids';

/**
 * CloudEvents 1.0 (structured JSON) with the distributed-tracing and partitioning extensions and our own for audit.
 * Nothing in it names a person other than by random id.
 */
export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  /** `/tsunagu/<service>` */
  source: z.string(),
  /** `tsunagu.<service>.<event-in-kebab-case>.v<version>` */
  type: z.string(),
  /** Id of the aggregate the event is about. */
  subject: z.string(),
  /** Server time of the recording. */
  time: instant,
  datacontenttype: z.literal('application/json'),
  /** Person id where the event is about one: everything about a person stays in order. */
  partitionkey: z.string(),
  traceparent: z.string().optional(),
  correlationid: z.string(),
  causationid: z.string(),
  /** Claimed time of the fact. */
  occurredat: instant,
  actoruser: z.string(),
  actoragency: z.string().optional(),
  actorrole: z.string(),
  onbehalfof: z.string().optional(),
  purpose: z.string().optional(),
  authorisation: z.string().optional(),
  /** Revision of the aggregate's stream at this event. */
  revision: z.number().int().nonnegative(),
  data: z.unknown(),
});

export type CloudEvent<Data = unknown> = Omit<z.infer<typeof cloudEvent>, 'data'> & { readonly data: Data };

export const serviceNames = ['intake', 'consent', 'referral', 'follow-up', 'analytics', 'journey', 'console'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A contract event: its CloudEvents type, its topic and the schema of its data. */
export interface ContractEvent<Schema extends z.ZodType = z.ZodType> {
  readonly service: ServiceName;
  readonly name: string;
  readonly version: number;
  readonly type: string;
  readonly topic: string;
  readonly schema: Schema;
}

const kebab = (name: string): string => name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

/** `events` are about persons or the directory, keyed by them; `facts` are de-identified and keyed by nothing. */
export function contractEvent<Schema extends z.ZodType>(
  service: ServiceName,
  kind: 'events' | 'facts',
  name: string,
  version: number,
  schema: Schema,
): ContractEvent<Schema> {
  return {
    service,
    name,
    version,
    type: `tsunagu.${service}.${kebab(name)}.v${version}`,
    topic: `tsunagu.${service}.${kind}`,
    schema,
  };
}

export type DataOf<Event extends ContractEvent> = z.infer<Event['schema']>;
