import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import type { Calendar, CalendarEvent, StoredCalendarEvent } from '../ports/calendar.ts';
import { calendarEventOf } from './calendar-event.ts';
import type { EffectContext, EffectOutcome } from './effect-context.ts';
import { command, timing } from './effect-context.ts';
import type { SagaDeps } from './saga-deps.ts';

type Write = Extract<Effect, { readonly type: 'WriteCalendar' | 'ResolveCalendarWrite' }>;
type Outcome = E.Either<CalendarFailure, { readonly stored: StoredCalendarEvent; readonly found: boolean }>;

const notConnected: CalendarFailure = { kind: 'no-credential', message: 'The calendar is not connected any more.' };
const hostGone: CalendarFailure = { kind: 'no-credential', message: 'The host is not configured any more.' };

const create = async (calendar: Calendar, event: CalendarEvent, signal: AbortSignal): Promise<Outcome> => {
  const created = await calendar.create(event, signal)();
  return E.isLeft(created) ? created : E.right({ stored: created.right, found: false });
};

/** The answer of an earlier attempt never came: ask for our own event first, write only when it is not there. */
const resolve = async (calendar: Calendar, event: CalendarEvent, signal: AbortSignal): Promise<Outcome> => {
  const found = await calendar.find({ bookingUid: event.bookingUid, icsUid: event.icsUid }, signal)();
  if (E.isLeft(found)) return found;
  return O.isSome(found.right) ? E.right({ stored: found.right.value, found: true }) : create(calendar, event, signal);
};

const call = (
  deps: SagaDeps,
  { uid, booking, signal }: EffectContext,
  effect: Write,
  lookFirst: boolean,
): Promise<Outcome> => {
  const calendar = deps.calendars.get(effect.calendarId);
  const host = deps.findHost(booking.request.hostId);
  const sync = booking.calendars.find(({ calendarId }) => calendarId === effect.calendarId);
  if (host === undefined) return Promise.resolve(E.left(hostGone));
  if (calendar === undefined || sync === undefined) return Promise.resolve(E.left(notConnected));
  const event = calendarEventOf(uid, booking, host, sync);
  return lookFirst ? resolve(calendar, event, signal) : create(calendar, event, signal);
};

/** An earlier attempt may have been written after all: its outcome was never learned. */
const mayBeThere = ({ booking }: EffectContext, { calendarId }: Write): boolean =>
  booking.calendars.some((sync) => sync.calendarId === calendarId && sync.mayHold);

/**
 * Writes the booking to one calendar: intent in the log, then the call, then its outcome in the log before anything
 * else. At a shutdown the outcome of a cut call stays open, and is looked up at the next start.
 */
export const writeCalendar =
  (deps: SagaDeps) =>
  async (context: EffectContext, effect: Write): Promise<EffectOutcome> => {
    const { calendarId, attempt } = effect;
    const resuming = effect.type === 'ResolveCalendarWrite';
    if (!resuming) {
      const started = await command(deps)(context, {
        type: 'StartCalendarSync',
        calendarId,
        attempt,
        now: deps.clock.now(),
      });
      if (started === null) return 'failed';
      if (started.length === 0) return 'done';
    }
    const outcome = await call(deps, context, effect, resuming || mayBeThere(context, effect));
    if (E.isLeft(outcome) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(outcome)
      ? await command(deps)(context, {
          type: 'RecordCalendarFailure',
          calendarId,
          attempt,
          failure: outcome.left,
          ...timing(deps),
        })
      : await command(deps)(context, {
          type: 'RecordCalendarSuccess',
          calendarId,
          attempt,
          providerEventId: outcome.right.stored.providerEventId,
          meetingUrl: O.toNullable(outcome.right.stored.meetingUrl),
          found: outcome.right.found,
          ...timing(deps),
        });
    return recorded === null ? 'failed' : 'done';
  };
