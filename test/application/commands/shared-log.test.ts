import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { BookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { command } from '../../../src/testing/index.ts';
import { mustRun } from '../../support/must.ts';
import { bookingRequested, bootBuses, contextOf, typesIn } from '../process.helper.ts';

const approvable = { requiresApproval: true };
const stream = 'booking-one';

let store: EventStore;
let a: BookingBuses;
let b: BookingBuses;
beforeEach(async () => {
  store = makeMemoryEventStore();
  [a, b] = [bootBuses(store, 'a'), bootBuses(store, 'b')];
  await bookingRequested(a, 'one', approvable);
  await mustRun(b.bookings.load('one'));
});

describe('a command bus whose log others append to', () => {
  it('given an approval on one node, when the other is asked too, then it says so and writes nothing', async () => {
    await mustRun(a.bookings.execute('one', command.approve(), contextOf('on-a')));
    const again = await mustRun(b.bookings.execute('one', command.approve(), contextOf('on-b')));
    expect(again).toMatchObject({ events: [], state: { approved: true } });
    expect(await typesIn(store, stream)).toEqual(['BookingRequested', 'BookingApproved']);
  });

  it('given what a node knows says "already so", and it is so no more, then the command is carried out', async () => {
    await mustRun(a.bookings.execute('one', command.approve(), contextOf('on-a')));
    await mustRun(a.bookings.execute('one', command.startSync('work'), contextOf('start')));
    await mustRun(b.bookings.load('one'));
    await mustRun(a.bookings.execute('one', command.recordFailure('work', 'network'), contextOf('failed')));
    const started = await mustRun(
      b.bookings.execute('one', command.startSync('work', { attempt: 2 }), contextOf('on-b')),
    );
    expect(started.events.map(({ type }) => type)).toEqual(['CalendarSyncStarted']);
  });

  it('given what a node knows allows no such thing, and the log does, then it is not refused', async () => {
    const early = await b.bookings.execute('one', command.accept(), contextOf('early'))();
    expect(early).toMatchObject({ left: { type: 'Refused', rejection: { type: 'NotJustified' } } });
    for (const one of [command.approve(), command.startSync('work'), command.recordSuccess('work')])
      await mustRun(a.bookings.execute('one', one, contextOf(`a-${one.type}`)));
    const accepted = await mustRun(b.bookings.execute('one', command.accept(), contextOf('on-b')));
    expect(accepted.state.phase).toBe('accepted');
  });

  it('given a process that has the log alone, then an answer from memory asks nobody', async () => {
    let reads = 0;
    const readStream: EventStore['readStream'] = (name, from) => {
      reads += 1;
      return store.readStream(name, from);
    };
    const [alone, sharing] = [bootBuses({ ...store, readStream }), bootBuses({ ...store, readStream }, 'c')];
    for (const [buses, expected] of [
      [alone, 0],
      [sharing, 1],
    ] as const) {
      await mustRun(buses.bookings.load('one'));
      reads = 0;
      await buses.bookings.execute('one', command.accept(), contextOf('early'))();
      expect(reads).toBe(expected);
    }
  });
});
