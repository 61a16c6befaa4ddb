import type { CommandError, JSONEventData, ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type StoreError,
  type Append,
  type AppendResult,
  MAX_APPEND_BYTES,
} from '../../../application/ports/event-store.ts';
import { type Envelope, isTooDeep, type JsonObject, type RecordedEvent } from '../../../domain/log/envelope.ts';
import { CATEGORIES, streamPrefixes } from './connection-string.ts';
import { messageOf, isObject } from '../../../domain/unknown.ts';
import { encodeEnvelope, isActor, recorded } from '../embedded/log-storage.ts';

/**
 * What a failure of the client means. `final`: asking again answers the same. `not-sent`: nothing reached the server.
 * `unknown`: it may have been carried out. `not-sent` comes as raw errors of gRPC or of the discovery, which are not
 * command errors and after which the client keeps a broken promise of the server's features: it has to be replaced.
 */
export type Failure =
  | { readonly type: 'wrong-revision'; readonly actual: 'no-stream' | number }
  | { readonly type: 'no-stream' }
  | { readonly type: 'too-large'; readonly limit: number }
  /** `isUserUnknown`: unknown user or wrong password. Otherwise the user lacks the right. */
  | { readonly type: 'denied'; readonly isUserUnknown: boolean; readonly reason: string }
  | { readonly type: 'final'; readonly error: StoreError }
  | { readonly type: 'not-sent'; readonly reason: string }
  /** A subscription that did not keep up, ended by a server before 24.2: it may be made again at once. */
  | { readonly type: 'too-slow'; readonly reason: string }
  | { readonly type: 'unknown'; readonly reason: string };

/** Checked by its fields, so that the client package need not be loaded. */
const isCommandError = (thrown: unknown): thrown is CommandError =>
  thrown instanceof Error && 'type' in thrown && typeof thrown.type === 'string';

/** Of gRPC: valid credentials without the right; no valid credentials. */
const [PERMISSION_DENIED, UNAUTHENTICATED] = [7, 16];

/** `Consumer too slow to handle event while live` or `while transitioning to live`: 23.10.8. */
const TOO_SLOW = /consumer too slow/i;

const denied = (code: number | undefined): Failure =>
  code === UNAUTHENTICATED
    ? { type: 'denied', isUserUnknown: true, reason: 'the event store knows no such user with this password' }
    : { type: 'denied', isUserUnknown: false, reason: 'the event store denies access to this user, who lacks a right' };

export const toFailure = (thrown: unknown): Failure => {
  if (!isCommandError(thrown)) return { type: 'not-sent', reason: messageOf(thrown) };
  switch (thrown.type) {
    case 'wrong-expected-version':
      return {
        type: 'wrong-revision',
        actual: thrown.actualVersion === 'no_stream' ? 'no-stream' : Number(thrown.actualVersion),
      };
    case 'stream-not-found':
    case 'no-stream':
      return { type: 'no-stream' };
    case 'maximum-append-size-exceeded':
      return { type: 'too-large', limit: thrown.maxAppendSize };
    case 'stream-deleted':
      return {
        type: 'final',
        error: { type: 'Corrupt', reason: `the stream ${thrown.streamName} was deleted for good (tombstoned)` },
      };
    case 'access-denied':
      return denied(thrown.code);
    case 'invalid-argument':
    case 'unsupported':
      return { type: 'final', error: { type: 'Unavailable', reason: messageOf(thrown) } };
    case 'deadline-exceeded':
      return { type: 'unknown', reason: 'the event store timed out, or its clock and this one are an hour apart' };
    case 'timeout':
      return { type: TOO_SLOW.test(thrown.message) ? 'too-slow' : 'unknown', reason: messageOf(thrown) };
    case 'not-leader':
      return { type: 'unknown', reason: 'the node is no longer the leader' };
    default:
      // Without the word that makes it a class of the client.
      return thrown.code === PERMISSION_DENIED ? denied(thrown.code) : { type: 'unknown', reason: messageOf(thrown) };
  }
};

/** What goes with the data: the rest of the envelope. Id and type have fields of their own. */
type Metadata = Omit<Envelope, 'id' | 'type' | 'data'>;
export type WireEvent = JSONEventData<{
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}>;
/** What an append has to say about itself while it is in flight: where, after what, and under which ids. */
export type Sending = Pick<Append, 'stream' | 'expected'> & { readonly events: ReadonlyArray<{ readonly id: string }> };
export type Encoded = { readonly append: Sending; readonly events: Array<WireEvent>; readonly bytes: number };

/** The server's spelling: any other would be changed and break the hash chain. */
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
  if (!CATEGORIES.some((category) => append.stream.startsWith(category)))
    return unwritable(`the stream ${append.stream} is of no category that is read back`);
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

const isMetadata = (value: unknown): value is Metadata =>
  isObject(value) &&
  typeof value.version === 'number' &&
  typeof value.occurredAt === 'string' &&
  isActor(value.actor) &&
  typeof value.correlationId === 'string' &&
  (value.causationId === null || typeof value.causationId === 'string') &&
  typeof value.hash === 'string';

const corrupt = (reason: string, position?: number): E.Either<StoreError, never> =>
  E.left({ type: 'Corrupt', reason, ...(position === undefined ? {} : { position }) });

const LAST_POSITION = BigInt(Number.MAX_SAFE_INTEGER);

/** The commit position, a byte offset in the log: exact up to 2^53 (8 PiB). Servers before 22.6 give none in a stream. */
const toPosition = (commit: bigint | undefined): E.Either<StoreError, number> => {
  if (commit === undefined) return corrupt('the event store gives no positions: a server from 22.6 on is needed');
  if (commit > LAST_POSITION) return corrupt(`the position ${commit} is beyond 2^53`);
  return E.right(Number(commit));
};

/** The position of an event, whatever its content. */
export const placeOfEvent = (event: {
  readonly revision: bigint;
  readonly position?: { readonly commit: bigint };
}): E.Either<StoreError, AppendResult> =>
  pipe(
    toPosition(event.position?.commit),
    E.map((position) => ({ revision: Number(event.revision), position })),
  );

type Stored = NonNullable<ResolvedEvent['event']>;

/** Null where the event has no envelope. */
const envelopeOf = ({ id, type, data, metadata, isJson }: Stored): Envelope | null => {
  if (!isJson || !isData(data) || !isMetadata(metadata)) return null;
  const { version, occurredAt, actor, correlationId, causationId, hash } = metadata;
  return { id, type, version, data, occurredAt, actor, correlationId, causationId, hash };
};

/**
 * An event without an envelope in one of our streams: another application wrote it. It is shown with its content, under
 * a version that no event has and a hash that no chain has, so that whatever has to understand it reports it.
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
  if (isTooDeep([event.data, event.metadata]))
    return corrupt(`the event ${event.revision} of ${event.streamId} is nested too deeply`, position.right);
  const envelope = envelopeOf(event) ?? foreign(event);
  return E.right(recorded(envelope, event.streamId.slice(prefix.length), Number(event.revision), position.right));
};
