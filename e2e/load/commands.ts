import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

/** One HTTP exchange of a caller's sequence of commands on streams of twelve. */
export interface Exchange {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly body?: object;
}

/** Where commands are sent, and how the next one looks. */
export interface Target {
  readonly name: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The n-th command (0–11) of a stream; `id` is absent until the first was answered. */
  readonly command: (id: string | undefined, n: number) => Exchange;
  /** Reads what the command changed, once it shows this revision. */
  readonly visible?: (id: string, revision: number) => string;
}

const STREAM_LENGTH = 12;

interface Caller {
  id: string | undefined;
  n: number;
}

export const baselineTarget = (name: string, port: number): Target => ({
  name,
  origin: `http://127.0.0.1:${port}`,
  headers: {},
  command: (id, n) => ({ method: 'POST', path: '/', body: { id: id ?? `bench-${randomUUID()}`, n } }),
  visible: (id) => `/${id}`,
});

export const productTarget = (origin: string, token: string, organisationId: string): Target => ({
  name: 'tsunagu',
  origin,
  headers: { authorization: `Bearer ${token}` },
  command: (id, n) =>
    id === undefined
      ? {
          method: 'POST',
          path: '/api/referral/services',
          body: { organisationId, kind: 'activity', name: `Bench ${n}` },
        }
      : { method: 'POST', path: `/api/referral/services/${id}/capacity`, body: { total: 100, available: n } },
  visible: (id, revision) => `/api/referral/services/${id}?minRevision=${revision}`,
});

export interface Throughput {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

/** 32 connections, each with its own streams, as fast as they are answered. */
export async function throughput(target: Target, seconds: number): Promise<Throughput> {
  const setupClient = (client: autocannon.Client): void => {
    const caller: Caller = { id: undefined, n: 0 };
    const next = (): void => {
      const { method, path, body } = target.command(caller.id, caller.n);
      client.setRequests([{ method, path, body: JSON.stringify(body), headers: headersOf(target) }]);
    };
    next();
    client.on('body', (text) => {
      caller.n = (caller.n + 1) % STREAM_LENGTH;
      caller.id = caller.n === 0 ? undefined : idIn(text.toString());
      next();
    });
  };
  const result = await autocannon({ url: target.origin, connections: 32, duration: seconds, setupClient });
  const { p50, p99 } = result.latency;
  return { perSecond: result['2xx'] / result.duration, p50, p99, refused: result.non2xx + result.errors };
}

/** Of a refusal there is none: then the caller begins another stream. */
const idIn = (body: string): string | undefined => /"id":"([^"]+)"/.exec(body)?.[1];

export const headersOf = ({ headers }: Target): Record<string, string> => ({
  ...headers,
  'content-type': 'application/json',
});
