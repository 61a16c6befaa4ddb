import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../src/application/ports/calendar.ts';
import type { SlotQuery } from '../../../src/application/queries/find-slots.ts';
import { sharingSlots } from '../../../src/application/queries/find-slots.ts';
import { endpointsOf } from '../../../src/http/app.ts';
import type { Load } from '../../../src/http/transport/endpoint.ts';
import { loadBounds, makeAdmission, makeHostAdmission, MOST_PER_HOST } from '../../../src/http/transport/overload.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { must } from '../../support/must.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const loads: ReadonlyArray<Exclude<Load, 'health'>> = ['search', 'read', 'command'];

describe('places for requests', () => {
  test.each(loads)('given as many of %s as are served at once, then the next has a place when one leaves', (load) => {
    const admission = makeAdmission(() => 0);
    const places = Array.from({ length: loadBounds[load].inHand }, () => admission(load));
    expect(places).not.toContain(null);
    expect(admission(load)).toBeNull();
    expect(admission('health')).not.toBeNull();
    places[0]?.();
    expect(admission(load)).not.toBeNull();
  });

  test('given a loop that is late, then slots and lists go first, then reads, then commands, health never', () => {
    let late = 0;
    const admission = makeAdmission(() => late);
    const served = (): ReadonlyArray<Load> => [...loads, 'health' as const].filter((load) => admission(load) !== null);
    for (const load of loads) for (let i = 0; i < loadBounds[load].crowd; i += 1) admission(load);
    const seen = [0, 100, 300, 1_000].map((ms) => {
      late = ms;
      return served();
    });
    expect(seen).toEqual([
      ['search', 'read', 'command', 'health'],
      ['read', 'command', 'health'],
      ['command', 'health'],
      ['health'],
    ]);
  });

  test('given a late loop and nobody else there, then a request is served: something else makes it late', () => {
    const admission = makeAdmission(() => 60_000);
    expect(loads.map((load) => admission(load) === null)).toEqual([false, false, false]);
  });

  test('given a host with as many as one host may have, then another host is served', () => {
    const admission = makeHostAdmission(2);
    const first = [admission('a'), admission('a')];
    expect([admission('a'), admission('b') === null]).toEqual([null, false]);
    first[0]?.();
    expect(admission('a')).not.toBeNull();
  });

  test('every route that costs a search or a list is refused first, and health never', async () => {
    const { deps } = await started();
    const of = (load: Load) =>
      endpointsOf(deps)
        .filter((endpoint) => endpoint.load === load)
        .map(({ path }) => path);
    expect(of('health')).toEqual(['/health/live', '/health/ready']);
    expect(of('search')).toEqual(expect.arrayContaining(['/v2/slots', '/v2/bookings']));
    expect(endpointsOf(deps).filter(({ method, load }) => method === 'post' && load !== 'command')).toEqual([]);
  });
});

const epochMs = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

const slotsPath = '/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05';

/** Slot queries that wait until they are let go. */
const stalledSlots = () => {
  const { promise, resolve } = Promise.withResolvers<E.Either<never, ReadonlyArray<never>>>();
  let asked = 0;
  return {
    find: () => () => {
      asked += 1;
      return promise;
    },
    asked: () => asked,
    letGo: () => resolve(E.right([])),
  };
};

describe('what a caller sees', () => {
  test('given a host whose slots all wait, then the next query is 503 with Retry-After, and it is booked', async () => {
    const slots = stalledSlots();
    const app = await started({ ...plain, deps: { findSlots: slots.find } });
    const waiting = Array.from({ length: MOST_PER_HOST.slots }, () => app.get(slotsPath));
    await expect.poll(slots.asked).toBe(MOST_PER_HOST.slots);
    const refused = await app.get(slotsPath);
    expectError(refused, 503, 'overloaded');
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await app.post('/v2/bookings', introBody())).status).toBe(201);
    slots.letGo();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200));
  });

  test('given a loop that is late and a crowd, then a search waits a moment and is 503, health answers', async () => {
    const slots = stalledSlots();
    const app = await started({ ...plain, deps: { findSlots: slots.find, loopDelayMs: () => 100 } });
    const waiting = Array.from({ length: loadBounds.search.crowd }, () => app.get(slotsPath));
    await expect.poll(slots.asked).toBe(loadBounds.search.crowd);
    expectError(await app.get(slotsPath), 503, 'overloaded');
    expect(app.logged.filter(({ type }) => type === 'overloaded')).toEqual([{ type: 'overloaded', refused: 1 }]);
    expect((await app.get('/health/ready')).status).toBe(200);
    slots.letGo();
    await Promise.all(waiting);
    expect((await app.get(slotsPath)).status).toBe(200);
  });
});

describe('equal slot queries that come together', () => {
  // Only what tells queries apart is looked at.
  const query = (start: number): SlotQuery => ({
    rules: { host: odd, eventType: intro },
    window: { start, end: 10 },
    lengthInMinutes: 30,
  });

  test('share one computation, others have their own, and a later one is computed anew', async () => {
    const slots = stalledSlots();
    const find = sharingSlots(slots.find);
    const signal = new AbortController().signal;
    const first = [find(query(1), signal)(), find(query(1), signal)(), find(query(2), signal)()];
    expect(slots.asked()).toBe(2);
    slots.letGo();
    await Promise.all(first);
    await find(query(1), signal)();
    expect(slots.asked()).toBe(3);
  });

  test('given the first asker goes, then the others have their answer; given all go, then the work ends', async () => {
    const aborted: Array<boolean> = [];
    const { promise, resolve } = Promise.withResolvers<E.Either<never, ReadonlyArray<never>>>();
    const find = sharingSlots((_query, signal) => () => {
      signal.addEventListener('abort', () => aborted.push(true));
      return promise;
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = [find(query(1), one.signal)(), find(query(1), two.signal)()];
    one.abort();
    expect(aborted).toEqual([]);
    two.abort();
    expect(aborted).toEqual([true]);
    resolve(E.right([]));
    await Promise.all(answers);
  });

  test('given a booking while the calendar is read, when it is asked again, then its slot is not shown', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const { promise: stalled, resolve: goOn } = Promise.withResolvers<void>();
    let readings = 0;
    const busy: Calendar['busy'] = (window, except, signal) => async () => {
      readings += 1;
      const isFirst = readings === 1;
      const answer = await work.calendar.busy(window, except, signal)();
      if (isFirst) await stalled;
      return answer;
    };
    const calendar = { ...work.calendar, busy };
    const app = await started({ hosts: [odd], calendars: [calendar] });
    const monday = { start: epochMs('2050-09-05T00:00Z'), end: epochMs('2050-09-06T00:00Z') };
    const wanted = { rules: { host: odd, eventType: intro }, window: monday, lengthInMinutes: 30 };
    const ask = () => app.deps.findSlots(wanted, new AbortController().signal)();

    const first = ask();
    await expect.poll(() => readings).toBe(1);
    await booked(app, introBody());
    await app.settled();
    const second = ask();
    goOn();

    const starts = must(await second).map(({ start }) => start);
    expect(starts.length).toBeGreaterThan(5);
    expect(starts).not.toContain(epochMs(introBody().start));
    expect(await first).toEqual(await second);
    expect(readings).toBe(2);
  });
});
