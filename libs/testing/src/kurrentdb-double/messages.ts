import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { type AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { Outcome, Proposed, StoredEvent } from './memory-log';

const RecordedEvent = ReadResp.ReadEvent.RecordedEvent;

export const streamOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

const identifierOf = (stream: string): StreamIdentifier =>
  new StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(stream, 'utf8')));

export function proposedOf(message: AppendReq.ProposedMessage): Proposed {
  const metadata = new Map<string, string>();
  message.getMetadataMap().forEach((value, key) => metadata.set(key, value));
  return {
    id: message.getId()?.getString() ?? '',
    metadata,
    customMetadata: message.getCustomMetadata_asU8(),
    data: message.getData_asU8(),
  };
}

export function eventMessage(stored: StoredEvent): ReadResp {
  const position = String(stored.position);
  const event = new RecordedEvent()
    .setId(new UUID().setString(stored.id))
    .setStreamIdentifier(identifierOf(stored.stream))
    .setStreamRevision(String(stored.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setCustomMetadata(stored.customMetadata)
    .setData(stored.data);
  for (const [key, value] of stored.metadata) event.getMetadataMap().set(key, value);
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(event).setCommitPosition(position));
}

export const notFoundMessage = (stream: string): ReadResp =>
  new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)));

export const confirmationMessage = (id: string): ReadResp =>
  new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(id));

export const caughtUpMessage = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());

export function checkpointMessage(position: bigint): ReadResp {
  const text = String(position);
  return new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text));
}

export function outcomeMessage(outcome: Outcome): AppendResp {
  if (outcome.kind === 'wrong-version') {
    const wrong = new AppendResp.WrongExpectedVersion();
    if (outcome.current < 0) wrong.setCurrentNoStream(new Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    return new AppendResp().setWrongExpectedVersion(wrong);
  }
  const position = String(outcome.last.position);
  return new AppendResp().setSuccess(
    new AppendResp.Success()
      .setCurrentRevision(String(outcome.last.revision))
      .setPosition(new AppendResp.Position().setCommitPosition(position).setPreparePosition(position)),
  );
}

/** Which events a request for `$all` or a stream means. */
export interface Wanted {
  readonly matches: (event: StoredEvent) => boolean;
  readonly backwards: boolean;
  readonly most: number;
}

export function wantedOf(options: ReadReq.Options): Wanted {
  const prefixes = options.getFilter()?.getStreamIdentifier()?.getPrefixList() ?? [];
  return {
    matches: ({ stream }) => prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix)),
    backwards: options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS,
    most: Number(options.getCount()),
  };
}
