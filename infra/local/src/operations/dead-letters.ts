import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetterView } from '@tsunagu/contracts';

export interface Asked {
  /** Where the console is, such as http://localhost:8080. */
  readonly origin: string;
  /** Of somebody with the role `operator`. */
  readonly token: string;
  readonly services: readonly string[];
}

export interface Listed {
  readonly letters: readonly DeadLetterView[];
  /** Some services have more than were asked for. */
  readonly more: boolean;
  /** Services that did not answer, and how. */
  readonly silent: readonly string[];
}

/** What became of a dead letter that was put back. */
export type Outcome = 'handled' | 'came back' | 'not handled yet' | 'unknown';

const MOST = 200;
const GLANCE_MS = 300;

/** Over all services; the longest waiting first. */
export async function listed(asked: Asked): Promise<Listed> {
  const answers = await Promise.all(
    asked.services.map(async (service) => ({ service, ...(await ask(asked, service, `?limit=${MOST}`)) })),
  );
  const bodies = answers.flatMap(({ status, body }) => (status === 200 ? [body as Page] : []));
  const letters = bodies.flatMap(({ deadLetters }) => deadLetters);
  return {
    letters: letters.sort((one, other) => one.failedAt.localeCompare(other.failedAt)),
    more: bodies.some(({ more }) => more),
    silent: answers.filter(({ status }) => status !== 200).map(({ service, status }) => `${service} (${status})`),
  };
}

/** undefined when no service has it: it was handled since, or never was. @throws Error when one that might have it is silent */
export async function found(asked: Asked, id: string): Promise<DeadLetterView | undefined> {
  const silent: string[] = [];
  for (const service of asked.services) {
    const { status, body } = await ask(asked, service, `/${encodeURIComponent(id)}`);
    if (status === 200) return body as DeadLetterView;
    if (status !== 404) silent.push(`${service} (${status})`);
  }
  if (silent.length > 0)
    throw new Error(`Not found, but these did not answer: ${silent.join(', ')}. Try again shortly.`);
  return undefined;
}

/** Puts it back and waits for what its consumer makes of it. */
export async function redriven(
  asked: Asked,
  letter: Pick<DeadLetterView, 'id' | 'service' | 'attempts'>,
  waitMs: number,
): Promise<{ readonly outcome: Outcome; readonly letter?: DeadLetterView }> {
  const path = `/${encodeURIComponent(letter.id)}`;
  const put = await ask(asked, letter.service, `${path}/redrive`, 'POST');
  if (put.status === 404) return { outcome: 'unknown' };
  if (put.status !== 202) throw new Error(`${letter.service} did not take it (${put.status}). Try again shortly.`);
  for (const late = Date.now() + waitMs; ; await delay(GLANCE_MS)) {
    const { status, body } = await ask(asked, letter.service, path);
    if (status === 404) return { outcome: 'handled' };
    const now = status === 200 ? (body as DeadLetterView) : undefined;
    if (now?.status === 'waiting' && now.attempts > letter.attempts) return { outcome: 'came back', letter: now };
    if (Date.now() > late) return { outcome: 'not handled yet', ...(now ? { letter: now } : {}) };
  }
}

interface Page {
  readonly deadLetters: readonly DeadLetterView[];
  readonly more: boolean;
}

/** Status 0: nobody answered. */
async function ask({ origin, token }: Asked, service: string, path: string, method = 'GET') {
  const response = await fetch(`${origin}/api/${service}/dead-letters${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  }).catch(() => undefined);
  if (!response) return { status: 0, body: undefined };
  const body: unknown = await response.json().catch(() => undefined);
  return { status: response.status, body };
}
