import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarSync, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import { needsMove } from '../../domain/booking/reschedule-state.ts';
import { invitingOrganizer } from '../../domain/booking/booking-facts.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { wantsDecoration } from '../../domain/saga/react.ts';
import type { Calendar, CalendarEvent, OwnEvent, StoredCalendarEvent } from '../ports/calendar.ts';
import { apart } from '../commands/keyed-queue.ts';
import { notConnected } from '../calendars/host-calendars.ts';
import { calendarEventOf, ownEventOf } from './calendar-event.ts';
import {
  type EffectContext,
  type EffectOutcome,
  type SagaDeps,
  runCommand,
  outcomeOf,
  timed,
  timing,
} from './effect-context.ts';

type On<T extends Effect['type']> = Extract<Effect, { readonly type: T }>;

const eventGone: CalendarFailure = {
  kind: 'calendar-not-found',
  message: 'The calendar does not have the event any more.',
};
const noLinkYet: CalendarFailure = { kind: 'provider-error', message: 'The calendar has no meeting link yet.' };

type Held = Extract<CalendarSync, { readonly status: 'held' }>;

/** The booking with the link that its event in this calendar came with. */
const withLink = (booking: KnownBooking, sync: Held, meetingUrl: string): KnownBooking => ({
  ...booking,
  calendars: booking.calendars.map((one) => (one === sync ? { ...sync, meetingUrl } : one)),
});

/** Where the event of a live booking is to be changed, or why it cannot be. */
const target = (deps: SagaDeps, booking: KnownBooking, calendarId: string) => {
  const calendar = deps.calendars.get(calendarId);
  const host = invitingOrganizer(booking, deps.findHost(booking.request.hostId));
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  return calendar === undefined || host === null || sync?.status !== 'held'
    ? E.left(notConnected)
    : E.right({ calendar, host, sync });
};

/**
 * What is written beside the time must not put an event back that a person has just moved: that is for the watching to find,
 * and for the host's policy to decide. Where it may be at another time by our own doing, it is written with its time.
 */
const whereItIs = (stored: StoredCalendarEvent, sync: Held, { start }: CalendarEvent): StoredCalendarEvent => {
  const { start: _, ...rest } = stored;
  return needsMove(sync, { start }) ? rest : { ...rest, start };
};

const decorate = async (
  deps: SagaDeps,
  { uid, booking, signal }: EffectContext,
  calendarId: string,
): Promise<E.Either<CalendarFailure, string>> => {
  const at = target(deps, booking, calendarId);
  if (E.isLeft(at)) return at;
  const { calendar, host, sync } = at.right;
  const found = await calendar.find(ownEventOf(uid, booking, sync), signal)();
  if (E.isLeft(found)) return found;
  const link = O.isSome(found.right) ? O.toNullable(found.right.value.meetingUrl) : null;
  if (O.isNone(found.right) || link === null) return E.left(noLinkYet);
  const event = calendarEventOf(uid, withLink(booking, sync, link), host, sync);
  const changed = await calendar.change(event, whereItIs(found.right.value, sync, event), signal)();
  return E.isLeft(changed) ? changed : E.right(link);
};

/** Our event as the calendar has it; null: it has none. */
export const lookUp = async (
  calendar: Calendar,
  own: OwnEvent,
  signal: AbortSignal,
): Promise<E.Either<CalendarFailure, StoredCalendarEvent | null>> => {
  const found = await calendar.find(own, signal)();
  return E.isLeft(found) ? found : E.right(O.toNullable(found.right));
};

export const meetingUrlOf = ({ meetingUrl }: StoredCalendarEvent): string | null => O.toNullable(meetingUrl);

/** What the calendar holds as far as it was told to us: enough to change it, without a look before. */
export const asLastSeen = (sync: Held): StoredCalendarEvent => ({
  providerEventId: sync.providerEventId,
  etag: O.none,
  meetingUrl: O.fromNullable(sync.meetingUrl),
});

/**
 * Writes the event once more, as that of an accepted booking; the link of the calendar's own room goes along where there
 * is one by now, and no room holds the confirmation up. The link that was written, null: none. An event that is gone is
 * not written anew: whoever took it out of the calendar wanted it out.
 */
const confirm = async (
  deps: SagaDeps,
  { uid, booking, signal }: EffectContext,
  calendarId: string,
): Promise<E.Either<CalendarFailure, string | null>> => {
  const at = target(deps, booking, calendarId);
  if (E.isLeft(at)) return at;
  const { calendar, host, sync } = at.right;
  const wantsLink = wantsDecoration(booking, sync) && !sync.decoration.done;
  const looksFirst = wantsLink && sync.meetingUrl === null;
  const found = looksFirst
    ? await calendar.find(ownEventOf(uid, booking, sync), signal)()
    : E.right(O.some(asLastSeen(sync)));
  if (E.isLeft(found)) return found;
  if (O.isNone(found.right)) return E.left(eventGone);
  const stored = found.right.value;
  const link = wantsLink ? O.toNullable(stored.meetingUrl) : null;
  const shown = link === null ? booking : withLink(booking, sync, link);
  const event = calendarEventOf(uid, shown, host, sync);
  const changed = await calendar.change(event, whereItIs(stored, sync, event), signal)();
  return E.isLeft(changed) ? changed : E.right(link);
};

/** Tells a calendar that the booking is on. A repeat writes the same again; a booking that ended meanwhile is not asked for. */
export const runConfirmation =
  (deps: SagaDeps) =>
  async (context: EffectContext, { calendarId, attempt }: On<'ConfirmCalendarEvent'>): Promise<EffectOutcome> => {
    const { gathering = apart } = deps;
    const { answer: confirmed, ...took } = await gathering(
      context.uid,
      () => timed(deps, () => confirm(deps, context, calendarId)),
      true,
    );
    if (E.isLeft(confirmed) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(confirmed)
      ? await runCommand(deps)(context, {
          type: 'RecordConfirmationFailure',
          calendarId,
          attempt,
          failure: confirmed.left,
          ...took,
          ...timing(deps),
        })
      : await runCommand(deps)(context, {
          type: 'RecordConfirmation',
          calendarId,
          attempt,
          meetingUrl: confirmed.right,
          detailsVersion: context.booking.detailsVersion,
          ...took,
          now: deps.clock.now(),
        });
    return outcomeOf(recorded);
  };

/** Writes the link of the calendar's own room into its event: a step of its own, whose failure harms nothing (S10). */
export const runDecoration =
  (deps: SagaDeps) =>
  async (context: EffectContext, { calendarId, attempt }: On<'DecorateCalendarEvent'>): Promise<EffectOutcome> => {
    const { answer: decorated, ...took } = await timed(deps, () => decorate(deps, context, calendarId));
    if (E.isLeft(decorated) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(decorated)
      ? await runCommand(deps)(context, {
          type: 'RecordDecorationFailure',
          calendarId,
          attempt,
          failure: decorated.left,
          ...took,
          ...timing(deps),
        })
      : await runCommand(deps)(context, {
          type: 'RecordDecoration',
          calendarId,
          attempt,
          meetingUrl: decorated.right,
          detailsVersion: context.booking.detailsVersion,
          ...took,
          now: deps.clock.now(),
        });
    return outcomeOf(recorded);
  };
