import type { ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type AppendResult,
  type ExpectedRevision,
  MAX_APPEND_BYTES,
  type StoreError,
} from '../../../application/ports/event-store.ts';
import { type Appending, appendOne } from './appending.ts';
import { readStreamPart } from './reading.ts';
import type { StayAlive } from './stay-alive.ts';
import { placeOfEvent, type WireEvent } from './wire-event.ts';
import { isObject } from '../../../domain/unknown.ts';

/** An event of the machinery: no envelope, no hash chain, no part of what is copied and audited. */
export type InternalEvent = { readonly id: string; readonly type: string; readonly data: Record<string, unknown> };
export type RecordedInternalEvent = InternalEvent & AppendResult;

/**
 * Streams beside the bookings' and schedules', for what the nodes of one installation agree on. Same rules for appends as
 * the log: explicit revisions, ids decided once, an unknown outcome is resolved. Ids are lower-case UUIDs.
 */
export type OwnStreams = {
  readonly append: (
    stream: string,
    expected: ExpectedRevision,
    events: ReadonlyArray<InternalEvent>,
  ) => TE.TaskEither<StoreError, AppendResult>;
  /** From `from` on, inclusive; no events where there is no stream. */
  readonly read: (stream: string, from?: number) => TE.TaskEither<StoreError, ReadonlyArray<RecordedInternalEvent>>;
  /** The last event; null where there is no stream. */
  readonly readLast: (stream: string) => TE.TaskEither<StoreError, RecordedInternalEvent | null>;
};

export type OwnStreamsParts = Appending & { readonly stayAlive: StayAlive };

const toWire = ({ id, type, data }: InternalEvent): WireEvent => ({
  id,
  type,
  data: { ...data },
  contentType: 'application/json',
  metadata: {},
});

/** Null for what is no event of the machinery: a link, or data that is no JSON object. */
const ownEventOf = ({ event }: ResolvedEvent): E.Either<StoreError, RecordedInternalEvent> | null => {
  if (event === undefined || !isObject(event.data)) return null;
  const { id, type, data } = event;
  return pipe(
    placeOfEvent(event),
    E.map((place): RecordedInternalEvent => ({ id, type, data, ...place })),
  );
};

export const makeOwnStreams = (parts: OwnStreamsParts): OwnStreams => ({
  append: (stream, expected, events) => async () => {
    const bytes = Buffer.byteLength(JSON.stringify(events));
    if (bytes > MAX_APPEND_BYTES) return E.left({ type: 'TooLarge', bytes, limit: MAX_APPEND_BYTES });
    const encoded = { append: { stream, expected, events }, events: events.map(toWire), bytes };
    return parts.stayAlive(() => appendOne(parts, encoded));
  },
  read:
    (stream, from = 0) =>
    async () => {
      const found = await parts.stayAlive(() => readStreamPart(parts, stream, from));
      if (E.isLeft(found)) return found;
      const events: Array<RecordedInternalEvent> = [];
      for (const raw of found.right) {
        const event = ownEventOf(raw);
        if (event === null) continue;
        if (E.isLeft(event)) return event;
        events.push(event.right);
      }
      return E.right(events);
    },
  readLast: (stream) => async () => {
    const found = await parts.stayAlive(() => readStreamPart(parts, stream, 'end', 1));
    if (E.isLeft(found)) return found;
    const [raw] = found.right;
    return raw === undefined ? E.right(null) : (ownEventOf(raw) ?? E.right(null));
  },
});
