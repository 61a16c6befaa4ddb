import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { react } from '../../domain/saga/react.ts';
import type { EffectContext, EffectOutcome } from './effect-context.ts';
import { refused } from './effect-context.ts';
import { keyOf } from './effect-kinds.ts';
import { keepingLease, takeLease } from '../consumers/leasing.ts';
import type { SagaDeps } from './saga-deps.ts';

/** The start of a calendar write takes the lease along, in one append. */
const bringsItsLease = ({ type }: Effect): boolean => type === 'WriteCalendar';

const attemptOf = (effect: Effect): number => ('attempt' in effect ? effect.attempt : 0);

/** Whether the booking, read again, still asks for the effect. */
const isStillDue = (booking: KnownBooking, effect: Effect): boolean =>
  react(booking).some(
    (wanted) =>
      wanted.type === effect.type && keyOf(wanted) === keyOf(effect) && attemptOf(wanted) === attemptOf(effect),
  );

/**
 * Carries a call out under its lease. While another node has it there is nothing to do: that node writes the outcome. It
 * may just have written it, so the booking is looked at again, as it was when the lease was taken.
 */
export const underLease =
  (deps: SagaDeps) =>
  async (
    context: EffectContext,
    effect: Effect,
    call: (present: EffectContext) => Promise<EffectOutcome>,
  ): Promise<EffectOutcome> => {
    const { uid } = context;
    const { causationId } = context.context;
    const lease = bringsItsLease(effect)
      ? ({ type: 'taken', booking: null } as const)
      : await takeLease(deps)(uid, keyOf(effect), causationId);
    switch (lease.type) {
      case 'taken': {
        const booking = lease.booking?.phase === 'none' ? null : lease.booking;
        if (booking !== null && !isStillDue(booking, effect)) return 'done';
        const present = booking === null ? context : { ...context, booking };
        return keepingLease(deps)(uid, keyOf(effect), causationId, () => call(present));
      }
      case 'elsewhere':
        return 'done';
      case 'failed':
        return refused(deps)(context, 'LeaseEffect', lease.error);
    }
  };
