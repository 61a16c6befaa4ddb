import { join } from 'node:path';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { command, epochMs } from '../../../src/testing/index.ts';
import { bookingRequested, commanded } from '../../application/process.helper.ts';
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
    expect(must(await forgetByAge(30))).toMatchObject({ forgotten: 0, left: 0, inClear: 0, failed: 0 });
    expect(await textOf(store)).toContain('ola@example.net');
    clock.advance(1);
    expect(must(await forgetByAge(30))).toMatchObject({ forgotten: 2, left: 0, inClear: 0, failed: 0 });
    expect(await textOf(store)).not.toMatch(/ola@|runa/i);
    const erased = must(await stored.readStream('booking-one')()).slice(1);
    expect(erased.map(({ type, actor, data }) => [type, actor.kind, data.people])).toEqual([
      ['PersonalDataErased', 'system', ['attendee']],
      ['PersonalDataErased', 'system', ['guest-1']],
    ]);
    expect(must(await forgetByAge(30))).toMatchObject({ forgotten: 0, left: 0, inClear: 0, failed: 0 });
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
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 0, left: 0, inClear: 1, failed: 0 });
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
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 0, left: 1, inClear: 0, failed: 0 });
    expect(isBooked).toBe(true);
    expect(must(await stored.readStream('booking-two')())[0]?.type).toBe('BookingRequested');
  });
});

describe('a round of forgetting by age', () => {
  /** Positions of events that were read, in order. */
  const readings = () => {
    const positions: number[] = [];
    const { readAll } = stored;
    const reading = {
      ...stored,
      readAll: (after: number, limit: number) =>
        TE.map((events: ReadonlyArray<RecordedEvent>) => {
          positions.push(...events.map(({ position }) => position));
          return events;
        })(readAll(after, limit)),
    };
    return { reading, positions };
  };

  it('given many people and several rounds, then every event of the log is read once', async () => {
    const { reading, positions } = readings();
    const { store, buses, clock, forgetByAge } = sealedWorld(reading, keys);
    await bookingRequested(buses, 'one', { guests: ['a@example.net', 'b@example.net', 'c@example.net'] });
    clock.set(END);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 0 });
    clock.advance(DAY_MS + 1);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 4, left: 0, failed: 0 });
    must(await forgetByAge(1));
    expect(must(await stored.readAll(0, 100)())).toHaveLength(5);
    expect(positions).toEqual([1, 2, 3, 4, 5]);
    expect(await textOf(store)).not.toContain('@example.net');
  });

  it('given somebody comes again after they were forgotten, then they are forgotten again in their time', async () => {
    const { store, buses, clock, forgetByAge } = sealedWorld(stored, keys);
    await bookingRequested(buses, 'one');
    clock.set(END + DAY_MS + 1);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 1 });
    await bookingRequested(buses, 'two', { start: '16:00', end: '16:30' });
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 0, left: 0 });
    clock.advance(2 * 3_600_000);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 1, left: 0 });
    expect(await textOf(store)).not.toMatch(/runa/i);
  });

  it('given two who cannot be forgotten, then the others are, and these come last in the next round', async () => {
    const guests = ['a@example.net', 'b@example.net', 'c@example.net'];
    const { store, buses, clock, forgetByAge } = sealedWorld(stored, keys, { mostInARound: 2 });
    await bookingRequested(buses, 'one', { guests });
    clock.set(END + DAY_MS + 1);
    const { destroy } = keys;
    const bad = [keys.subjectOf('a@example.net'), keys.subjectOf('runa@example.com')];
    let isBroken = true;
    Object.assign(keys, {
      destroy: (ids: ReadonlyArray<string>) =>
        isBroken && ids.some((id) => bad.includes(keys.subjectOfKey(id)))
          ? Promise.reject(Object.assign(new Error('a@example.net'), { code: 'EACCES' }))
          : destroy(ids),
    });
    const failed = { forgotten: 0, left: 2, isFull: true, failed: 2, reasons: ['EACCES'], inClear: 0 };
    expect(must(await forgetByAge(1))).toEqual(failed);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 2, left: 2, failed: 0 });
    isBroken = false;
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 2, left: 0, failed: 0 });
    expect(await textOf(store)).not.toMatch(/@example/);
  });

  it('given a calendar that cannot be erased, then the key stays, and the next round finds them again', async () => {
    let isBroken = true;
    const eraseInCalendars = () => {
      if (isBroken) throw new Error('the disk is full');
    };
    const { buses, clock, removed, forgetByAge } = sealedWorld(stored, keys, { eraseInCalendars });
    await bookingRequested(buses, 'one');
    clock.set(END + DAY_MS + 1);
    expect(must(await forgetByAge(1))).toMatchObject({
      forgotten: 0,
      left: 0,
      failed: 1,
      reasons: ['it was rejected'],
    });
    isBroken = false;
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 1, failed: 0 });
    expect(removed).toEqual(['one']);
  });

  it('given nobody can be forgotten, then the round ends early', async () => {
    const guests = Array.from({ length: 14 }, (_, index) => `guest${index}@example.net`);
    const { buses, clock, forgetByAge } = sealedWorld(stored, keys);
    await bookingRequested(buses, 'one', { guests });
    clock.set(END + DAY_MS + 1);
    Object.assign(keys, { destroy: () => Promise.reject(new Error('no')) });
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 0, failed: 10, left: 5 });
  });

  it('given somebody who is still told something, then they wait, and take no place', async () => {
    const options = { telling: { one: 'attendee' }, mostInARound: 1 };
    const { store, buses, clock, forgetByAge } = sealedWorld(stored, keys, options);
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    clock.set(END + DAY_MS + 1);
    expect(must(await forgetByAge(1))).toMatchObject({ forgotten: 1, left: 1, isFull: false });
    expect(await textOf(store)).toMatch(/runa@/);
    expect(await textOf(store)).not.toMatch(/ola@/);
  });

  it('given the server stops, then nobody else is begun with', async () => {
    const stopping = new AbortController();
    const { buses, clock, forgetByAge } = sealedWorld(stored, keys, { eraseInCalendars: () => stopping.abort() });
    await bookingRequested(buses, 'one', { guests: ['ola@example.net'] });
    clock.set(END + DAY_MS + 1);
    expect(must(await forgetByAge(1, stopping.signal))).toMatchObject({ forgotten: 1, left: 1 });
  });
});
