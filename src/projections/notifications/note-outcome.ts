import * as E from 'fp-ts/lib/Either.js';
import type { BookingBuses } from '../../application/booking/booking-buses.ts';
import { isOutage } from '../../application/consumers/verdict-on-failure.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Identity } from '../../application/ports/identity.ts';
import type { Leasing } from '../../application/consumers/leasing.ts';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import type { BookingEventData } from '../../domain/booking/events/index.ts';

export type NoteDeps = {
  readonly buses: Pick<BookingBuses, 'bookings'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly leasing: Leasing;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/**
 * So often a note is tried on a log elsewhere that is away, while its leader changes say: each try takes the time limits of
 * the log's adapter, about a second. What the note tells of is done: without it, it would be done again.
 */
export const NOTE_TRIES = 20;

const note = async (
  deps: NoteDeps,
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
  const tries = deps.leasing === null ? 1 : NOTE_TRIES;
  for (let attempt = 1; ; attempt += 1) {
    const noted = await deps.buses.bookings.execute(uid, command, context)();
    if (E.isRight(noted)) return null;
    if (deps.signal.aborted || attempt >= tries || !isOutage(noted.left)) return JSON.stringify(noted.left);
  }
};

/** Writes down that somebody was told. Answers why it could not be written, null when it was. */
export const noteSent =
  (deps: NoteDeps) =>
  (uid: string, sent: BookingEventData<'NotificationSent'>): Promise<string | null> =>
    note(deps, uid, { type: 'RecordNotification', sent, now: deps.clock.now() }, sent.causedBy);

/** Writes down that we gave up telling somebody. */
export const noteParked =
  (deps: NoteDeps) =>
  (uid: string, parked: BookingEventData<'NotificationParked'>): Promise<string | null> =>
    note(deps, uid, { type: 'ParkNotification', parked, now: deps.clock.now() }, parked.causedBy);
