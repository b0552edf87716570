import { Agent, request } from 'node:http';
import { type Exchange, headersOf, type Target } from './commands';
import { quantile } from './measure';

export interface Visibility {
  readonly durable: readonly number[];
  readonly visible: readonly number[];
  readonly failed: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function exchange(target: Target, { method, path, body }: Exchange): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, target.origin), { method, agent, headers: headersOf(target) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    sent.once('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** Milliseconds from sending a command to its 201, and to the first answer of a query that shows it. */
async function once(target: Target): Promise<{ readonly durable: number; readonly visible: number } | undefined> {
  const began = performance.now();
  const answer = await exchange(target, target.command(undefined, 0));
  const durable = performance.now() - began;
  if (answer.status !== 201) return undefined;
  const { id, revision } = JSON.parse(answer.body) as { id: string; revision: number };
  const path = target.visible?.(id, revision) ?? '/';
  const seen = await exchange(target, { method: 'GET', path });
  return seen.status === 200 ? { durable, visible: performance.now() - began } : undefined;
}

/** Commands at a fixed rate, whether or not the ones before were answered. */
export async function visibility(target: Target, perSecond: number, seconds: number): Promise<Visibility> {
  const began = performance.now();
  const under: Promise<Awaited<ReturnType<typeof once>>>[] = [];
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    const due = began + (sent * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    under.push(once(target).catch(() => undefined));
  }
  const done = await Promise.all(under);
  const good = done.filter((one) => one !== undefined);
  return {
    durable: good.map(({ durable }) => durable),
    visible: good.map(({ visible }) => visible),
    failed: done.length - good.length,
  };
}

export const figuresOf = ({ durable, visible, failed }: Visibility): Record<string, number> => ({
  'p50 to 201 ms': quantile(durable, 0.5),
  'p99 to 201 ms': quantile(durable, 0.99),
  'p50 visible ms': quantile(visible, 0.5),
  'p99 visible ms': quantile(visible, 0.99),
  failed,
});
