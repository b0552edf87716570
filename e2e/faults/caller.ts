import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A command that was acknowledged, and how. */
export interface Sent {
  readonly caller: Caller;
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly answer: Answer;
  /** By performance.now(). */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What all callers have sent and been answered. */
export class Tally {
  sent = 0;
  /** While clocks differ, consent given a moment ago is not in force yet for some: a refusal may pass. */
  clocksDiffer = false;
  readonly acknowledged: Sent[] = [];
}

/** An answer that sending again under the same key will not change. */
class Refused extends Error {}

const AGAIN_MS = 100;
const REFUSED_MS = 500;
const ANSWER_MS = 10_000;
const PATIENCE_MS = 150_000;

/**
 * Not yet, or not now: what travels between services may not have arrived (404), an instance whose clock runs ahead takes
 * a token for an old one (401), and a part may be down (5xx).
 */
const isPassing = (status: number): boolean => status === 401 || status === 404 || status >= 500;

/** A worker's program that never gives up: what is not acknowledged is sent again, the same under the same key. */
export class Caller {
  constructor(
    private readonly url: string,
    private readonly token: string,
    readonly agency: string,
    private readonly tally: Tally,
  ) {}

  /** The same program with another token. */
  as(token: string): Caller {
    return new Caller(this.url, token, this.agency, this.tally);
  }

  async command(path: string, body: object): Promise<Answer['body']> {
    const key = randomUUID();
    const sentAt = performance.now();
    this.tally.sent += 1;
    const answer = await this.untilAcknowledged(path, body, key).catch((error: unknown) => {
      if (!(error instanceof Refused) || !this.tally.clocksDiffer) throw error;
      return undefined;
    });
    // The refusal is on record, and the answer to its key for ever.
    if (!answer) return delay(REFUSED_MS).then(() => this.command(path, body));
    this.tally.acknowledged.push({ caller: this, path, body, key, answer, sentAt, answeredAt: performance.now() });
    return answer.body;
  }

  /** @throws Error when it is refused, or not acknowledged in minutes */
  untilAcknowledged(path: string, body: object, key: string): Promise<Answer> {
    return this.until(path, () => this.once('POST', path, body, key));
  }

  /** Reads again until there is something to read. @throws Error as `untilAcknowledged` */
  async read(path: string): Promise<Answer['body']> {
    return (await this.until(path, () => this.once('GET', path))).body;
  }

  async once(method: 'GET' | 'POST', path: string, body?: object, key?: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  private async until(path: string, ask: () => Promise<Answer>): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask().catch((error: unknown) => ({ status: 503, body: { error: String(error) } }));
      if (answer.status < 300) return answer;
      if (!isPassing(answer.status)) throw new Refused(`${path} was refused: ${JSON.stringify(answer)}`);
      if (Date.now() > deadline) throw new Error(`${path} was never answered; at last: ${JSON.stringify(answer)}`);
      await delay(AGAIN_MS);
    }
  }
}
