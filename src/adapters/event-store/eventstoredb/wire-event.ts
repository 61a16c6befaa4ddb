import type { JSONEventData, ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type Append,
  type AppendResult,
  MAX_APPEND_BYTES,
  type StoreError,
} from '../../../application/ports/event-store.ts';
import type { Actor, Envelope, JsonObject, RecordedEvent } from '../../../domain/log/envelope.ts';
import { encodeEnvelope, recorded } from '../embedded/log-storage.ts';
import { isObject, messageOf } from '../../../domain/unknown.ts';

/** The categories of the log, under the prefix; everything else in `$all` is passed over. */
const CATEGORIES = ['booking-', 'schedule-', 'calendar-'] as const;

/** What stream names of the log begin with on the server. */
export const streamPrefixes = (prefix: string): Array<string> => CATEGORIES.map((category) => `${prefix}${category}`);

/** What goes with the data: the rest of the envelope. Id and type have fields of their own. */
type Metadata = Omit<Envelope, 'id' | 'type' | 'data'>;
export type WireEvent = JSONEventData<{
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}>;
/** What an append has to say about itself while it is under way: where, after what, and under which ids. */
export type Sending = Pick<Append, 'stream' | 'expected'> & { readonly events: ReadonlyArray<{ readonly id: string }> };
export type Encoded = { readonly append: Sending; readonly events: Array<WireEvent>; readonly bytes: number };

/** As the server writes them: another spelling would come back changed, and break the hash chain. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const toWire = (event: Envelope): WireEvent => ({
  id: event.id,
  contentType: 'application/json',
  type: event.type,
  data: event.data,
  metadata: {
    version: event.version,
    occurredAt: event.occurredAt,
    actor: event.actor,
    correlationId: event.correlationId,
    causationId: event.causationId,
    hash: event.hash,
  },
});

const unwritable = (reason: string): E.Either<StoreError, never> => E.left({ type: 'Unavailable', reason });

/**
 * The size is that of the envelopes' JSON, as for every engine. What the server counts (data, metadata, two bytes per
 * letter of the type) is less for types of up to 60 letters.
 */
export const encodeAppend = (append: Append): E.Either<StoreError, Encoded> => {
  if (!CATEGORIES.some((category) => append.stream.startsWith(category))) {
    return unwritable(`the stream ${append.stream} is of no category that is read back`);
  }
  if (!append.events.every((event) => UUID.test(event.id))) return unwritable('an event id is not a lower-case UUID');
  try {
    const bytes = append.events.reduce((sum, event) => sum + Buffer.byteLength(encodeEnvelope(event)), 0);
    if (bytes > MAX_APPEND_BYTES) return E.left({ type: 'TooLarge', bytes, limit: MAX_APPEND_BYTES });
    return E.right({ append, events: append.events.map(toWire), bytes });
  } catch (thrown) {
    return unwritable(`the events cannot be written as JSON: ${messageOf(thrown)}`);
  }
};

const isData = (value: unknown): value is JsonObject => isObject(value);
const isActor = (value: unknown): value is Actor => isObject(value) && typeof value.kind === 'string';

const isMetadata = (value: unknown): value is Metadata =>
  isObject(value) &&
  typeof value.version === 'number' &&
  typeof value.occurredAt === 'string' &&
  isActor(value.actor) &&
  typeof value.correlationId === 'string' &&
  (value.causationId === null || typeof value.causationId === 'string') &&
  typeof value.hash === 'string';

const corrupt = (reason: string): E.Either<StoreError, never> => E.left({ type: 'Corrupt', reason });

const LAST_POSITION = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The position is the commit position, a byte offset in the log: up to 2^53 (8 PiB) it is exact, beyond it reading
 * fails. A server before 22.6 gives none with the events of a stream.
 */
const toPosition = (commit: bigint | undefined): E.Either<StoreError, number> => {
  if (commit === undefined) return corrupt('the event store gives no positions: a server from 22.6 on is needed');
  if (commit > LAST_POSITION) return corrupt(`the position ${commit} is beyond 2^53`);
  return E.right(Number(commit));
};

/** Where an event lies, whatever it says. */
export const placeOfEvent = (event: {
  readonly revision: bigint;
  readonly position?: { readonly commit: bigint };
}): E.Either<StoreError, AppendResult> =>
  pipe(
    toPosition(event.position?.commit),
    E.map((position) => ({ revision: Number(event.revision), position })),
  );

type Stored = NonNullable<ResolvedEvent['event']>;

/** Null: it has none. */
const envelopeOf = ({ id, type, data, metadata, isJson }: Stored): Envelope | null => {
  if (!isJson || !isData(data) || !isMetadata(metadata)) return null;
  const { version, occurredAt, actor, correlationId, causationId, hash } = metadata;
  return { id, type, version, data, occurredAt, actor, correlationId, causationId, hash };
};

/**
 * An event in a stream of ours that has no envelope: somebody else wrote it. It is shown for what it says, under a version
 * that no event has and with a hash that no chain has: whoever has to understand it cannot, and says so.
 */
const foreign = (event: Stored): Envelope => ({
  id: event.id,
  type: event.type,
  version: 0,
  data: isData(event.data) ? event.data : {},
  occurredAt: event.created.toISOString(),
  actor: { kind: 'system' },
  correlationId: event.id,
  causationId: null,
  hash: '',
});

/** Null for an event that is not Holdfast's, or a link whose target is gone. */
export const decodeEvent = (prefix: string, { event }: ResolvedEvent): E.Either<StoreError, RecordedEvent> | null => {
  if (event === undefined || !streamPrefixes(prefix).some((start) => event.streamId.startsWith(start))) return null;
  const position = toPosition(event.position?.commit);
  if (E.isLeft(position)) return position;
  const envelope = envelopeOf(event) ?? foreign(event);
  return E.right(recorded(envelope, event.streamId.slice(prefix.length), Number(event.revision), position.right));
};
