import { randomUUID } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerReadableStream, ServerWritableStream } from '@grpc/grpc-js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { MemoryLog, type Proposed, type StoredEvent } from './memory-log';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  notFoundMessage,
  outcomeMessage,
  proposedOf,
  streamOf,
  wantedOf,
} from './messages';
import { TEST_CERTIFICATE, TEST_KEY } from './tls';

type Read = ServerWritableStream<ReadReq, ReadResp>;
type Append = ServerReadableStream<AppendReq, AppendResp>;

export interface KurrentDoubleOptions {
  /** Then it speaks TLS only, and only to this user. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** The server searches in windows of this many events, and counts its checkpoints in them. */
const WINDOW = 32;

/**
 * NOT KurrentDB: a double of its Streams service that speaks the real protocol to the real client, over memory. It shows
 * that our adapter uses the client and the protocol as it must; what a real server does is shown only by running the
 * same suite against one (`npm run test:kurrentdb`). It refuses what this project must never send.
 */
export class KurrentDouble {
  readonly log = new MemoryLog();
  /** Requests that it refused because nothing in this project may send them. */
  readonly refused: string[] = [];
  /** Positions that subscriptions began behind. */
  readonly resumed: (bigint | undefined)[] = [];
  private server: Server | undefined;
  private port = 0;
  private answersToLose = 0;

  constructor(private readonly options: KurrentDoubleOptions = {}) {}

  get connectionString(): string {
    const { credentials } = this.options;
    if (!credentials) return `esdb://127.0.0.1:${this.port}?tls=false`;
    const user = [credentials.username, credentials.password].map(encodeURIComponent).join(':');
    return `esdb://${user}@localhost:${this.port}`;
  }

  /** Comes up, with what it had, where it was before. */
  async start(): Promise<this> {
    const server = new Server();
    server.addService(StreamsService, {
      append: (call: Append, answer: sendUnaryData<AppendResp>) => void this.append(call, answer).catch(answer),
      read: (call: Read) => void this.read(call).catch(() => call.end()),
    });
    const credentials = this.options.credentials
      ? ServerCredentials.createSsl(null, [
          { cert_chain: Buffer.from(TEST_CERTIFICATE), private_key: Buffer.from(TEST_KEY) },
        ])
      : ServerCredentials.createInsecure();
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, credentials, (error, port) => (error ? reject(error) : resolve(port)));
    });
    this.server = server;
    return this;
  }

  /** Gone at once, in the middle of whatever it was doing. */
  kill(): void {
    this.server?.forceShutdown();
    this.server = undefined;
    this.log.grown.emit('grown');
  }

  /** The next appends are written, and nobody is told. */
  loseAnswers(count: number): void {
    this.answersToLose = count;
  }

  private async append(call: Append, answer: sendUnaryData<AppendResp>): Promise<void> {
    if (!this.knows(call)) return answer(accessDenied());
    let options: AppendReq.Options | undefined;
    const proposed: Proposed[] = [];
    for await (const request of call as AsyncIterable<AppendReq>) {
      const message = request.getProposedMessage();
      options ??= request.getOptions();
      if (message) proposed.push(proposedOf(message));
    }
    const stream = streamOf(options?.getStreamIdentifier());
    if (!options?.hasRevision() && !options?.hasNoStream()) {
      this.refused.push(`append to ${stream} at any revision`);
      return answer({
        code: status.INVALID_ARGUMENT,
        details: `the double refuses an append to ${stream} at any revision`,
      });
    }
    const outcome = this.log.append(stream, options.hasNoStream() ? -1 : Number(options.getRevision()), proposed);
    if (this.answersToLose > 0) {
      this.answersToLose -= 1;
      return answer({ code: status.UNAVAILABLE, details: 'the double loses this answer' });
    }
    answer(null, outcomeMessage(outcome));
  }

  private async read(call: Read): Promise<void> {
    const options = call.request.getOptions();
    if (!options) return fail(call, status.INVALID_ARGUMENT, 'no options');
    if (!this.knows(call)) return void call.emit('error', accessDenied());
    if (options.hasStream()) await this.readStream(call, options);
    else if (options.hasSubscription()) await this.follow(call, options);
    else await this.readAll(call, options);
  }

  private async readStream(call: Read, options: ReadReq.Options): Promise<void> {
    const stream = streamOf(options.getStream()?.getStreamIdentifier());
    const events = this.log.streams.get(stream);
    if (!events) {
      call.write(notFoundMessage(stream));
      return void call.end();
    }
    const { backwards, most } = wantedOf(options);
    const revision = Number(options.getStream()?.getRevision());
    const from = options.getStream()?.hasRevision() ? revision : backwards ? events.length - 1 : 0;
    const wanted = backwards ? events.slice(0, from + 1).reverse() : events.slice(from);
    await sendAll(call, wanted.slice(0, most));
  }

  private async readAll(call: Read, options: ReadReq.Options): Promise<void> {
    const { matches, backwards, most } = wantedOf(options);
    const position = BigInt(options.getAll()?.getPosition()?.getCommitPosition() ?? 0);
    if (!options.hasFilter()) {
      this.refused.push('read $all without a filter');
      return fail(call, status.INVALID_ARGUMENT, 'the double refuses to read $all without a filter');
    }
    const all = backwards ? [...this.log.all].reverse() : this.log.all.filter((event) => event.position >= position);
    await sendAll(call, all.filter(matches).slice(0, most));
  }

  /** What was there, then what comes; a checkpoint whenever enough of others' events have passed. */
  private async follow(call: Read, options: ReadReq.Options): Promise<void> {
    const { matches } = wantedOf(options);
    const after = options.getAll()?.getPosition()?.getCommitPosition();
    this.resumed.push(after === undefined ? undefined : BigInt(after));
    const interval = WINDOW * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
    await send(call, confirmationMessage(randomUUID()));
    let next = this.log.all.findIndex(({ position }) => position > BigInt(after ?? 0));
    if (next < 0) next = this.log.all.length;
    for (let searched = 1; this.server && !call.cancelled;) {
      const event = this.log.all[next];
      if (!event) {
        await send(call, caughtUpMessage());
        await either(call, this.log.grown, 'grown');
        continue;
      }
      next += 1;
      if (matches(event)) await send(call, eventMessage(event));
      if (searched % interval === 0) await send(call, checkpointMessage(event.position));
      searched += 1;
    }
    call.end();
  }

  private knows(call: Read | Append): boolean {
    const { credentials } = this.options;
    if (!credentials) return true;
    const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    return call.metadata.get('authorization')[0] === `Basic ${expected}`;
  }
}

function accessDenied(): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set('exception', 'access-denied');
  return { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata };
}

const fail = (call: Read, code: status, details: string): void => void call.emit('error', { code, details });

async function sendAll(call: Read, events: readonly StoredEvent[]): Promise<void> {
  for (const event of events) await send(call, eventMessage(event));
  call.end();
}

async function send(call: Read, message: ReadResp): Promise<void> {
  if (call.write(message)) return;
  await either(call, call, 'drain');
}

/** Until the emitter says so, or the caller is gone. */
async function either(call: Read, emitter: EventEmitter, event: string): Promise<void> {
  const listening = new AbortController();
  const { signal } = listening;
  await Promise.race([once(emitter, event, { signal }), once(call, 'cancelled', { signal })]);
  listening.abort();
}
