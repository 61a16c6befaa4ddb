import * as E from 'fp-ts/lib/Either.js';
import type { Effect } from '../../domain/saga/effect.ts';
import { differencesOf, isAsBooked } from '../../domain/booking/difference.ts';
import { awaitingReschedule } from '../../domain/booking/decide-reschedule.ts';
import { isSameInstant } from '../../domain/booking/reschedule-state.ts';
import { reasonOfSlot } from '../../domain/refusals/refusal.ts';
import { heldWithin } from '../../domain/schedule/schedule-state.ts';
import { intervalOf, overlaps, toEpochMs } from '../../domain/time/time.ts';
import { rescheduleBooking, type RescheduleBookingError } from '../commands/reschedule-booking.ts';
import { ownEventOf } from './calendar-event.ts';
import { type EffectContext, type EffectOutcome, type SagaDeps, outcomeOf, runCommand } from './effect-context.ts';

type Follow = Extract<Effect, { readonly type: 'FollowCalendarEvent' }>;

/** Why the booking cannot be where its event is, as a code; null: that is not known now, and is asked again. */
const refusalOf = (error: RescheduleBookingError): string | null => {
  if (error.type === 'SlotRefused') return reasonOfSlot(error.refusal).reason;
  return error.type === 'Refused' ? error.rejection.type : null;
};

/**
 * Before what a person took away ends the booking its calendars are asked once more: it may have been put back since, and then
 * the booking stands. Answers whether it was there again; a calendar that cannot be asked says nothing.
 */
export const isBackInCalendar =
  (deps: SagaDeps) =>
  async (context: EffectContext): Promise<boolean> => {
    const { uid, booking, signal } = context;
    let isBack = false;
    for (const { calendarId } of differencesOf(booking)) {
      const sync = booking.calendars.find((one) => one.calendarId === calendarId);
      const seen = await deps.calendars.get(calendarId)?.watch?.look(ownEventOf(uid, booking, sync), signal)();
      if (seen === undefined || E.isLeft(seen) || !isAsBooked(booking, seen.right)) continue;
      const policy = { deleted: 'pending', moved: 'ask', graceMs: 0 } as const;
      const look = { type: 'RecordLook', calendarId, seen: seen.right, policy, isAsked: false } as const;
      const written = await runCommand(deps)(context, { ...look, now: deps.clock.now() });
      isBack ||= typeof written !== 'string' && written.length > 0;
    }
    return isBack;
  };

/** Another booking of the host that has that time, by its uid; undefined: none is known. */
const whoHas = async (
  { buses }: SagaDeps,
  { uid, booking }: EffectContext,
  times: { readonly start: string; readonly end: string },
): Promise<string | undefined> => {
  const schedule = await buses.schedules.load(booking.request.hostId)();
  if (E.isLeft(schedule)) return undefined;
  const wanted = intervalOf(times);
  return heldWithin(schedule.right.state, wanted).find(
    ({ bookingUid, claim }) => bookingUid !== uid && overlaps(claim, wanted),
  )?.bookingUid;
};

/**
 * The host moved the event in their calendar: the booking is moved there as they would move it themselves, by the rule that
 * offers slots (ADR 70). To the time that the guest has asked for it is an approval of that. A time that is past, taken or outside their hours, and another length, is not followed; then the
 * host is asked. The id of the move follows from what was found, so that a repeat after a kill is the same move.
 */
export const followCalendarEvent =
  (deps: SagaDeps) =>
  async (context: EffectContext, { calendarId, number, start, end }: Follow): Promise<EffectOutcome> => {
    const { uid, booking, signal } = context;
    const refuse = async (reason: string): Promise<EffectOutcome> => {
      const by = reason === 'slot_taken' ? await whoHas(deps, context, { start, end }) : undefined;
      const taken = by === undefined ? {} : { takenBy: by };
      const command = { type: 'RecordNotFollowed', calendarId, reason, ...taken, now: deps.clock.now() } as const;
      return outcomeOf(await runCommand(deps)(context, command));
    };
    const { hostId, eventTypeId, lengthInMinutes } = booking.request;
    const host = deps.findHost(hostId);
    const eventType = host?.eventTypes.find(({ id }) => id === eventTypeId);
    if (host === undefined || eventType === undefined) return refuse('NotConfigured');
    if (toEpochMs(end) - toEpochMs(start) !== lengthInMinutes * 60_000) return refuse('OtherLength');
    // The guest has asked for just this time: whoever drags the event there says yes.
    const asked = awaitingReschedule(booking);
    if (asked !== null && isSameInstant(asked.start, start) && isSameInstant(asked.end, end))
      return outcomeOf(await runCommand(deps)(context, { type: 'ApproveBooking', now: deps.clock.now() }));
    const moved = await rescheduleBooking({ ...deps, ...deps.moves })(
      {
        uid,
        rescheduleId: `${calendarId}@${number}`,
        host,
        eventType,
        start: toEpochMs(start),
        by: 'host',
        reason: null,
      },
      { ...context.context, commandId: deps.identity.newCommandId() },
      signal,
    )();
    if (E.isRight(moved) || signal.aborted) return 'done';
    const refusal = refusalOf(moved.left);
    if (refusal !== null) return refuse(refusal);
    deps.report({ where: `saga FollowCalendarEvent of ${uid}`, reason: moved.left.type });
    return 'unavailable';
  };
