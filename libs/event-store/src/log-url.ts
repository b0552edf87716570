import type { EventStore } from '@tsunagu/event-sourcing';
import type { CopyTarget } from './copy';
import { kurrentCopyTarget } from './kurrentdb/copy-target';
import { kurrentEventStore } from './kurrentdb/store';
import { postgresCopyTarget } from './postgres/copy-target';
import { postgresEventStore } from './postgres/store';

/**
 * A log in one text: the store's own URL, then `#` and the schema (PostgreSQL) or prefix (KurrentDB) of the service.
 * `postgres://owner:…@host/events#follow_up`, `esdb://user:…@host:2113?tlsCAFile=ca.crt#follow_up`
 * @throws Error that says how to write it, and repeats nothing of it: it holds a password
 */
export function openLog(url: string): EventStore {
  const { engine, connectionString, name } = parse(url);
  return engine === 'postgres'
    ? postgresEventStore({ connectionString, schema: name })
    : kurrentEventStore({ connectionString, prefix: name });
}

export function openTarget(url: string): CopyTarget {
  const { engine, connectionString, name } = parse(url);
  return engine === 'postgres'
    ? postgresCopyTarget({ connectionString, schema: name })
    : kurrentCopyTarget({ connectionString, prefix: name });
}

function parse(url: string): { engine: 'postgres' | 'kurrentdb'; connectionString: string; name: string } {
  const [, connectionString, name] = /^([^#]+)#([a-z][a-z0-9_]*)$/.exec(url) ?? [];
  const engine = /^postgres(ql)?:/.test(url) ? 'postgres' : /^esdb(\+discover)?:/.test(url) ? 'kurrentdb' : undefined;
  if (!connectionString || !name || !engine) {
    throw new Error(
      'A log is written postgres://user:password@host/database#schema or esdb://user:password@host:2113#prefix.',
    );
  }
  return { engine, connectionString, name };
}
