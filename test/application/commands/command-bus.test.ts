import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { MAX_ATTEMPTS } from '../../../src/application/commands/command-bus.ts';
import type { EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import { followUp } from '../../../src/domain/saga/follow-up.ts';
import { firstBrokenLink, GENESIS_HASH } from '../../../src/domain/log/hash-chain.ts';
import { command, epochMs } from '../../../src/testing/index.ts';
import { event } from '../../contract/event-store/harness.ts';
import { type Fault, faulty } from '../../support/faulty-event-store.ts';
import { mustRun } from '../../support/must.ts';
import { bookingRequested, bootBuses, contextOf, recorded, typesIn } from '../process.helper.ts';

const approvable = { requiresApproval: true };
const stream = 'booking-one';

/** Counts the appends that reach the store, and answers some of them in its place. */
const counting = (store: EventStore, answer: (call: number) => StoreError | null = () => null) => {
  let appends = 0;
  const append: EventStore['append'] = (one) => async () => {
    appends += 1;
    const error = answer(appends);
    return error === null ? store.append(one)() : E.left(error);
  };
  return { store: { ...store, append }, appends: () => appends };
};

const conflict: StoreError = { type: 'RevisionConflict', stream, expected: 0, actual: 1 };

let store: EventStore;
beforeEach(() => {
  store = makeMemoryEventStore();
});

describe('the command bus', () => {
  it('decides anew when another process was faster', async () => {
    const [here, there] = [bootBuses(store), bootBuses(store)];
    await bookingRequested(here, 'one', approvable);
    await mustRun(there.bookings.execute('one', command.cancel(), contextOf('there')));
    const approved = await here.bookings.execute('one', command.approve(), contextOf('here'))();
    expect(approved).toMatchObject({
      left: { type: 'Refused', rejection: { type: 'NotPending', status: 'cancelled' } },
    });
    expect(await typesIn(store, stream)).toEqual(['BookingRequested', 'BookingCancelled']);
  });

  it('gives up after so many conflicts', async () => {
    await bookingRequested(bootBuses(store), 'one', approvable);
    const busy = counting(store, () => conflict);
    const approved = await bootBuses(busy.store).bookings.execute('one', command.approve(), contextOf('a'))();
    expect(approved).toEqual(E.left(conflict));
    expect(busy.appends()).toBe(MAX_ATTEMPTS);
  });

  it('does not repeat what is an answer', async () => {
    await bookingRequested(bootBuses(store), 'one', approvable);
    for (const error of [
      { type: 'Unavailable', reason: 'disk full' },
      { type: 'TooLarge', bytes: 2, limit: 1 },
    ] as const) {
      const failing = counting(store, () => error);
      const approved = await bootBuses(failing.store).bookings.execute('one', command.approve(), contextOf('a'))();
      expect(approved).toEqual(E.left(error));
      expect(failing.appends()).toBe(1);
    }
  });

  it('I5 an answer that was lost is found by reading on, and nothing is written twice', async () => {
    for (const fault of ['timeout-after-commit', 'connection-lost', 'duplicate'] satisfies ReadonlyArray<Fault>) {
      const own = makeMemoryEventStore();
      await bookingRequested(bootBuses(own), 'one', approvable);
      const faults: Fault[] = [fault];
      const buses = bootBuses(faulty(own, () => faults.shift() ?? 'none'));
      const approved = await mustRun(buses.bookings.execute('one', command.approve(), contextOf('a')));
      expect(approved.state, fault).toMatchObject({ phase: 'pending', approved: true });
      expect(approved.position, fault).toBe((await recorded(own, stream)).at(-1)?.position);
      expect(await typesIn(own, stream), fault).toEqual(['BookingRequested', 'BookingApproved']);
    }
  });

  it('I5 a lease whose answer was lost is written once: the same append is sent again, not decided anew', async () => {
    await bookingRequested(bootBuses(store), 'one', approvable);
    const faults: Fault[] = ['timeout-after-commit', 'connection-lost'];
    const buses = bootBuses(faulty(store, () => faults.shift() ?? 'none'));
    const lease = { node: 'a', until: epochMs('10:00') + 15_000 };
    const wanted = { type: 'LeaseEffect', effect: 'calendar work', lease, now: epochMs('10:00') } as const;
    await mustRun(buses.bookings.execute('one', wanted, contextOf('a')));
    expect(await typesIn(store, stream)).toEqual(['BookingRequested', 'EffectLeased']);
  });

  it('I5 the same command again, later, at once and elsewhere, changes nothing', async () => {
    const [here, there] = [bootBuses(store), bootBuses(store)];
    await bookingRequested(here, 'one', approvable);
    const again = await Promise.all(
      [here, there, here, there].map((buses) =>
        mustRun(buses.bookings.execute('one', command.approve(), contextOf('a'))),
      ),
    );
    expect(new Set(again.map(({ position }) => position)).size).toBe(1);
    await mustRun(bootBuses(store).bookings.execute('one', command.approve(), contextOf('a')));
    expect(await typesIn(store, stream)).toEqual(['BookingRequested', 'BookingApproved']);
  });

  it('commands that wait for one stream are decided one after the other, and written in one append', async () => {
    const counted = counting(store);
    const buses = bootBuses(counted.store);
    await bookingRequested(buses, 'one', approvable);
    const wanted = [command.approve(), command.startSync('work'), command.recordSuccess('work'), command.accept()];
    await Promise.all(wanted.map((one, index) => mustRun(buses.bookings.execute('one', one, contextOf(`c${index}`)))));
    expect(counted.appends()).toBe(2);
    expect((await typesIn(store, stream)).at(-1)).toBe('BookingAccepted');
  });

  it('of commands written together each has its own answer: one is refused, the others are written', async () => {
    const buses = bootBuses(store);
    await bookingRequested(buses, 'one', approvable);
    const wanted = [command.approve(), command.cancel(), command.approve(), command.cancel()];
    const answers = await Promise.all(
      wanted.map((one, index) => buses.bookings.execute('one', one, contextOf(`c${index}`))()),
    );
    expect(
      answers.map((answer) => (E.isRight(answer) ? answer.right.events.map(({ type }) => type) : answer.left)),
    ).toEqual([
      ['BookingApproved'],
      ['BookingCancelled'],
      { type: 'Refused', rejection: { type: 'NotPending', status: 'cancelled' } },
      [],
    ]);
    expect(await typesIn(store, stream)).toEqual(['BookingRequested', 'BookingApproved', 'BookingCancelled']);
  });

  it('what is too large together is written one by one', async () => {
    const small: EventStore['append'] = (one) =>
      one.events.length > 1 ? async () => E.left({ type: 'TooLarge', bytes: 2, limit: 1 }) : store.append(one);
    const buses = bootBuses({ ...store, append: small });
    await bookingRequested(buses, 'one', approvable);
    const wanted = [command.approve(), command.startSync('work'), command.recordSuccess('work')];
    await Promise.all(wanted.map((one, index) => mustRun(buses.bookings.execute('one', one, contextOf(`c${index}`)))));
    expect((await typesIn(store, stream)).at(-1)).toBe('CalendarSyncSucceeded');
  });

  it('a fault of ours in one command is told to its caller, and costs the others nothing', async () => {
    const buses = bootBuses(store);
    await bookingRequested(buses, 'one', approvable);
    const broken = () => {
      throw new Error('planned');
    };
    const failing = buses.bookings.execute('one', command.approve(), contextOf('a'), { following: broken })();
    const other = buses.bookings.execute('one', command.cancel(), contextOf('b'))();
    await expect(failing).rejects.toThrow('planned');
    expect(await other).toMatchObject({ right: { state: { phase: 'cancelled' } } });
  });

  it('those that can wait go along with the next one', async () => {
    const counted = counting(store);
    const buses = bootBuses(counted.store);
    await bookingRequested(buses, 'one', approvable);
    const run = (canWait: boolean, one: Parameters<typeof buses.bookings.execute>[1], id: string) =>
      mustRun(buses.bookings.execute('one', one, contextOf(id), { canWait }));
    await Promise.all([run(true, command.approve(), 'a'), run(false, command.startSync('work'), 'b')]);
    expect(counted.appends()).toBe(2);
    await run(true, command.recordSuccess('work'), 'c');
    expect((await typesIn(store, stream)).at(-1)).toBe('CalendarSyncSucceeded');
  });

  it('what follows at once is in the same append, done by the system and caused by the event before it', async () => {
    const counted = counting(store);
    const buses = bootBuses(counted.store);
    await bookingRequested(buses, 'one');
    await mustRun(buses.bookings.execute('one', command.startSync('work'), contextOf('a')));
    const success = command.recordSuccess('work');
    const following = followUp(success.now, undefined);
    await mustRun(buses.bookings.execute('one', success, contextOf('b'), { following }));
    expect(counted.appends()).toBe(3);
    const [succeeded, accepted] = (await recorded(store, stream)).slice(-2);
    expect([succeeded?.type, accepted?.type]).toEqual(['CalendarSyncSucceeded', 'BookingAccepted']);
    expect(accepted).toMatchObject({ actor: { kind: 'system' }, causationId: succeeded?.id, correlationId: 'b' });
    expect(firstBrokenLink(sha256Hex)(GENESIS_HASH, await recorded(store, stream))).toBeNull();
  });

  it('chains what it writes, with the id of the command in every event', async () => {
    const [here, there] = [bootBuses(store), bootBuses(store)];
    await bookingRequested(here, 'one', approvable);
    await mustRun(there.bookings.execute('one', command.approve(), contextOf('a')));
    await mustRun(here.bookings.execute('one', command.cancel(), contextOf('b')));
    const events = await recorded(store, stream);
    expect(firstBrokenLink(sha256Hex)(GENESIS_HASH, events)).toBeNull();
    expect(events.map(({ correlationId }) => correlationId)).toEqual(['request-one', 'a', 'b']);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  it('a stream with an event that it does not know is corrupt, not shortened', async () => {
    await bookingRequested(bootBuses(store), 'one', approvable);
    await mustRun(store.append({ stream, expected: 0, events: [event('BookingTeleported')] }));
    const approved = await bootBuses(store).bookings.execute('one', command.approve(), contextOf('a'))();
    expect(approved).toMatchObject({ left: { type: 'Corrupt', reason: expect.stringContaining('booking-one@1') } });
  });

  it('a look at a booking while it is being written does not hide it from the next command', async () => {
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let isFirst = true;
    const readStream: EventStore['readStream'] = (name, from) => async () => {
      const read = await store.readStream(name, from)();
      if (!isFirst) return read;
      isFirst = false;
      reached.resolve();
      await goOn.promise;
      return read;
    };
    const buses = bootBuses({ ...store, readStream });
    const looking = buses.bookings.load('one')();
    await reached.promise;
    await bookingRequested(buses, 'one');
    goOn.resolve();
    expect(await looking).toMatchObject({ right: { state: { phase: 'none' } } });
    expect(await buses.bookings.execute('one', command.cancel(), contextOf('b'))()).toMatchObject({
      right: { state: { phase: 'cancelled' } },
    });
  });
});
