import { type BACKWARDS, END, EventStoreDBClient, FORWARDS, START } from '@eventstore/db-client';
import type { AllStreamResolvedEvent, Position as LogPosition } from '@eventstore/db-client';
import { convertGrpcEvent } from '@eventstore/db-client/dist/utils/convertGrpcEvent';
import { ReadStream } from '@eventstore/db-client/dist/streams/utils/ReadStream';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { ReadReq } from '@eventstore/db-client/generated/streams_pb';

/**
 * A client that appends call by call. Its batch call is one stream for all appends: when that breaks under back-pressure,
 * 6.2.1 leaves a rejected promise that nobody can handle, which ends the process.
 */
export function connect(connectionString: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(connectionString);
  client['supports'] = () => Promise.resolve(false);
  return client;
}

export interface LogPage {
  readonly direction: typeof FORWARDS | typeof BACKWARDS;
  /** The event at this position is included. */
  readonly from: LogPosition | typeof START | typeof END;
  readonly count: number;
}

/**
 * Reads `$all`, filtered by the server. The server can do it and the protocol says it, but the client's own readAll
 * offers no filter; without one, a service would be sent every other service's events.
 */
export function readFiltered(
  client: EventStoreDBClient,
  prefix: string,
  page: LogPage,
): AsyncIterable<AllStreamResolvedEvent> {
  const open = client['GRPCStreamCreator'](StreamsClient, 'readAll', (streams) =>
    streams.read(requestFor(prefix, page), ...client['callArguments']({}, { deadline: Infinity })),
  );
  return new ReadStream<AllStreamResolvedEvent>(open, convertGrpcEvent, {});
}

function requestFor(prefix: string, { direction, from, count }: LogPage): ReadReq {
  const all = new ReadReq.Options.AllOptions();
  if (from === START) all.setStart(new Empty());
  else if (from === END) all.setEnd(new Empty());
  else {
    const position = new ReadReq.Options.Position();
    all.setPosition(position.setCommitPosition(from.commit.toString()).setPreparePosition(from.prepare.toString()));
  }
  const filter = new ReadReq.Options.FilterOptions();
  filter.setStreamIdentifier(new ReadReq.Options.FilterOptions.Expression().setPrefixList([prefix]));
  filter.setCount(new Empty()).setCheckpointintervalmultiplier(1);
  const { FORWARDS: forwards, BACKWARDS: backwards } = ReadReq.Options.ReadDirection;
  const options = new ReadReq.Options()
    .setAll(all)
    .setFilter(filter)
    .setCount(String(count))
    .setReadDirection(direction === FORWARDS ? forwards : backwards)
    .setUuidOption(new ReadReq.Options.UUIDOption().setString(new Empty()));
  return new ReadReq().setOptions(options);
}
