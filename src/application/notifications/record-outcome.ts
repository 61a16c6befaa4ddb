import * as E from 'fp-ts/lib/Either.js';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { isOutage } from '../consumers/verdict-on-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identity } from '../ports/identity.ts';
import type { Leasing } from '../consumers/leasing.ts';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import type { BookingEventData } from '../../domain/booking/events.ts';

export type RecordOutcomeDeps = {
  readonly buses: Pick<BookingBuses, 'bookings'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly leasing: Leasing;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/**
 * How often writing an outcome is tried where several nodes share the log: it may be away for as long as its leader changes.
 * Each try takes the time limit of the log's adapter, about a second. The message is out: without its outcome in the
 * log it would be sent again.
 */
export const RECORD_TRIES = 20;

const record = async (
  deps: RecordOutcomeDeps,
  uid: string,
  command: BookingCommand,
  causationId: string,
): Promise<string | null> => {
  const context = {
    commandId: deps.identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: uid,
    causationId,
  } as const;
  const tries = deps.leasing === null ? 1 : RECORD_TRIES;
  for (let attempt = 1; ; attempt += 1) {
    const recorded = await deps.buses.bookings.execute(uid, command, context)();
    if (E.isRight(recorded)) return null;
    if (deps.signal.aborted || attempt >= tries || !isOutage(recorded.left)) return JSON.stringify(recorded.left);
  }
};

/** Writes to the log that somebody was told. Answers why it could not be written, null when it was. */
export const recordSent =
  (deps: RecordOutcomeDeps) =>
  (uid: string, sent: BookingEventData<'NotificationSent'>): Promise<string | null> =>
    record(deps, uid, { type: 'RecordNotification', sent, now: deps.clock.now() }, sent.causedBy);

/** Writes to the log that we gave up telling somebody. */
export const recordParked =
  (deps: RecordOutcomeDeps) =>
  (uid: string, parked: BookingEventData<'NotificationParked'>): Promise<string | null> =>
    record(deps, uid, { type: 'ParkNotification', parked, now: deps.clock.now() }, parked.causedBy);
