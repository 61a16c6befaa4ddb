import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { decodeRefusal, type RefusalEvent } from '../../domain/refusals/refusal.ts';
import { toEpochMs, toInstant } from '../../domain/time/time.ts';
import type {
  ExpectedRevision,
  InternalEvent,
  OwnStreams,
  RecordedInternalEvent,
  StoreError,
} from '../ports/event-store.ts';

/** A host's refusals: beside the log, since a proof over the log would not let go of what is too old. A stored name. */
export const refusalStream = (hostId: string): string => `refusals-${hostId}`;

/** Which hosts have such a stream, so that also those that are configured no more are trimmed. A stored name. */
const HOSTS_STREAM = 'installation-refusals';

export type ReadsRefusals = Pick<OwnStreams, 'read'>;

/** `unreadable`: events that this program does not understand. */
export type RefusalsOfHost = { readonly events: ReadonlyArray<RefusalEvent>; readonly unreadable: number };

/** What is still kept of a host's refusals, oldest first. */
export const readRefusals = async (
  streams: ReadsRefusals,
  hostId: string,
): Promise<E.Either<StoreError, RefusalsOfHost>> =>
  pipe(
    await streams.read(refusalStream(hostId))(),
    E.map((recorded) => {
      // What was not known to be written is written again, with the same id.
      const once = [...new Map(recorded.map((event) => [event.id, event])).values()];
      const decoded = once.map((event) => decodeRefusal(event));
      return {
        events: decoded.flatMap((event) =>
          E.isRight(event) && event.right.type !== 'RefusalsTrimmed' ? [event.right] : [],
        ),
        unreadable: decoded.filter((event) => E.isLeft(event)).length,
      };
    }),
  );

const lastRevision = async (streams: OwnStreams, stream: string): Promise<E.Either<StoreError, ExpectedRevision>> =>
  pipe(
    await streams.readLast(stream)(),
    E.map((last): ExpectedRevision => last?.revision ?? 'no-stream'),
  );

/** Appends where the stream ends now. Where another node was faster it is for the caller to come again. */
export const appendRefusals = async (
  streams: OwnStreams,
  hostId: string,
  events: ReadonlyArray<InternalEvent>,
): Promise<E.Either<StoreError, unknown>> => {
  const stream = refusalStream(hostId);
  const last = await lastRevision(streams, stream);
  if (E.isLeft(last)) return last;
  return streams.append(stream, last.right, events)();
};

const hostIdOf = ({ data }: RecordedInternalEvent): ReadonlyArray<string> =>
  typeof data.hostId === 'string' ? [data.hostId] : [];

const hostsWithRefusals = (streams: ReadsRefusals): TE.TaskEither<StoreError, ReadonlyArray<string>> =>
  pipe(
    streams.read(HOSTS_STREAM),
    TE.map((events) => [...new Set(events.flatMap(hostIdOf))]),
  );

/** Before the first refusal of a host is written. Two nodes may both do it: it is read as one. */
export const noteHost = async (
  streams: OwnStreams,
  hostId: string,
  id: string,
): Promise<E.Either<StoreError, unknown>> => {
  const known = await hostsWithRefusals(streams)();
  if (E.isLeft(known) || known.right.includes(hostId)) return known;
  const last = await lastRevision(streams, HOSTS_STREAM);
  if (E.isLeft(last)) return last;
  return streams.append(HOSTS_STREAM, last.right, [{ id, type: 'RefusalsBegun', data: { hostId } }])();
};

/** When an event was written, epoch milliseconds; one that has no time is as old as can be. */
const writtenAt = ({ data: { at } }: RecordedInternalEvent): number => (typeof at === 'string' ? toEpochMs(at) : 0);

/**
 * Forgets what is older than `before`, epoch milliseconds, of every host. A stream keeps its last event, by which its
 * place is known: where that one is too old as well, an event that says nothing takes its place.
 */
export const trimRefusals = async (
  streams: OwnStreams,
  { before, now, newId }: { readonly before: number; readonly now: number; readonly newId: () => string },
): Promise<E.Either<StoreError, void>> => {
  const hosts = await hostsWithRefusals(streams)();
  if (E.isLeft(hosts)) return hosts;
  for (const hostId of hosts.right) {
    const stream = refusalStream(hostId);
    const read = await streams.read(stream)();
    if (E.isLeft(read)) return read;
    const [events, last] = [read.right, read.right.at(-1)];
    const old = events.filter((event) => writtenAt(event) < before);
    if (last === undefined || old.length === 0 || (events.length === 1 && last.type === 'RefusalsTrimmed')) continue;
    if (old.length === events.length) {
      const data = { at: toInstant(now) };
      const marked = await streams.append(stream, last.revision, [{ id: newId(), type: 'RefusalsTrimmed', data }])();
      if (E.isLeft(marked)) return marked;
    }
    const kept = events.find((event) => writtenAt(event) >= before);
    const trimmed = await streams.trim(stream, kept?.revision ?? last.revision + 1)();
    if (E.isLeft(trimmed)) return trimmed;
  }
  return E.right(undefined);
};
