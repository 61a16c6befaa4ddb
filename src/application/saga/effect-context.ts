import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import type { BookingRejection } from '../../domain/booking/rejection.ts';
import type { CommandError } from '../commanding/command-bus.ts';
import type { BookingEvent } from '../../domain/booking/events/index.ts';
import type { CommandContext } from '../commanding/record.ts';
import { isOutage } from '../consumers/verdict-on-failure.ts';
import type { SagaDeps } from './saga-deps.ts';

/** One effect being carried out for one booking, which is `booking` as the effect was decided on. */
export type EffectContext = {
  readonly uid: string;
  readonly booking: KnownBooking;
  readonly context: CommandContext;
  readonly signal: AbortSignal;
};

/**
 * What an effect came to: its outcome is `done` and written; `unavailable`: the log could not be used; `failed`: it was
 * refused, or a fault of ours. Unless it is done it has to be looked at again.
 */
export type EffectOutcome = 'done' | 'unavailable' | 'failed';

/** Of several effects, what is to be done about them together. */
export const worstOf = (outcomes: ReadonlyArray<EffectOutcome>): EffectOutcome =>
  outcomes.find((outcome) => outcome === 'failed') ?? outcomes.find((outcome) => outcome !== 'done') ?? 'done';

export type Commanded = ReadonlyArray<BookingEvent> | Exclude<EffectOutcome, 'done'>;

export const outcomeOf = (commanded: Commanded): EffectOutcome => (typeof commanded === 'string' ? commanded : 'done');

export const systemContext = (
  deps: Pick<SagaDeps, 'identity'>,
  uid: string,
  causationId: string | null,
): CommandContext => ({
  commandId: deps.identity.newCommandId(),
  actor: { kind: 'system' },
  correlationId: uid,
  causationId,
});

/** Why a command of the saga could not be written: reported, and put into one word. */
export const refused =
  (deps: Pick<SagaDeps, 'report'>) =>
  (
    { uid }: Pick<EffectContext, 'uid'>,
    wanted: string,
    error: CommandError<BookingRejection>,
  ): Exclude<EffectOutcome, 'done'> => {
    deps.report({ where: `saga ${wanted} of ${uid}`, reason: JSON.stringify(error) });
    return isOutage(error) ? 'unavailable' : 'failed';
  };

const isElsewhere = (error: CommandError<BookingRejection>): boolean =>
  error.type === 'Refused' && error.rejection.type === 'LeasedElsewhere';

/** Runs a command of the saga; the events it led to, or why they could not be written (reported). None while another node is at it. */
export const command =
  (deps: SagaDeps) =>
  async (effect: EffectContext, wanted: BookingCommand): Promise<Commanded> => {
    const { uid, context } = effect;
    const own = { ...context, commandId: deps.identity.newCommandId() };
    const result = await deps.buses.bookings.execute(uid, wanted, own)();
    const bringsLease = 'lease' in wanted && wanted.lease !== undefined;
    if (E.isRight(result)) {
      if (bringsLease) deps.onLease?.('taken');
      return result.right.events;
    }
    if (isElsewhere(result.left)) {
      deps.onLease?.('elsewhere');
      return [];
    }
    return refused(deps)(effect, wanted.type, result.left);
  };

/** What every retryable outcome carries: the time, and how to plan the next try. */
export const timing = (deps: SagaDeps) => ({
  now: deps.clock.now(),
  jitter: deps.identity.jitter(),
  retry: deps.retry,
});
