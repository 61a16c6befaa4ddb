import * as E from 'fp-ts/lib/Either.js';
import {
  auditedEvent,
  type AuditError,
  type AuditLog,
  checkHost,
  type Moment,
  upTo,
} from '../../application/audit/read-for-audit.ts';
import { bookingStream, scheduleStream } from '../../application/commands/aggregate.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import { decodeScheduleEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { type BookingStanding, standingThen, type Tracked, tracked } from './booking-standing.ts';

/** A span of the host's time that a booking held. `forMove`: it held it beside its own, to be moved there. */
type HeldSpan = {
  readonly uid: string;
  readonly start: string;
  readonly end: string;
  readonly claim: { readonly start: string; readonly end: string };
  readonly forMove: boolean;
};

/**
 * What a span is held for: the meeting, a move of it that is under way, or nothing any more: the meeting takes place elsewhere,
 * and the schedule is about to hear of it.
 */
type SpanUse = 'meeting' | 'move' | 'left';

/** `booking` null: the time was held, and the log had no request for it by then. */
type AgendaItem = HeldSpan & { readonly use: SpanUse; readonly booking: BookingStanding | null };

const useOf = ({ start, forMove }: HeldSpan, booking: BookingStanding | null): SpanUse => {
  const isAt = (time: string | null): boolean => time !== null && toEpochMs(time) === toEpochMs(start);
  if (booking === null) return forMove ? 'move' : 'meeting';
  if (isAt(booking.start)) return 'meeting';
  return isAt(booking.moveTo) ? 'move' : 'left';
};

/** What a host's time was held for, by start. `events`: of the schedule, that counted. `unreadable`: of them, those that could not be understood. */
export type HostAgenda = {
  readonly hostId: string;
  readonly events: number;
  readonly unreadable: number;
  readonly items: ReadonlyArray<AgendaItem>;
};

/** Epoch milliseconds; what ends after `from` and begins before `to` is listed. */
type Window = { readonly from: number; readonly to: number };

const own = (uid: string): string => `${uid} own`;
const moved = (uid: string, rescheduleId: string): string => `${uid} ${rescheduleId}`;

/** The fold of the schedule forgets what is long over, since it decides nothing any more; an audit looks there too. */
const hold = (spans: Map<string, HeldSpan>, event: ScheduleEvent): void => {
  const { bookingUid: uid } = event.data;
  switch (event.type) {
    case 'SlotHeld':
    case 'NewSlotHeld': {
      const { start, end, claim } = event.data;
      const forMove = event.type === 'NewSlotHeld';
      const key = forMove ? moved(uid, event.data.rescheduleId) : own(uid);
      spans.set(key, { uid, start, end, claim, forMove });
      return;
    }
    case 'SlotMoved': {
      const key = moved(uid, event.data.rescheduleId);
      const taken = spans.get(key);
      spans.delete(key);
      if (taken !== undefined) spans.set(own(uid), { ...taken, forMove: false });
      return;
    }
    case 'NewSlotReleased':
      spans.delete(moved(uid, event.data.rescheduleId));
      return;
    case 'SlotReleased':
      for (const [key, span] of spans) if (span.uid === uid) spans.delete(key);
      return;
    case 'SlotConfirmed':
  }
};

const foldSpans = (events: ReadonlyArray<RecordedEvent>) => {
  const spans = new Map<string, HeldSpan>();
  let unreadable = 0;
  for (const recorded of events) {
    const event = decodeScheduleEvent(recorded);
    if (E.isLeft(event)) unreadable += 1;
    else hold(spans, event.right);
  }
  return { spans: [...spans.values()], unreadable };
};

const bookingThen = async (
  log: AuditLog,
  uid: string,
  moment: Moment,
): Promise<E.Either<AuditError, BookingStanding | null>> => {
  const stream = await log.readStream(bookingStream(uid))();
  if (E.isLeft(stream)) return stream;
  const events = upTo(stream.right, moment);
  let now: Tracked = { state: noBooking, since: '' };
  for (const recorded of events) {
    const { event } = auditedEvent(recorded);
    if (event !== null) now = tracked(now, evolve(now.state, event), recorded.occurredAt);
  }
  return E.right(now.state.phase === 'none' ? null : standingThen(now.state, now.since));
};

/**
 * The agenda of a host as the log knew it at a moment: each span of time that was held, and the booking that held it. Bookings
 * that compete for a time hold none, and are not in it.
 */
export const agendaOf = async (
  log: AuditLog,
  hostId: string,
  moment: Exclude<Moment, { readonly type: 'revision' }>,
  { from, to }: Window,
): Promise<E.Either<AuditError, HostAgenda>> => {
  const schedule = await log.readStream(scheduleStream(hostId))();
  if (E.isLeft(schedule)) return schedule;
  const known = schedule.right.length === 0 ? await checkHost(log, hostId) : E.right(null);
  if (E.isLeft(known)) return known;
  const events = upTo(schedule.right, moment);
  const { spans, unreadable } = foldSpans(events);
  const wanted = spans
    .filter(({ start, end }) => toEpochMs(end) > from && toEpochMs(start) < to)
    .toSorted((a, b) => toEpochMs(a.start) - toEpochMs(b.start));
  const items: AgendaItem[] = [];
  for (const span of wanted) {
    const booking = await bookingThen(log, span.uid, moment);
    if (E.isLeft(booking)) return booking;
    items.push({ ...span, use: useOf(span, booking.right), booking: booking.right });
  }
  return E.right({ hostId, events: events.length, unreadable, items });
};
