import * as E from 'fp-ts/lib/Either.js';
import { identity, pipe } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import { isSameInstant, wantedTime } from '../../domain/booking/reschedule-state.ts';
import { invitingOrganizer } from '../../domain/booking/booking-facts.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import type { Calendar, CalendarEvent, OwnEvent, StoredCalendarEvent } from '../ports/calendar.ts';
import { notConnected } from '../calendars/host-calendars.ts';
import { calendarEventOf, ownEventOf } from './calendar-event.ts';
import type { EffectContext, EffectOutcome, SagaDeps } from './effect-context.ts';
import { runCommand, outcomeOf, timing } from './effect-context.ts';
import { leaseRequest } from '../consumers/leasing.ts';

type Write = Extract<Effect, { readonly type: 'WriteCalendar' | 'ResolveCalendarWrite' }>;
type Written = {
  readonly stored: StoredCalendarEvent;
  readonly found: boolean;
  readonly status: CalendarEvent['status'];
};
type Outcome = E.Either<CalendarFailure, Written>;

const hostGone: CalendarFailure = { kind: 'no-credential', message: 'The host is not configured any more.' };

const whereOf = ({ calendarAddress }: StoredCalendarEvent): { readonly calendarAddress?: string } =>
  calendarAddress === undefined ? {} : { calendarAddress };

/** It is there, whatever an earlier attempt was told, and must not be taken for nothing (I3). */
const leftAtOtherTime = ({ message, ...failure }: CalendarFailure): CalendarFailure => ({
  ...failure,
  kind: 'outcome-unknown',
  message: `The calendar has the event at an earlier time, and moving it failed: ${message}`,
});

/**
 * A calendar that has our event already answers with it: of an attempt that was taken for failed, and of the time that the
 * booking had then. Then it is moved. `found`: it was there.
 */
export const writeAtItsTime = async (
  calendar: Calendar,
  event: CalendarEvent,
  signal: AbortSignal,
): Promise<E.Either<CalendarFailure, { readonly stored: StoredCalendarEvent; readonly found: boolean }>> => {
  const created = await calendar.create(event, signal)();
  if (E.isLeft(created)) return created;
  const stored = created.right;
  if (stored.start === undefined || isSameInstant(stored.start, event.start)) return E.right({ stored, found: false });
  const changed = await calendar.change(event, stored, signal)();
  return E.isLeft(changed) ? E.left(leftAtOtherTime(changed.left)) : E.right({ stored: changed.right, found: true });
};

const create = async (calendar: Calendar, event: CalendarEvent, signal: AbortSignal): Promise<Outcome> =>
  pipe(
    await writeAtItsTime(calendar, event, signal),
    E.map((written) => ({ ...written, status: event.status })),
  );

/**
 * The answer of an earlier attempt never came: ask for our own event first, write only when it is not there. One that an
 * attempt before a move has left is moved. Of a booking that never moved any event that is there is at its time.
 */
const lookAndWrite = async (
  calendar: Calendar,
  event: CalendarEvent,
  own: OwnEvent,
  signal: AbortSignal,
  asFailure: (failure: CalendarFailure) => CalendarFailure,
): Promise<Outcome> => {
  const found = await calendar.find(own, signal)();
  if (E.isLeft(found)) return E.left(asFailure(found.left));
  if (O.isNone(found.right)) return create(calendar, event, signal);
  const stored = found.right.value;
  const isThere = stored.start === undefined ? event.sequence === 0 : isSameInstant(stored.start, event.start);
  if (isThere) return E.right({ stored, found: true, status: 'tentative' });
  const changed = await calendar.change(event, stored, signal)();
  return E.isLeft(changed)
    ? E.left(asFailure(changed.left))
    : E.right({ stored: changed.right, found: true, status: event.status });
};

/**
 * A look-up that fails leaves the attempt whose answer never came as open as it was: were its own failure recorded,
 * the calendar would count as empty, and what it may hold would never be taken out again (I3).
 */
const stillUnknown = (failure: CalendarFailure): CalendarFailure => ({
  ...failure,
  kind: 'outcome-unknown',
  message: `No answer to the write came, and looking it up failed: ${failure.message}`,
});

/**
 * What an earlier attempt may have written says what was true then. Taken for tentative, it is confirmed by one more write
 * at worst; taken for confirmed, it might stay tentative for ever.
 */
const asWrittenBefore = (written: Written): Written => ({ ...written, status: 'tentative' });

const call = async (deps: SagaDeps, { uid, booking, signal }: EffectContext, effect: Write): Promise<Outcome> => {
  const calendar = deps.calendars.get(effect.calendarId);
  const host = invitingOrganizer(booking, deps.findHost(booking.request.hostId));
  const sync = booking.calendars.find(({ calendarId }) => calendarId === effect.calendarId);
  if (host === null) return E.left(hostGone);
  if (calendar === undefined || sync === undefined) return E.left(notConnected);
  const event = calendarEventOf(uid, booking, host, sync);
  const own = ownEventOf(uid, booking, sync);
  if (effect.type === 'ResolveCalendarWrite')
    return pipe(await lookAndWrite(calendar, event, own, signal, stillUnknown), E.map(asWrittenBefore));
  const outcome =
    sync.mayHold === 'likely'
      ? await lookAndWrite(calendar, event, own, signal, identity)
      : await create(calendar, event, signal);
  return sync.mayHold === 'no' ? outcome : pipe(outcome, E.map(asWrittenBefore));
};

/**
 * Writes the booking to one calendar: intent in the log, then the call, then its outcome in the log before anything
 * else. At a shutdown the outcome of a cut call stays open, and is looked up at the next start.
 */
export const runCalendarWrite =
  (deps: SagaDeps) =>
  async (context: EffectContext, effect: Write): Promise<EffectOutcome> => {
    const { calendarId, attempt } = effect;
    if (effect.type === 'WriteCalendar') {
      const lease = leaseRequest(deps);
      const started = await runCommand(deps)(context, {
        type: 'StartCalendarSync',
        calendarId,
        attempt,
        ...(lease === undefined ? {} : { lease }),
        now: deps.clock.now(),
      });
      if (outcomeOf(started) !== 'done' || started.length === 0) return outcomeOf(started);
    }
    const { start } = wantedTime(context.booking);
    const outcome = await call(deps, context, effect);
    if (E.isLeft(outcome) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(outcome)
      ? await runCommand(deps)(context, {
          type: 'RecordCalendarFailure',
          calendarId,
          attempt,
          failure: outcome.left,
          ...timing(deps),
        })
      : await runCommand(deps)(context, {
          type: 'RecordCalendarSuccess',
          calendarId,
          attempt,
          providerEventId: outcome.right.stored.providerEventId,
          ...whereOf(outcome.right.stored),
          status: outcome.right.status,
          meetingUrl: O.toNullable(outcome.right.stored.meetingUrl),
          found: outcome.right.found,
          start,
          detailsVersion: context.booking.detailsVersion,
          ...timing(deps),
        });
    return outcomeOf(recorded);
  };
