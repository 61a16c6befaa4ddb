import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventStore, StoreError } from '../../application/ports/event-store.ts';
import { type BookingState, type KnownBooking, noBooking } from '../../domain/booking/booking-state.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { RowAccess } from '../../projections/projection.ts';
import { makeRowCache } from './projectors.ts';
import { decodeTrustedBookingEvent } from './fold-events.ts';

/** Bytes that are claimed at a time. */
const SLAB_BYTES = 4 * 1024 * 1024;

type Place = { slab: Buffer; start: number; end: number };

/**
 * Rows as JSON in big buffers: half the memory that they take as objects, and nothing for the garbage collector to walk.
 * A row that grows gets a new place; the old one is lost, so this is for rows that are seldom put again.
 */
const serializedRows = <Row>(): RowAccess<Row> & {
  readonly size: () => number;
  readonly keys: () => IterableIterator<string>;
} => {
  const places = new Map<string, Place>();
  let slab = Buffer.allocUnsafeSlow(0);
  let used = 0;

  const claim = (bytes: number): void => {
    if (used + bytes <= slab.length) return;
    slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
    used = 0;
  };

  return {
    find: (key) => {
      const place = places.get(key);
      if (place === undefined) return undefined;
      // `put` wrote it, so it has this shape.
      return JSON.parse(place.slab.toString('utf8', place.start, place.end)) as Row;
    },
    put: (key, row) => {
      const json = JSON.stringify(row);
      claim(Buffer.byteLength(json));
      const start = used;
      used += slab.write(json, start);
      const place = places.get(key);
      if (place === undefined) places.set(key, { slab, start, end: used });
      else Object.assign(place, { slab, start, end: used });
    },
    size: () => places.size,
    keys: () => places.keys(),
  };
};

const PAGE_EVENTS = 1_000;
/** Bookings in memory as they are; the rest is packed. About 3 KB each. */
const MOST_HELD = 4_000;
const KEPT = 1_000;
const BOOKING = 'booking-';

type ReplayError = StoreError | { readonly type: 'EventNotUnderstood'; readonly reason: string };

/** Every booking as the log has it. `events`: all events, those of bookings and all others. */
type Replayed = {
  readonly events: number;
  readonly bookings: number;
  readonly find: (uid: string) => KnownBooking | undefined;
  readonly uids: () => IterableIterator<string>;
};

function* uidsOf(streams: IterableIterator<string>): IterableIterator<string> {
  for (const stream of streams) yield stream.slice(BOOKING.length);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const notUnderstood = ({ position, stream, revision }: RecordedEvent, reason: string): ReplayError => ({
  type: 'EventNotUnderstood',
  reason: `position ${position} (${stream}, revision ${revision}): ${reason}`,
});

/**
 * Folds the whole log into its bookings, in about 2 KB of memory for each. Upcasts what is old, and takes the data of
 * newest versions at its word (`decode.ts`). Calls `evolve` alone, so nothing can happen by it (I7).
 */
export const replayBookings =
  (log: Pick<EventStore, 'readAll'>): TaskEither<ReplayError, Replayed> =>
  async () => {
    const packed = serializedRows<BookingState>();
    const rows = makeRowCache(packed, noBooking);
    let events = 0;
    for (let position = 0; ; await nextTurn()) {
      const page = await log.readAll(position, PAGE_EVENTS)();
      if (E.isLeft(page)) return page;
      const last = page.right.at(-1);
      if (last === undefined) break;
      for (const recorded of page.right) {
        if (!recorded.stream.startsWith(BOOKING)) continue;
        const event = decodeTrustedBookingEvent(recorded);
        if (E.isLeft(event)) return E.left(notUnderstood(recorded, event.left.reason));
        rows.put(recorded.stream, evolve(rows.get(recorded.stream), event.right));
      }
      position = last.position;
      events += page.right.length;
      if (rows.size() < MOST_HELD) continue;
      rows.write();
      rows.trim(KEPT);
    }
    rows.write();
    rows.forget();
    const find = (uid: string): KnownBooking | undefined => {
      const booking = packed.find(BOOKING + uid);
      return booking === undefined || booking.phase === 'none' ? undefined : booking;
    };
    return E.right({ events, bookings: packed.size(), find, uids: () => uidsOf(packed.keys()) });
  };
