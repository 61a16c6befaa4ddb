import * as E from 'fp-ts/lib/Either.js';
import { type AuditedEvent, auditedEvent, auditPages, type AuditLog } from '../../application/audit/read-for-audit.ts';
import { bookingStream, bookingUidOf } from '../../application/commands/aggregate.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEventData } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { type BookingStanding, standingThen, type Tracked, tracked } from './booking-standing.ts';

/** Words that `--status` takes: those of the API, and `expired`, which is `rejected` there. */
export const selectableStatuses = ['accepted', 'pending', 'cancelled', 'rejected', 'expired'] as const;

/**
 * Which bookings are asked for; null: whatever. `from`, `to`: when the meeting starts, epoch milliseconds, half-open.
 * `eventType`: its slug, or its number.
 */
export type BookingSelection = {
  readonly hostId: string | null;
  readonly eventType: string | null;
  readonly status: (typeof selectableStatuses)[number] | null;
  readonly from: number | null;
  readonly to: number | null;
};

export const isEverything = (selection: BookingSelection): boolean =>
  Object.values(selection).every((value) => value === null);

/** `position`: of its request, which is where an interrupted export goes on. `standing` null: it cannot be understood. */
export type SelectedBooking = {
  readonly uid: string;
  readonly position: number;
  readonly events: ReadonlyArray<RecordedEvent>;
  readonly standing: BookingStanding | null;
};

type Request = BookingEventData<'BookingRequested'>;

/** By what never changes of a booking, before its stream is read. One that is not understood is not left out in silence. */
const mayBeWanted = (
  { hostId, eventType }: BookingSelection,
  { data }: RecordedEvent,
  request: Request | null,
): boolean =>
  request === null
    ? hostId === null || data.hostId === hostId
    : (hostId === null || request.hostId === hostId) &&
      (eventType === null || request.eventTypeSlug === eventType || String(request.eventTypeId) === eventType);

const isWanted = ({ status, from, to }: BookingSelection, standing: BookingStanding | null): boolean => {
  if (standing === null) return true;
  const start = toEpochMs(standing.start);
  return (
    (status === null || standing.status === status || standing.phase === status) &&
    (from === null || start >= from) &&
    (to === null || start < to)
  );
};

/** Null: something of it is not understood, and without that any status would be a guess. */
const foldAudited = (events: ReadonlyArray<AuditedEvent>): BookingStanding | null => {
  let now: Tracked = { state: noBooking, since: '' };
  for (const { event, recorded } of events) {
    if (event === null) return null;
    now = tracked(now, evolve(now.state, event), recorded.occurredAt);
  }
  return now.state.phase === 'none' ? null : standingThen(now.state, now.since);
};

const requestOf = (first: RecordedEvent): Request | null => {
  const { event } = auditedEvent(first);
  return event?.type === 'BookingRequested' ? event.data : null;
};

/** A request that was given up before it came is no booking. */
const beginsBooking = ({ revision, stream, type }: RecordedEvent): boolean =>
  revision === 0 && bookingUidOf(stream) !== null && type !== 'RequestAbandoned';

/**
 * The bookings of a log that are asked for, in the order of their requests, one in memory at a time. Each is as it was at
 * the head: what comes later is left for the next time. Ends with a left where the log cannot be read.
 */
export async function* selectBookings(
  log: AuditLog,
  selection: BookingSelection,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): AsyncGenerator<E.Either<StoreError, SelectedBooking>> {
  for await (const page of auditPages(log, { after, upTo })) {
    if (E.isLeft(page)) {
      yield page;
      return;
    }
    for (const first of page.right) {
      if (!beginsBooking(first) || !mayBeWanted(selection, first, requestOf(first))) continue;
      const uid = bookingUidOf(first.stream) ?? '';
      const stream = await log.readStream(bookingStream(uid))();
      if (E.isLeft(stream)) {
        yield stream;
        return;
      }
      const events = stream.right.filter(({ position }) => position <= upTo);
      const standing = foldAudited(events.map((event) => auditedEvent(event)));
      if (isWanted(selection, standing)) yield E.right({ uid, position: first.position, events, standing });
    }
  }
}
