import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { startRetention } from '../../../src/application/privacy/forget-by-age.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { command, epochMs } from '../../../src/testing/index.ts';
import { bookingRequested, commanded } from '../../application/process.helper.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { sealedWorld } from './sealed-world.helper.ts';

const DAY_MS = 86_400_000;
/** All bookings here end at this moment. */
const END = epochMs('14:30');
let stored: EventStore;
let keys: SubjectKeys;
let remove: () => Promise<void>;

beforeEach(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  keys = must(await openSubjectKeys(join(made.path, 'keys')));
  stored = makeMemoryEventStore();
});
afterEach(() => remove());

const textOf = async (store: EventStore): Promise<string> => JSON.stringify(must(await store.readAll(0, 1000)()));

describe('forgetting by age', () => {
  it('given a booking that ended 30 days ago, then its people are forgotten, and not a moment before', async () => {
    const { store, buses, clock, forgetByAge } = sealedWorld(stored, keys);
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    clock.set(END + 30 * DAY_MS);
    expect(must(await forgetByAge(30))).toEqual({ forgotten: 0, left: 0, inClear: 0 });
    expect(await textOf(store)).toContain('ola@example.net');
    clock.advance(1);
    expect(must(await forgetByAge(30))).toEqual({ forgotten: 2, left: 0, inClear: 0 });
    expect(await textOf(store)).not.toMatch(/ola@|runa/i);
    const erased = must(await stored.readStream('booking-one')()).slice(1);
    expect(erased.map(({ type, actor, data }) => [type, actor.kind, data.people])).toEqual([
      ['PersonalDataErased', 'system', ['attendee']],
      ['PersonalDataErased', 'system', ['guest-1']],
    ]);
    expect(must(await forgetByAge(30))).toEqual({ forgotten: 0, left: 0, inClear: 0 });
  });

  it('given somebody with a later booking, a cancelled one too, then they stay with all they have', async () => {
    const { store, buses, clock, forgetByAge } = sealedWorld(stored, keys);
    await bookingRequested(buses, 'one');
    await bookingRequested(buses, 'two', { start: '16:00', end: '16:30' });
    await commanded(buses, 'two', command.cancel());
    clock.set(END + DAY_MS + 1);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 0 });
    expect(await textOf(store)).not.toContain('(erased)');
  });

  it('given events in the clear, then their people are counted, and stay', async () => {
    await bookingRequested(makeBookingBuses({ store: stored, identity: systemIdentity }), 'one');
    const { store, clock, forgetByAge } = sealedWorld(stored, keys);
    clock.set(END + 2 * DAY_MS);
    expect(must(await forgetByAge(1))).toEqual({ forgotten: 0, left: 0, inClear: 1 });
    expect(await textOf(store)).not.toContain('(erased)');
  });

  it('given somebody books while they are forgotten, then no key is destroyed under that booking', async () => {
    const { buses, clock, forgetByAge } = sealedWorld(stored, keys);
    await bookingRequested(buses, 'one');
    clock.set(END + 2 * DAY_MS);
    // The first event that says so comes to the log together with a request that was sealed before.
    let isBooked = false;
    Object.assign(keys, { destroy: () => Promise.reject(new Error('a key was destroyed')) });
    const { append } = stored;
    Object.assign(stored, {
      append: (asked: Parameters<EventStore['append']>[0]) => async () => {
        const done = await append(asked)();
        if (asked.stream !== 'booking-one' || isBooked) return done;
        isBooked = true;
        const request = must(await stored.readStream('booking-one')())[0];
        const other = { ...request, id: crypto.randomUUID() } as (typeof asked.events)[number];
        must(await append({ stream: 'booking-two', expected: 'no-stream', events: [other] })());
        return done;
      },
    });
    expect(must(await forgetByAge(1))).toEqual({ forgotten: 0, left: 1, inClear: 0 });
    expect(isBooked).toBe(true);
    expect(must(await stored.readStream('booking-two')())[0]?.type).toBe('BookingRequested');
  });
});

describe('rounds of forgetting by age', () => {
  const given = (days: number | null) => {
    const clock = makeTestClock();
    const asked: number[] = [];
    const said: string[] = [];
    const done = { forgotten: 2, left: 1, inClear: 3 };
    const retention = startRetention({
      forget: async (after) => {
        asked.push(after);
        return E.right(done);
      },
      days: () => days,
      clock,
      info: (message, details) => said.push(`${message} ${JSON.stringify(details)}`),
      report: ({ reason }) => said.push(reason),
    });
    return { clock, asked, said, retention };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('come a minute after the start and then each day, and say what they did', async () => {
    const { clock, asked, said, retention } = given(90);
    clock.advance(59_999);
    expect(asked).toEqual([]);
    clock.advance(1);
    await settled();
    clock.advance(DAY_MS);
    await settled();
    expect(asked).toEqual([90, 90]);
    expect(said[0]).toBe('forgot 2 people {"where":"forgetting by age","forgetAfterDays":90,"left":1}');
    expect(said[1]).toMatch(/^3 people have events in the clear/);
    await retention.stop();
    expect(clock.pending()).toBe(0);
  });

  it('forget nobody where the configuration says nothing', async () => {
    const { clock, asked, said, retention } = given(null);
    clock.advance(3 * DAY_MS);
    await settled();
    expect([asked, said]).toEqual([[], []]);
    await retention.stop();
  });
});
