import type { Position } from '@tsunagu/event-sourcing';
import { Client, escapeIdentifier } from 'pg';
import type { ClientConfig } from 'pg';
import { startOf } from './position';
import { channelOf } from './schema';

const RECONNECT_AFTER_MS = 500;

/**
 * Tells the subscriptions of this process that there is more to read: at once after its own commits, by NOTIFY for those
 * of other processes. Any number of announcements before a subscription looks are one.
 */
export class Announcements {
  private readonly listeners = new Set<(upTo: Position | undefined) => void>();
  private client: Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly config: ClientConfig,
    private readonly schema: string,
    private readonly writer: string,
  ) {}

  /** `upTo` is absent when anything may have been missed. */
  announce(upTo: Position | undefined): void {
    for (const listener of this.listeners) listener(upTo);
  }

  subscribe(listener: (upTo: Position | undefined) => void): () => void {
    this.listeners.add(listener);
    if (!this.client) void this.listen();
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reconnect);
    await this.client?.end();
  }

  private async listen(): Promise<void> {
    const client = new Client(this.config);
    this.client = client;
    client.on('notification', ({ payload = '' }) => this.heard(payload));
    client.once('error', () => this.listenAgainLater(client));
    client.once('end', () => this.listenAgainLater(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${escapeIdentifier(channelOf(this.schema))}`);
      this.announce(undefined);
    } catch {
      this.listenAgainLater(client);
    }
  }

  private heard(payload: string): void {
    const [writer, tx = ''] = payload.split(':');
    if (writer !== this.writer) this.announce(startOf(tx));
  }

  /** Losing the listener loses only promptness: subscriptions still poll. */
  private listenAgainLater(lost: Client): void {
    if (this.closed || this.client !== lost || this.reconnect) return;
    lost.end().catch(() => undefined);
    this.reconnect = setTimeout(() => {
      this.reconnect = undefined;
      void this.listen();
    }, RECONNECT_AFTER_MS);
  }
}
