import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../support/faulty-event-store.ts';
import { bookingsIn } from '../../support/log-checks.ts';
import { unfinished } from '../../support/log-checks-quiet.ts';
import { bookThrough, type Change, changeThrough, configurationFor, hostsWith, SUBSCRIPTION } from './guests.ts';
import { makeNodes, type Nodes } from './nodes.ts';
import { everythingWrong } from './truths.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Where the test's clock begins. */
const BEGINS = Temporal.Instant.from('2050-09-01T00:00:00Z').epochMilliseconds;
const CALENDARS = ['work1', 'work2'];
const nowhere = { start: 0, end: 1 };

/** How each node is away for a day: stopped in order, or killed; on its own folder, or on a new one. */
const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, 'stop' | 'kill', 'own' | 'new']> = [
  ['one of two, stopped', ['a', 'b'], 'stop', 'own'],
  ['one of two, killed', ['a', 'b'], 'kill', 'own'],
  ['one of three, killed', ['a', 'b', 'c'], 'kill', 'own'],
  ['one of three, killed, its folder lost', ['a', 'b', 'c'], 'kill', 'new'],
];

const [plain, asking] = [0, 1];
/** What happens to a booking, one after the other in turn. */
const fates: ReadonlyArray<readonly [kind: number, change: Change | null]> = [
  [plain, null],
  [plain, 'cancel'],
  [asking, 'confirm'],
  [asking, 'decline'],
  [asking, null],
];

/** Books, and lets the fate of the booking happen a minute later. Half of the meetings are over within the day. */
const happens = async (nodes: Nodes, index: number): Promise<void> => {
  const [kind, change] = fates[index % fates.length] ?? [plain, null];
  const host = hostsWith(CALENDARS)[index % CALENDARS.length];
  const eventType = host?.eventTypes[kind];
  const up = nodes.running();
  const [first, second] = [up[index % up.length], up[(index + 1) % up.length]];
  if (host === undefined || eventType === undefined || first === undefined || second === undefined) throw new Error();
  const start = BEGINS + 3 * HOUR + index * 30 * MINUTE;
  const uid = `booking${index}`;
  const booked = await nodes.during(bookThrough(first, nodes, { uid, host, eventType, start }));
  expect(E.isRight(booked), JSON.stringify(booked)).toBe(true);
  await nodes.passes(MINUTE);
  if (change === null) return;
  expect(E.isRight(await nodes.during(changeThrough(second, nodes, change, uid)))).toBe(true);
};

const outside = (nodes: Nodes) => ({
  mails: nodes.mails.length,
  webhooks: nodes.webhooks.length,
  calls: [...nodes.calendars.values()].map(({ calls }) => calls.filter(({ operation }) => operation !== 'busy').length),
});

describe('a node that comes back after a day', () => {
  it.each(cases)('given %s, then it catches up and does nothing twice', async (_, names, how, folder) => {
    const nodes = await makeNodes({
      names,
      configuration: configurationFor,
      calendarIds: CALENDARS,
      random: seeded(7),
    });
    for (const name of names) await nodes.start(name);
    for (let index = 0; index < 10; index += 1) await happens(nodes, index);
    // A calendar that fails when it goes leaves retries in its hands as well.
    nodes.calendars.get('work1')?.plan('create', { type: 'refuse', kind: 'network' });
    await happens(nodes, 10);
    if (how === 'kill') nodes.kill('b');
    else await nodes.during(nodes.stop('b'));
    if (folder === 'new') nodes.loseFolder('b');

    for (let index = 11; index < 59; index += 1) {
      await happens(nodes, index);
      await nodes.passes(29 * MINUTE);
    }
    expect(unfinished(await nodes.log(), SUBSCRIPTION)).toEqual([]);
    const [before, head] = [outside(nodes), (await nodes.log()).length];
    expect(before.mails).toBeGreaterThan(59 * 2);

    const back = await nodes.start('b');
    await nodes.passes(HOUR);
    expect(outside(nodes)).toEqual(before);
    expect((await nodes.log()).length).toBe(head);
    const groups = await nodes.during(back.engine.groups.status()());
    if (E.isLeft(groups)) throw new Error(groups.left.type);
    // What the saga keeps are the bookings that wait for approval until their meeting ends.
    const open = groups.right.filter(
      ({ name, checkpoint, retrying, parked }) => checkpoint < head || parked > 0 || (name !== 'saga' && retrying > 0),
    );
    expect(open).toEqual([]);

    // It takes its part again, and everybody agrees.
    for (let index = 59; index < 69; index += 1) await happens(nodes, index);
    await nodes.passes(14 * HOUR);
    const log = await nodes.log();
    expect(await everythingWrong(nodes, [], nowhere)).toEqual([]);
    expect(new Set(bookingsIn(log).map(({ status }) => status))).toEqual(
      new Set(['accepted', 'cancelled', 'rejected']),
    );
    const ids = (came: ReadonlyArray<{ readonly id: string }>) => new Set(came.map(({ id }) => id)).size;
    expect([ids(nodes.mails), ids(nodes.webhooks)]).toEqual([nodes.mails.length, nodes.webhooks.length]);
    const leased = log.slice(head).filter(({ type, data }) => type === 'EffectLeased' && data.node === 'b');
    expect(leased.length).toBeGreaterThan(0);
  });
});
