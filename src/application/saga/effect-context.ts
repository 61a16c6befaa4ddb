import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import type { BookingEvent } from '../../domain/booking/events/index.ts';
import type { CommandContext } from '../commanding/record.ts';
import { isOutage } from '../commanding/verdict-on-failure.ts';
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

export const systemContext = (deps: SagaDeps, uid: string, causationId: string | null): CommandContext => ({
  commandId: deps.identity.newCommandId(),
  actor: { kind: 'system' },
  correlationId: uid,
  causationId,
});

/** Runs a command of the saga; the events it led to, or why they could not be written (reported). */
export const command =
  (deps: SagaDeps) =>
  async ({ uid, context }: EffectContext, wanted: BookingCommand): Promise<Commanded> => {
    const own = { ...context, commandId: deps.identity.newCommandId() };
    const result = await deps.buses.bookings.execute(uid, wanted, own)();
    if (E.isRight(result)) return result.right.events;
    deps.report({ where: `saga ${wanted.type} of ${uid}`, reason: JSON.stringify(result.left) });
    return isOutage(result.left) ? 'unavailable' : 'failed';
  };

/** What every retryable outcome carries: the time, and how to plan the next try. */
export const timing = (deps: SagaDeps) => ({
  now: deps.clock.now(),
  jitter: deps.identity.jitter(),
  retry: deps.retry,
});
