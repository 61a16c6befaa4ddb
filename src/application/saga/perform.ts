import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { EffectContext, EffectOutcome, SagaDeps } from './effect-context.ts';
import { runCommand, outcomeOf, reportRefusal, keyOf } from './effect-context.ts';
import { isCall } from '../../domain/saga/follow-up.ts';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { react } from '../../domain/saga/react.ts';
import { leasesOf } from '../../domain/booking/lease.ts';
import { keepingLease, leaseWish, type RunOn, takeLease } from '../consumers/leasing.ts';
import { runConfirmation, runDecoration, runRemoval } from './change-calendar.ts';
import { decideBooking, settleSlot } from './decisions.ts';
import { runCalendarWrite } from './write-calendar.ts';

/**
 * Makes the video room, before the calendars are written, so that their text holds a link that works. When the provider
 * gives none, the event type's fallback link stands in and is said to; without one the booking goes on without a link.
 */
const makeRoom =
  (deps: SagaDeps) =>
  async (context: EffectContext): Promise<EffectOutcome> => {
    const wanted = context.booking.request.room;
    if (wanted === null) return 'done';
    const { provider, requestId, fallbackLink } = wanted;
    const conferencing = deps.conferencing.get(provider);
    const made =
      conferencing === undefined
        ? E.left({ message: `No video provider is called ${provider}.` })
        : await conferencing.createRoom({ requestId, title: context.booking.request.title }, context.signal)();
    if (E.isLeft(made) && context.signal.aborted) return 'done';
    const now = deps.clock.now();
    const ready = (roomId: string | null, url: string, fallback: boolean) =>
      runCommand(deps)(context, { type: 'RecordRoom', room: { provider, roomId, url, fallback }, now });
    if (E.isRight(made)) return outcomeOf(await ready(made.right.roomId, made.right.url, false));
    deps.report({ where: `video room of ${context.uid}`, reason: made.left.message });
    const recorded =
      fallbackLink === null
        ? await runCommand(deps)(context, { type: 'RecordRoomFailure', provider, message: made.left.message, now })
        : await ready(null, fallbackLink, true);
    return outcomeOf(recorded);
  };

/** The start of a calendar write takes the lease along, in one append. */
const bringsItsLease = ({ type }: Effect): boolean => type === 'WriteCalendar';

const attemptOf = (effect: Effect): number => ('attempt' in effect ? effect.attempt : 0);

/** Whether the booking, read again, still asks for the effect. */
const isStillDue = (booking: KnownBooking, effect: Effect): boolean =>
  react(booking).some(
    (wanted) =>
      wanted.type === effect.type && keyOf(wanted) === keyOf(effect) && attemptOf(wanted) === attemptOf(effect),
  );

const runOn =
  ({ bookings }: Pick<BookingBuses, 'bookings'>): RunOn<BookingCommand, BookingState> =>
  (uid, command, context) =>
    pipe(
      bookings.execute(uid, command, context),
      TE.map(({ state }) => ({ state, leases: leasesOf(state) })),
    );

/**
 * Carries a call out under its lease. While another node has it there is nothing to do: that node writes the outcome. It
 * may just have written it, so the booking is looked at again, as it was when the lease was taken.
 */
const underLease =
  (deps: SagaDeps) =>
  async (
    context: EffectContext,
    effect: Effect,
    call: (present: EffectContext) => Promise<EffectOutcome>,
  ): Promise<EffectOutcome> => {
    const leasing = { ...deps, run: runOn(deps.buses) };
    const { uid: id, booking: known, context: cause } = context;
    const wanted = { id, effect: keyOf(effect), known, causationId: cause.causationId };
    const lease = bringsItsLease(effect)
      ? ({ type: 'taken', state: null, until: leaseWish(deps)?.until ?? 0 } as const)
      : await takeLease(leasing)(wanted);
    switch (lease.type) {
      case 'taken': {
        const booking = lease.state?.phase === 'none' ? null : lease.state;
        if (booking !== null && !isStillDue(booking, effect)) return 'done';
        const present = booking === null ? context : { ...context, booking };
        return keepingLease(leasing)(wanted, lease.until, () => call(present));
      }
      case 'elsewhere':
        return 'done';
      case 'failed':
        return reportRefusal(deps)(context, 'LeaseEffect', lease.error);
    }
  };

const carryOut =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> => {
    switch (effect.type) {
      case 'MakeRoom':
        return makeRoom(deps)(context);
      case 'WriteCalendar':
      case 'ResolveCalendarWrite':
        return runCalendarWrite(deps)(context, effect);
      case 'ConfirmCalendarEvent':
        return runConfirmation(deps)(context, effect);
      case 'DecorateCalendarEvent':
        return runDecoration(deps)(context, effect);
      case 'RemoveFromCalendar':
        return runRemoval(deps)(context, effect);
      case 'Accept':
      case 'LeavePending':
      case 'Expire':
        return decideBooking(deps)(context, effect);
      case 'ConfirmSlot':
      case 'ReleaseSlot':
        return settleSlot(deps)(context, effect);
    }
  };

/** Carries one effect out and writes down what came of it. Never throws for what the world does. */
export const perform =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> =>
    isCall(effect)
      ? underLease(deps)(context, effect, (present) => carryOut(deps)(present, effect))
      : carryOut(deps)(context, effect);
