import type { ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  MAX_APPEND_BYTES,
  type StoreError,
  type InternalEvent,
  type OwnStreams,
  type RecordedInternalEvent,
} from '../../../application/ports/event-store.ts';
import { type Appending, appendOne } from './appending.ts';
import { readStreamPart } from './reading.ts';
import type { KeepProcessAlive } from './in-flight.ts';
import { placeOfEvent, toFailure, type WireEvent } from './wire-event.ts';
import { isObject, reasonOf } from '../../../domain/unknown.ts';

export type OwnStreamsDependencies = Appending & { readonly keepProcessAlive: KeepProcessAlive };

const toWire = ({ id, type, data }: InternalEvent): WireEvent => ({
  id,
  type,
  data: { ...data },
  contentType: 'application/json',
  metadata: {},
});

/** Null for what is not one of our internal events: a link, or data that is not a JSON object. */
const ownEventOf = ({ event }: ResolvedEvent): E.Either<StoreError, RecordedInternalEvent> | null => {
  if (event === undefined || !isObject(event.data)) return null;
  const { id, type, data } = event;
  return pipe(
    placeOfEvent(event),
    E.map(({ revision }): RecordedInternalEvent => ({ id, type, data, revision })),
  );
};

export const makeOwnStreams = (parts: OwnStreamsDependencies): OwnStreams => ({
  append: (stream, expected, events) => async () => {
    const bytes = Buffer.byteLength(JSON.stringify(events));
    if (bytes > MAX_APPEND_BYTES) return E.left({ type: 'TooLarge', bytes, limit: MAX_APPEND_BYTES });
    const encoded = { append: { stream, expected, events }, events: events.map(toWire), bytes };
    const appended = await parts.keepProcessAlive(() => appendOne(parts, encoded));
    return pipe(
      appended,
      E.map(({ revision }) => ({ revision })),
    );
  },
  trim: (stream, before) => async () => {
    const { connection, appendTimeLimitMs, prefix, keepProcessAlive } = parts;
    const sent = await keepProcessAlive(() =>
      connection.append(
        (client) => client.setStreamMetadata(`${prefix}${stream}`, { truncateBefore: before }),
        appendTimeLimitMs,
      ),
    );
    if (sent.type === 'answered') return E.right(undefined);
    const reason =
      sent.type === 'rejected' ? reasonOf(toFailure(sent.thrown)) : 'the event store did not answer in time';
    return E.left({ type: 'Unavailable', reason });
  },
  read:
    (stream, from = 0) =>
    async () => {
      const found = await parts.keepProcessAlive(() => readStreamPart(parts, stream, from));
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
    const found = await parts.keepProcessAlive(() => readStreamPart(parts, stream, 'end', 1));
    if (E.isLeft(found)) return found;
    const [raw] = found.right;
    return raw === undefined ? E.right(null) : (ownEventOf(raw) ?? E.right(null));
  },
});
