import { type AuditedEvent, type Moment, upTo } from '../../application/audit/read-for-audit.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { ERASED } from '../../domain/log/sealed-data.ts';
import { describeEvent } from '../history/describe-event.ts';
import type { Reader } from '../history/history-words.ts';
import {
  type BookingStanding,
  type StandingChange,
  changesBetween,
  standingThen,
  type Tracked,
  tracked,
} from './booking-standing.ts';
import { type CalendarCall, makeCallClock } from './calendar-calls.ts';

/** Who an event is of. `name`: of the key, as its owner called it; null: there is none, or it is not known here. */
type NamedActor = { readonly kind: string; readonly id: string | null; readonly name: string | null };

/**
 * What caused an event: an event of the same stream, or else a command. `correlationId`: what belongs together has the same;
 * of the saga's work it is the booking's uid.
 */
type Cause =
  | { readonly type: 'event'; readonly id: string; readonly revision: number; readonly eventType: string }
  | { readonly type: 'event-elsewhere'; readonly id: string }
  | { readonly type: 'command' };

/** A message. `about`: revision of the event that it tells of; null: not in this stream. */
type Told = {
  readonly channel: string;
  readonly recipient: string;
  readonly notification: string;
  readonly about: number | null;
  readonly outcome: 'sent' | 'parked';
  readonly messageId: string | null;
};

/** One event of a booking in words, with all that the log says around it. Instants in UTC. */
export type TimelineEntry = {
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly text: string;
  readonly actor: NamedActor;
  readonly cause: Cause;
  readonly correlationId: string;
  readonly changes: ReadonlyArray<StandingChange>;
  readonly call: CalendarCall | null;
  readonly told: Told | null;
  readonly erased: boolean;
};

/** `standing` null: nobody had asked for it by then, or its events cannot be understood. `revision`: of the last event that counts. */
export type BookingTimeline = {
  readonly uid: string;
  readonly revision: number;
  readonly position: number;
  readonly entries: ReadonlyArray<TimelineEntry>;
  readonly standing: BookingStanding | null;
};

/**
 * Whom an auditor knows by another name: keys by the names that their owners gave them. Calendars go by their ids, which the
 * log has: what one is labelled today says nothing of then.
 */
export type AuditNames = { readonly ofActor: (id: string) => string | null };

const causeOf = ({ causationId }: RecordedEvent, byId: ReadonlyMap<string, RecordedEvent>): Cause => {
  if (causationId === null) return { type: 'command' };
  const event = byId.get(causationId);
  return event === undefined
    ? { type: 'event-elsewhere', id: causationId }
    : { type: 'event', id: causationId, revision: event.revision, eventType: event.type };
};

const toldBy = (event: BookingEvent, byId: ReadonlyMap<string, RecordedEvent>): Told | null => {
  if (event.type !== 'NotificationSent' && event.type !== 'NotificationParked') return null;
  const { channel, recipient, notification, causedBy } = event.data;
  return {
    channel,
    recipient,
    notification,
    about: byId.get(causedBy)?.revision ?? null,
    outcome: event.type === 'NotificationSent' ? 'sent' : 'parked',
    messageId: event.type === 'NotificationSent' ? event.data.messageId : null,
  };
};

const requestIn = (events: ReadonlyArray<AuditedEvent>) =>
  events.flatMap(({ event }) => (event?.type === 'BookingRequested' ? [event.data] : []))[0];

/** Times are said as the host's: in the zone that the request recorded, else in UTC. */
const readerOf = (events: ReadonlyArray<AuditedEvent>): Reader => {
  const request = requestIn(events);
  return {
    audience: 'host',
    timeZone: request?.personal.organizer?.timeZone ?? 'UTC',
    calendarLabel: (calendarId) => calendarId,
    mustAllHold: request?.acceptance === 'all-of',
  };
};

const inWords = ({ recorded, event, erased, unreadable }: AuditedEvent, reader: Reader): string => {
  if (event === null) return `${recorded.type} cannot be understood: ${unreadable}.`;
  const text = describeEvent(event, reader);
  if (!erased) return text;
  // Guests are forgotten apart from whoever booked.
  const isPart = event.type === 'BookingRequested' && event.data.personal.attendee.email !== ERASED;
  return `${text} ${isPart ? 'The personal data of a guest in it' : 'Its personal data'} was erased.`;
};

/** The story of a booking up to a moment, told to auditors, and what the booking was like then. */
export const timelineOf = (
  uid: string,
  events: ReadonlyArray<AuditedEvent>,
  moment: Moment,
  names: AuditNames,
): BookingTimeline => {
  const counted = new Set(
    upTo(
      events.map(({ recorded }) => recorded),
      moment,
    ),
  );
  const shown = events.filter(({ recorded }) => counted.has(recorded));
  const byId = new Map(shown.map(({ recorded }) => [recorded.id, recorded]));
  const reader = readerOf(events);
  const callOf = makeCallClock();
  const standingOf = ({ state, since }: Tracked): BookingStanding | null =>
    state.phase === 'none' ? null : standingThen(state, since);
  let now: Tracked = { state: noBooking, since: '' };
  let standing: BookingStanding | null = null;
  const entries = shown.map((audited): TimelineEntry => {
    const { recorded, event } = audited;
    const { actor, revision, position, type, occurredAt, correlationId } = recorded;
    if (event !== null) now = tracked(now, evolve(now.state, event), occurredAt);
    const before = standing;
    standing = standingOf(now);
    return {
      revision,
      position,
      type,
      occurredAt,
      text: inWords(audited, reader),
      actor: { kind: actor.kind, id: actor.id ?? null, name: actor.id === undefined ? null : names.ofActor(actor.id) },
      cause: causeOf(recorded, byId),
      correlationId,
      changes: changesBetween(before, standing),
      call: event === null ? null : callOf(event, revision),
      told: event === null ? null : toldBy(event, byId),
      erased: audited.erased,
    };
  });
  const last = entries.at(-1);
  return { uid, revision: last?.revision ?? -1, position: last?.position ?? 0, entries, standing };
};
