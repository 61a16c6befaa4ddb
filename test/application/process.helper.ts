import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../src/adapters/identity/ids.ts';
import { type BookingBuses, makeBookingBuses } from '../../src/application/commands/booking-buses.ts';
import type { CommandContext } from '../../src/application/commands/record.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import type { Identity } from '../../src/application/ports/clock-and-ids.ts';
import type { BookingCommand } from '../../src/domain/booking/commands.ts';
import type { RecordedEvent } from '../../src/domain/log/envelope.ts';
import { type RequestOptions, epochMs, requestData } from '../../src/testing/index.ts';
import { mustRun } from '../support/must.ts';

/** Real ids and digests; what is random in life is counted here, so that two runs are equal. */
export const countingIdentity = (prefix = 'random'): Identity => {
  let count = 0;
  const next = (): string => {
    count += 1;
    return `${prefix}-${count}`;
  };
  return { sha256: sha256Hex, eventId: deterministicId, newCommandId: next, newSalt: next, jitter: () => 0 };
};

/**
 * What one process keeps in memory about the streams: a second one on the same store knows nothing of the first. `node`:
 * its name, where several share the log.
 */
export const bootBuses = (store: Pick<EventStore, 'append' | 'readStream'>, node?: string): BookingBuses =>
  makeBookingBuses({ store, identity: countingIdentity(node), sharedLog: node !== undefined });

export const contextOf = (commandId: string): CommandContext => ({
  commandId,
  actor: { kind: 'system' },
  correlationId: commandId,
  causationId: null,
});

/** A booking that was asked for, in the log. */
export const bookingRequested = async (
  buses: BookingBuses,
  uid: string,
  options: RequestOptions = {},
): Promise<void> => {
  const request = { ...requestData(options), icsUid: `${uid}@holdfast` };
  const asked = { type: 'RequestBooking', now: epochMs(options.at ?? '10:00'), request } as const;
  await mustRun(buses.bookings.execute(uid, asked, contextOf(`request-${uid}`)));
};

/** Commands put one after the other; each must be taken. */
export const commanded = async (
  buses: BookingBuses,
  uid: string,
  ...commands: ReadonlyArray<BookingCommand>
): Promise<void> => {
  for (const [index, one] of commands.entries())
    await mustRun(buses.bookings.execute(uid, one, contextOf(`${uid}-${index}-${one.type}`)));
};

export const recorded = (store: EventStore, stream: string): Promise<ReadonlyArray<RecordedEvent>> =>
  mustRun(store.readStream(stream));

export const typesIn = async (store: EventStore, stream: string): Promise<ReadonlyArray<string>> =>
  (await recorded(store, stream)).map(({ type }) => type);
