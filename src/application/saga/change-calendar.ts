import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import { invitingOrganizer } from '../../domain/booking/organizer.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { notConnected } from '../booking/host-calendars.ts';
import { calendarEventOf, ownEventOf } from './calendar-event.ts';
import type { EffectContext, EffectOutcome } from './effect-context.ts';
import { command, outcomeOf, timing } from './effect-context.ts';
import type { SagaDeps } from './saga-deps.ts';

type On<T extends Effect['type']> = Extract<Effect, { readonly type: T }>;

const noLinkYet: CalendarFailure = { kind: 'provider-error', message: 'The calendar has no meeting link yet.' };

/** Takes the event of a booking that is not live out of one calendar, found by our own id whether we know its or not. */
export const removeFromCalendar =
  (deps: SagaDeps) =>
  async (context: EffectContext, { calendarId, attempt }: On<'RemoveFromCalendar'>): Promise<EffectOutcome> => {
    const calendar = deps.calendars.get(calendarId);
    const sync = context.booking.calendars.find((one) => one.calendarId === calendarId);
    const own = ownEventOf(context.uid, context.booking, sync);
    const removed = calendar === undefined ? E.left(notConnected) : await calendar.remove(own, context.signal)();
    if (E.isLeft(removed) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(removed)
      ? await command(deps)(context, {
          type: 'RecordRemovalFailure',
          calendarId,
          attempt,
          failure: removed.left,
          ...timing(deps),
        })
      : await command(deps)(context, {
          type: 'RecordRemoval',
          calendarId,
          attempt,
          outcome: removed.right,
          now: deps.clock.now(),
        });
    return outcomeOf(recorded);
  };

const decorate = async (
  deps: SagaDeps,
  { uid, booking, signal }: EffectContext,
  calendarId: string,
): Promise<E.Either<CalendarFailure, string>> => {
  const calendar = deps.calendars.get(calendarId);
  const host = invitingOrganizer(booking, deps.findHost(booking.request.hostId));
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (calendar === undefined || host === null || sync?.status !== 'held') return E.left(notConnected);
  const found = await calendar.find(ownEventOf(uid, booking, sync), signal)();
  if (E.isLeft(found)) return found;
  const link = O.isSome(found.right) ? O.toNullable(found.right.value.meetingUrl) : null;
  if (O.isNone(found.right) || link === null) return E.left(noLinkYet);
  const withLink = {
    ...booking,
    calendars: booking.calendars.map((one) => (one === sync ? { ...sync, meetingUrl: link } : one)),
  };
  const changed = await calendar.change(calendarEventOf(uid, withLink, host, sync), found.right.value, signal)();
  return E.isLeft(changed) ? changed : E.right(link);
};

/** Writes the link of the calendar's own room into its event: a step of its own, whose failure harms nothing (S10). */
export const decorateCalendarEvent =
  (deps: SagaDeps) =>
  async (context: EffectContext, { calendarId, attempt }: On<'DecorateCalendarEvent'>): Promise<EffectOutcome> => {
    const decorated = await decorate(deps, context, calendarId);
    if (E.isLeft(decorated) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(decorated)
      ? await command(deps)(context, {
          type: 'RecordDecorationFailure',
          calendarId,
          attempt,
          failure: decorated.left,
          ...timing(deps),
        })
      : await command(deps)(context, {
          type: 'RecordDecoration',
          calendarId,
          attempt,
          meetingUrl: decorated.right,
          now: deps.clock.now(),
        });
    return outcomeOf(recorded);
  };
