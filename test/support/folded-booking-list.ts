import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../src/application/commands/aggregate.ts';
import type {
  BookingList,
  BookingListQuery,
  ListedBooking,
  ListedStatus,
} from '../../src/application/ports/read-models.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import { type BookingState, noBooking } from '../../src/domain/booking/booking-state.ts';
import { statusOf } from '../../src/domain/booking/booking-status.ts';
import { evolve } from '../../src/domain/booking/evolve.ts';
import { decodeBookingEvent } from '../../src/domain/log/decode.ts';
import { toEpochMs } from '../../src/domain/time/time.ts';
import { mustRun } from './must.ts';

const isListedAs = ({ booking }: ListedBooking, status: ListedStatus, now: number): boolean => {
  const word = statusOf(booking);
  const ended = toEpochMs(booking.request.end) <= now;
  const live = word === 'accepted' || word === 'pending';
  switch (status) {
    case 'upcoming':
      return live && !ended;
    case 'past':
      return live && ended;
    case 'cancelled':
      return !live;
    case 'unconfirmed':
      return word === 'pending' && !ended;
    case 'recurring':
      return false;
  }
};

const times = ({ booking }: ListedBooking) => ({
  start: toEpochMs(booking.request.start),
  end: toEpochMs(booking.request.end),
  created: toEpochMs(booking.requestedAt),
  updated: toEpochMs(booking.updatedAt),
});

const matches =
  (query: BookingListQuery) =>
  (row: ListedBooking): boolean => {
    const { request } = row.booking;
    const { attendee } = request.personal;
    const at = times(row);
    const is = <A>(wanted: A | null, holds: (wanted: A) => boolean) => wanted === null || holds(wanted);
    return (
      is(query.hostIds, (ids) => ids.includes(request.hostId)) &&
      (query.statuses.length === 0 || query.statuses.some((status) => isListedAs(row, status, query.now))) &&
      is(query.attendeeEmail, (email) => email.toLowerCase() === attendee.email.toLowerCase()) &&
      is(query.attendeeName, (name) => name === attendee.name) &&
      is(query.bookingUid, (uid) => uid === row.uid) &&
      is(query.eventTypeIds, (ids) => ids.includes(request.eventTypeId)) &&
      is(query.afterStart, (time) => at.start >= time) &&
      is(query.beforeEnd, (time) => at.end <= time) &&
      is(query.afterCreatedAt, (time) => at.created >= time) &&
      is(query.beforeCreatedAt, (time) => at.created <= time) &&
      is(query.afterUpdatedAt, (time) => at.updated >= time) &&
      is(query.beforeUpdatedAt, (time) => at.updated <= time)
    );
  };

const inOrder =
  (order: BookingListQuery['order']) =>
  (a: ListedBooking, b: ListedBooking): number => {
    for (const { by, direction } of order) {
      const difference = times(a)[by] - times(b)[by];
      if (difference !== 0) return direction === 'asc' ? difference : -difference;
    }
    return a.uid < b.uid ? -1 : 1;
  };

/** A stand-in for the read model: folds the whole log for every question. Never behind, so `waitFor` has only the head to look at. */
export const foldedBookingList = (store: Pick<EventStore, 'readAll' | 'head'>): BookingList => ({
  list: (query) => async () => {
    const events = await mustRun(store.readAll(0, 100_000));
    const states = new Map<string, BookingState>();
    for (const event of events) {
      const uid = bookingUidOf(event.stream);
      const decoded = uid === null ? null : decodeBookingEvent(event);
      if (uid !== null && decoded !== null && E.isRight(decoded))
        states.set(uid, evolve(states.get(uid) ?? noBooking, decoded.right));
    }
    const all = [...states].flatMap(([uid, booking]) => (booking.phase === 'none' ? [] : [{ uid, booking }]));
    const rows = all.filter(matches(query)).toSorted(inOrder(query.order));
    const page = rows.slice(query.skip, query.skip + query.take);
    return E.right({ rows: page, total: rows.length, position: events.at(-1)?.position ?? 0 });
  },
  waitFor: async (position) => (await mustRun(store.head())) >= position,
});
