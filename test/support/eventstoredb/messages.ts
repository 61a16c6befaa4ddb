import type { Shared, Streams } from './generated.ts';
import { shared, streams } from './generated.ts';
import type { Resolved } from './links.ts';
import type { LogEvent } from './log.ts';

const TICKS_PER_MILLISECOND = 10_000n;

export const streamNameOf = (identifier: Shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const identifierOf = (stream: string): Shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

type Recorded = Streams.ReadResp.ReadEvent.RecordedEvent;

/** `created` counts 100 ns since 1970; uint64 fields are strings; since server 22.6 stream reads carry the position too. */
const fill = (recorded: Recorded, event: LogEvent): Recorded => {
  recorded.setId(new shared.UUID().setString(event.id));
  recorded.setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const map = recorded.getMetadataMap();
  map.set('type', event.type);
  map.set('content-type', event.contentType);
  map.set('created', String(BigInt(event.createdAt) * TICKS_PER_MILLISECOND));
  return recorded;
};

export const eventMessage = ({ event, link }: Resolved): Streams.ReadResp => {
  const read = new streams.ReadResp.ReadEvent();
  if (event !== undefined) read.setEvent(fill(new streams.ReadResp.ReadEvent.RecordedEvent(), event));
  if (link !== undefined) read.setLink(fill(new streams.ReadResp.ReadEvent.RecordedEvent(), link));
  read.setCommitPosition(String((link ?? event)?.position ?? 0n));
  return new streams.ReadResp().setEvent(read);
};

export const notFoundMessage = (stream: string): Streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)),
  );

export const confirmationMessage = (id: string): Streams.ReadResp =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));

export const caughtUpMessage = (): Streams.ReadResp =>
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
export const fellBehindMessage = (): Streams.ReadResp =>
  new streams.ReadResp().setFellBehind(new streams.ReadResp.FellBehind());

export const checkpointMessage = (position: bigint): Streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );
