import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A command as sent, and the answer that acknowledged it. */
export interface Sent {
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly answer: Answer;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Case {
  readonly consultation: string;
  readonly person: string;
  readonly messages: readonly string[];
  readonly plan: string;
  readonly attempts: number;
}

const AGAIN_MS = 100;
const PATIENCE_MS = 60_000;
const NEXT_CONTACT_DAYS = 14;

/**
 * A caseworker's program that never gives up: a request without an answer is sent again, the same under the same
 * Idempotency-Key, until it is answered.
 */
export class Client {
  readonly sent: Sent[] = [];
  readonly cases: Case[] = [];
  private stopping = false;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  stop(): void {
    this.stopping = true;
  }

  /** Case after case, each from consultation to plan, across two services. */
  async work(): Promise<void> {
    while (!this.stopping) this.cases.push(await this.oneCase());
  }

  async post(path: string, body: object, key: string = randomUUID()): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.once('POST', path, body, key).catch(() => undefined);
      if (answer && answer.status < 300) return answer;
      if (answer && answer.status < 500) throw new Error(`${path} was refused: ${JSON.stringify(answer)}`);
      if (Date.now() > deadline) throw new Error(`${path} was never answered; at last: ${JSON.stringify(answer)}`);
      await delay(AGAIN_MS);
    }
  }

  get(path: string): Promise<Answer> {
    return this.once('GET', path);
  }

  private async oneCase(): Promise<Case> {
    const opened = await this.command('intake/consultations', {
      channel: 'phone',
      language: 'ja',
      message: '最初の相談',
    });
    const [consultation, person] = [String(opened['id']), String(opened['personId'])];
    const messages = ['眠れない日が続いています。', '誰かと話したいです。'];
    for (const message of messages) await this.command(`intake/consultations/${consultation}/messages`, { message });
    const nextContact = { on: inDays(NEXT_CONTACT_DAYS), mode: 'phone' };
    const opening = { personId: person, goals: ['週に一度は外に出る'], nextContact };
    const plan = String((await this.command('follow-up/plans', opening))['id']);
    const attempt = { mode: 'phone', result: 'reached', nextContact };
    await this.command(`follow-up/plans/${plan}/attempts`, attempt);
    return { consultation, person, messages: ['最初の相談', ...messages], plan, attempts: 1 };
  }

  private async command(path: string, body: object): Promise<Answer['body']> {
    const key = randomUUID();
    const answer = await this.post(path, body, key);
    this.sent.push({ path, body, key, answer });
    return answer.body;
  }

  private async once(method: string, path: string, body?: object, key?: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
