import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type RunningTown, startTown } from '../local';
import { portsFor } from '../ports';
import { readPrivately } from '../private-file';
import { services } from '../services';
import { settingsFrom } from '../settings';
import { installedIn } from '../verify/installed';
import { isWell, verify } from '../verify/verify';
import { type CommandLine, workerToken } from '../worker-token';
import type { DatabaseName } from './artefact';
import { withInstallation } from './embedded';

export interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs assert on whatever came back
  readonly body: any;
}

/** A command as sent, and the answer that acknowledged it. */
export interface Sent {
  readonly worker: string;
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly answer: Answer;
}

const quietly = (): void => undefined;

/** The whole town on a data folder of its own, in this process. */
export class TestTown {
  readonly sent: Sent[] = [];
  private running: RunningTown | undefined;
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async on(): Promise<TestTown> {
    const folder = mkdtempSync(join(tmpdir(), 'tsunagu-backup-'));
    chmodSync(folder, 0o755);
    return new TestTown(folder, (await portsFor(folder, ['town'])).town);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** Where things are kept that must survive the data folder. */
  at(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  get environment(): NodeJS.ProcessEnv {
    return { PORT: String(this.port), TSUNAGU_DATA: this.data, TSUNAGU_ERASURES: this.at('ledger.jsonl') };
  }

  async start(): Promise<void> {
    this.tokens.clear();
    this.running = await startTown(settingsFrom(this.environment, []), services, quietly);
  }

  async stop(): Promise<void> {
    await this.running?.close();
    this.running = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async get(worker: string, path: string): Promise<Answer> {
    return this.request(worker, path, {});
  }

  /** A command, kept in `sent` when it was acknowledged. */
  async post(worker: string, path: string, body: object = {}, key: string = randomUUID()): Promise<Answer> {
    const answer = await this.request(worker, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    if (answer.status < 300) this.sent.push({ worker, path, body, key, answer });
    return answer;
  }

  query<Row extends object>(database: DatabaseName, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return withInstallation(this.data, quietly, async (urls) => {
      const client = new Client({ connectionString: urls[database] });
      await client.connect();
      try {
        return (await client.query<Row>(sql, [...values])).rows;
      } finally {
        await client.end();
      }
    });
  }

  /** As `npm run verify`: what is not as the logs say. */
  async differences(): Promise<readonly unknown[]> {
    const findings = await verify(installedIn(this.data, services), { waitMs: 30_000 });
    return findings.filter((finding) => !isWell(finding));
  }

  private async request(worker: string, path: string, init: RequestInit): Promise<Answer> {
    const token = this.tokens.get(worker) ?? workerToken(this.commandLine(), worker);
    this.tokens.set(worker, token);
    const response = await fetch(`http://localhost:${this.port}/api/${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await token}` },
    });
    return { status: response.status, body: await response.json() };
  }

  private commandLine(): CommandLine {
    return readPrivately(join(this.data, 'services', 'command-line.json')) as CommandLine;
  }
}
