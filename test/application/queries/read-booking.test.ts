import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { readBooking, readHistory } from '../../../src/application/queries/read-booking.ts';
import { command } from '../../../src/testing/index.ts';
import { event } from '../../contract/event-store/harness.ts';
import { mustRun } from '../../support/must.ts';
import { bookingRequested, bootBuses, commanded } from '../process.helper.ts';

const scene = async () => {
  const store = makeMemoryEventStore();
  const buses = bootBuses(store);
  await bookingRequested(buses, 'one');
  await commanded(buses, 'one', command.cancel());
  return { store, buses };
};

describe('reading a booking from its stream', () => {
  it('tells how it stands, and up to which position that was read', async () => {
    const { buses, store } = await scene();
    const position = await mustRun(store.head());
    expect(await mustRun(readBooking(buses)('one'))).toMatchObject({ booking: { phase: 'cancelled' }, position });
  });

  it('tells its whole story, as recorded and as understood', async () => {
    const { store } = await scene();
    const history = await mustRun(readHistory(store)('one'));
    expect(history.map(({ recorded, event: { type } }) => [recorded.revision, type])).toEqual([
      [0, 'BookingRequested'],
      [1, 'BookingCancelled'],
    ]);
  });

  it('knows when there is none', async () => {
    const { buses, store } = await scene();
    expect(await readBooking(buses)('two')()).toEqual(E.left({ type: 'UnknownBooking' }));
    expect(await readHistory(store)('two')()).toEqual(E.left({ type: 'UnknownBooking' }));
  });

  it('shortens no story that it does not understand', async () => {
    const { store } = await scene();
    await mustRun(store.append({ stream: 'booking-one', expected: 1, events: [event('BookingTeleported')] }));
    expect(await readHistory(store)('one')()).toMatchObject({ left: { type: 'Corrupt' } });
    expect(await readBooking(bootBuses(store))('one')()).toMatchObject({ left: { type: 'Corrupt' } });
  });
});
