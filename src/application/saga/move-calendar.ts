import * as E from 'fp-ts/lib/Either.js';
import { isSameInstant, wantedTime } from '../../domain/booking/reschedule-state.ts';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import { invitingOrganizer } from '../../domain/booking/booking-facts.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { notConnected } from '../calendars/host-calendars.ts';
import { writeAtItsTime } from './write-calendar.ts';
import { leaseRequest } from '../consumers/leasing.ts';
import type { Calendar, CalendarEvent, OwnEvent, StoredCalendarEvent } from '../ports/calendar.ts';
import { asLastSeen, lookUp, meetingUrlOf } from './change-calendar.ts';
import { calendarEventOf, ownEventOf } from './calendar-event.ts';
import {
  type EffectContext,
  type EffectOutcome,
  type SagaDeps,
  outcomeOf,
  runCommand,
  timing,
} from './effect-context.ts';

type Move = Extract<Effect, { readonly type: 'MoveCalendarEvent' | 'ResolveCalendarMove' }>;
type Moved = {
  readonly stored: StoredCalendarEvent;
  readonly created: boolean;
  readonly status: CalendarEvent['status'];
};
type Outcome = E.Either<CalendarFailure, Moved>;

/** The event at its new time: moved where the calendar holds it, else written anew. */
const moveOrCreate = async (
  calendar: Calendar,
  event: CalendarEvent,
  stored: StoredCalendarEvent | null,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { status } = event;
  if (stored !== null) {
    const changed = await calendar.change(event, stored, signal)();
    if (E.isRight(changed)) return E.right({ stored: changed.right, created: false, status });
    if (changed.left.kind !== 'calendar-not-found') return changed;
  }
  // A calendar may say that the event is gone, and have it all the same.
  const created = await writeAtItsTime(calendar, event, signal);
  if (E.isLeft(created)) return created;
  return E.right({ stored: created.right.stored, created: !created.right.found, status });
};

/**
 * The answer of an attempt never came: ask for our event first. One that begins when it is to begin was moved; whether it says that
 * the booking is on nobody knows, so it counts as tentative and is told once more.
 */
const lookAndMove = async (
  calendar: Calendar,
  event: CalendarEvent,
  own: OwnEvent,
  signal: AbortSignal,
): Promise<Outcome> => {
  const found = await lookUp(calendar, own, signal);
  if (E.isLeft(found))
    return E.left({
      ...found.left,
      kind: 'outcome-unknown',
      message: `No answer to the move came, and looking the event up failed: ${found.left.message}`,
    });
  const stored = found.right;
  if (stored?.start !== undefined && isSameInstant(stored.start, event.start))
    return E.right({ stored, created: false, status: 'tentative' });
  return moveOrCreate(calendar, event, stored, signal);
};

const call = async (deps: SagaDeps, { uid, booking, signal }: EffectContext, effect: Move): Promise<Outcome> => {
  const calendar = deps.calendars.get(effect.calendarId);
  const host = invitingOrganizer(booking, deps.findHost(booking.request.hostId));
  const sync = booking.calendars.find(({ calendarId }) => calendarId === effect.calendarId);
  if (calendar === undefined || host === null || sync?.status !== 'held') return E.left(notConnected);
  const event = calendarEventOf(uid, booking, host, sync);
  const own = ownEventOf(uid, booking, sync);
  // An attempt before may have moved it, or written it anew under another id: then it is looked for first.
  if (effect.type === 'ResolveCalendarMove' || sync.move.uncertain) return lookAndMove(calendar, event, own, signal);
  const calendarAddress = sync.stored?.calendarAddress ?? null;
  const stored = { ...asLastSeen(sync), ...(calendarAddress === null ? {} : { calendarAddress }) };
  return moveOrCreate(calendar, event, stored, signal);
};

/**
 * Moves the booking's event in one calendar to the time that is wanted there: intent in the log, then the call, then its
 * outcome in the log before anything else. At a shutdown the outcome of a cut call stays open, and is looked up at the next start.
 */
export const runCalendarMove =
  (deps: SagaDeps) =>
  async (context: EffectContext, effect: Move): Promise<EffectOutcome> => {
    const { calendarId, attempt } = effect;
    const { start, end } = wantedTime(context.booking);
    if (effect.type === 'MoveCalendarEvent') {
      const lease = leaseRequest(deps);
      const started = await runCommand(deps)(context, {
        type: 'StartCalendarMove',
        calendarId,
        attempt,
        start,
        ...(lease === undefined ? {} : { lease }),
        now: deps.clock.now(),
      });
      if (outcomeOf(started) !== 'done' || started.length === 0) return outcomeOf(started);
    }
    const outcome = await call(deps, context, effect);
    if (E.isLeft(outcome) && context.signal.aborted) return 'done';
    const to = { calendarId, attempt, start, end, ...timing(deps) };
    if (E.isLeft(outcome))
      return outcomeOf(
        await runCommand(deps)(context, { type: 'RecordCalendarMoveFailure', failure: outcome.left, ...to }),
      );
    const { stored, status, created } = outcome.right;
    const { providerEventId, calendarAddress } = stored;
    return outcomeOf(
      await runCommand(deps)(context, {
        type: 'RecordCalendarMove',
        providerEventId,
        ...(calendarAddress === undefined ? {} : { calendarAddress }),
        status,
        meetingUrl: meetingUrlOf(stored),
        created,
        detailsVersion: context.booking.detailsVersion,
        ...to,
      }),
    );
  };
