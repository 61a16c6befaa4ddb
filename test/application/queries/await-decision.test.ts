import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeDecisionWatch, RECHECK_MS } from '../../../src/application/queries/await-decision.ts';
import { command } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { mustRun } from '../../support/must.ts';
import { bookingRequested, bootBuses, commanded, recorded } from '../process.helper.ts';

const set = async () => {
  const store = makeMemoryEventStore();
  const buses = bootBuses(store);
  const clock = makeTestClock();
  await bookingRequested(buses, 'one', { calendars: [] });
  const { state, position } = await mustRun(buses.bookings.load('one'));
  if (state.phase === 'none') throw new Error('nothing was requested');
  return { store, buses, clock, watch: makeDecisionWatch({ buses, clock }), now: { booking: state, position } };
};

describe('waiting for the decision on a booking', () => {
  let scene: Awaited<ReturnType<typeof set>>;
  let abort: AbortController;
  beforeEach(async () => {
    scene = await set();
    abort = new AbortController();
  });

  const decided = (waitMs: number) => scene.watch.decided('one', scene.now, waitMs, abort.signal);

  it('ends when the decision is seen, with the booking and the position of its last event', async () => {
    const waiting = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    await commanded(scene.buses, 'one', command.accept());
    const events = await recorded(scene.store, 'booking-one');
    scene.watch.seen(events);
    expect(await waiting).toMatchObject({ booking: { phase: 'accepted' }, position: events.at(-1)?.position });
    expect(scene.clock.pending()).toBe(0);
  });

  it('reads what it has seen from the log where the state in memory has not got to it', async () => {
    const waiting = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    // Another set of buses: as when the answer to the append is still on its way.
    await commanded(bootBuses(scene.store), 'one', command.accept());
    scene.watch.seen(await recorded(scene.store, 'booking-one'));
    expect(await waiting).toMatchObject({ booking: { phase: 'accepted' } });
    expect(scene.clock.pending()).toBe(0);
  });

  it('looks for itself now and then: a decision that it is never told of is found in time', async () => {
    const waiting = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    await commanded(scene.buses, 'one', command.accept());
    scene.clock.advance(RECHECK_MS);
    expect(await waiting).toMatchObject({ booking: { phase: 'accepted' } });
    expect(scene.clock.pending()).toBe(0);
  });

  it('looks at once when it is told that something may have been missed', async () => {
    const waiting = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    await commanded(scene.buses, 'one', command.accept());
    scene.watch.missed();
    expect(await waiting).toMatchObject({ booking: { phase: 'accepted' } });
  });

  it('ends with the truth of the moment when the time is over, or the one who waits goes away', async () => {
    const waiting = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    scene.watch.seen([]);
    scene.clock.advance(5_000);
    expect(await waiting).toMatchObject({ booking: { phase: 'pending', because: 'deciding' } });
    const left = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    abort.abort();
    expect(await left).toMatchObject({ booking: { phase: 'pending' } });
    expect(scene.clock.pending()).toBe(0);
  });

  it('waits no longer where the clock is set back meanwhile', async () => {
    const waiting = decided(5_000);
    await expect.poll(() => scene.clock.pending()).toBe(1);
    scene.clock.set(scene.clock.now() - 3 * 86_400_000);
    scene.clock.advance(5_000);
    expect(await waiting).toMatchObject({ booking: { phase: 'pending', because: 'deciding' } });
    expect(scene.clock.pending()).toBe(0);
  });

  it('does not wait for what is decided, nor where nobody wants to wait', async () => {
    expect(await decided(0)).toBe(scene.now);
    await commanded(scene.buses, 'one', command.accept());
    expect(await decided(5_000)).toMatchObject({ booking: { phase: 'accepted' } });
    expect(scene.clock.pending()).toBe(0);
  });
});
