import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { NotAsPromised } from './narrator';

export interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the story checks what it uses
  readonly body: any;
}

/** The product's public HTTP API, as one caller sees it. */
export interface Caller {
  readonly name: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
}

/** `path` is `<service>/<route>`, such as `intake/consultations`. */
export function caller(url: string, name: string, token?: string): Caller {
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${url}/api/${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: response.status, body: json ? (JSON.parse(text) as unknown) : text };
  };
  return { name, get: (path) => send('GET', path), post: (path, body) => send('POST', path, body) };
}

const PATIENCE_MS = 15_000;
const STEP_MS = 50;

/** Asks again until the answer is as hoped: what travels between services takes a moment. */
export async function eventually(
  ask: () => Promise<Answer>,
  hoped: (answer: Answer) => boolean,
  promise: string,
): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (hoped(answer)) return answer;
    if (Date.now() > deadline)
      throw new NotAsPromised(`${promise}\nseen: ${answer.status} ${JSON.stringify(answer.body, null, 2)}`);
    await delay(STEP_MS);
  }
}

/** @throws NotAsPromised on another status */
export function ok(answer: Answer, promise: string, ...statuses: readonly number[]): Answer {
  const wanted = statuses.length > 0 ? statuses : [200, 201];
  if (!wanted.includes(answer.status)) {
    throw new NotAsPromised(
      `${promise}: expected ${wanted.join(' or ')}, seen ${answer.status}\n${JSON.stringify(answer.body, null, 2)}`,
    );
  }
  return answer;
}
