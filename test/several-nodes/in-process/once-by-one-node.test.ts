import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { findSlots } from '../../../src/application/queries/find-slots.ts';
import { retryAfterStart } from '../../../src/application/saga/retry-after-start.ts';
import { seeded } from '../../support/faulty-event-store.ts';
import { at } from '../../support/http-client.ts';
import { statusOf } from '../../support/log-checks.ts';
import { bookThrough, configurationFor, hostsWith } from './guests.ts';
import { makeNodes, type Nodes } from './nodes.ts';

const HOUR = 3_600_000;
const NAMES = ['a', 'b', 'c'];
const signal = new AbortController().signal;

const started = async (names: ReadonlyArray<string>): Promise<Nodes> => {
  const nodes = await makeNodes({ names, configuration: configurationFor, calendarIds: ['work'], random: seeded(5) });
  for (const name of names) await nodes.start(name);
  return nodes;
};
const workOf = (nodes: Nodes) => {
  const work = nodes.calendars.get('work');
  const [host] = hostsWith(['work']);
  const eventType = host?.eventTypes[0];
  if (work === undefined || host === undefined || eventType === undefined) throw new Error('no calendar');
  return { work, host, eventType, start: nodes.clock.now() + 24 * HOUR };
};
const typesIn = async (nodes: Nodes, stream: string) =>
  (await nodes.log()).filter((event) => event.stream === stream).map(({ type }) => type);

describe.each([[NAMES.slice(0, 2)], [NAMES]])('once, by one of nodes %j', (names) => {
  it('what failed at a calendar is tried again after a start, though all start at once', async () => {
    const nodes = await started(names);
    const { work, host, eventType, start } = workOf(nodes);
    work.always('create', { type: 'refuse', kind: 'auth-revoked' });
    const uids = ['one', 'two', 'three'];
    for (const [index, uid] of uids.entries()) {
      const wanted = { uid, host, eventType, start: start + index * HOUR };
      expect(E.isRight(await nodes.during(bookThrough(nodes.node('a'), nodes, wanted)))).toBe(true);
    }
    await nodes.passes(10_000);
    for (const name of names) nodes.kill(name);
    work.always('create', { type: 'accept' });
    const tried = work.asked('create');
    for (const name of names) await nodes.start(name);
    const startedAt = nodes.clock.now();
    const waiting = uids.map((bookingUid) => ({ calendarId: 'work', bookingUid }));
    const problems: unknown[] = [];
    await nodes.during(
      Promise.all(
        nodes.running().map(({ engine, clock }) => {
          const { buses, calendars, runner } = engine;
          const deps = { buses, calendars, runner, clock, identity: nodes.identity, signal };
          return retryAfterStart({ ...deps, report: (problem) => void problems.push(problem) })(waiting, startedAt);
        }),
      ),
    );
    await nodes.passes(HOUR);
    expect(problems).toEqual([]);
    expect(work.asked('create') - tried).toBe(uids.length);
    for (const uid of uids) {
      const types = await typesIn(nodes, `booking-${uid}`);
      expect(types.filter((type) => type === 'CalendarRetryRequested')).toHaveLength(1);
      expect(statusOf((await nodes.log()).filter(({ stream }) => stream === `booking-${uid}`))).toBe('accepted');
    }
    expect(new Set(nodes.mails.map(({ id }) => id)).size).toBe(nodes.mails.length);
  });

  it('a host is mailed what in a calendar cannot be read, though all nodes find it at once', async () => {
    const nodes = await started(names);
    const { work, host, eventType, start } = workOf(nodes);
    const window = { start, end: start + HOUR };
    work.cannotRead({ href: '/dav/odd.ics', reason: 'it has no end', blocked: [window] });
    const asked = () =>
      Promise.all(
        nodes.running().map(({ engine: { buses, calendars }, clock }) => {
          const query = { rules: { host, eventType }, window, lengthInMinutes: 30 };
          return findSlots({ buses, calendars, clock })(query, signal)();
        }),
      );
    await nodes.during(asked());
    await nodes.passes(HOUR);
    await nodes.during(asked());
    await nodes.passes(HOUR);
    const mailed = (await nodes.log()).filter(
      ({ stream, type }) => stream === 'calendar-work' && type === 'CalendarNotificationSent',
    );
    expect(mailed.map(({ data }) => at(data, 'recipient'))).toEqual([host.id]);
    expect(mailed.map(({ data }) => at(data, 'recipient'))).toEqual([host.id]);
    expect(nodes.mails.map(({ what }) => what.recipient)).toEqual([`host-${host.id}`]);
  });
});
