import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { ALL_EFFECTS } from '../../../src/domain/booking/lease.ts';
import { seeded } from '../../support/faulty-event-store.ts';
import { at } from '../../support/http-client.ts';
import { unfinished } from '../../support/log-checks-quiet.ts';
import { well } from './door.ts';
import { bookThrough, configurationFor, hostsWith, SUBSCRIPTION } from './guests.ts';
import { allWell, LEASE_MS, makeNodes } from './nodes.ts';

/** So long that the lease is renewed in between. */
const LONG_MS = 60_000;
/** Milliseconds from the first lease to the kill: just taken, and just renewed, which is when the most of it is left. */
const MOMENTS = [0, 6_200];
const EFFECTS = ['calendar ', 'mail-guests ', 'mail-host ', `webhook-${SUBSCRIPTION} `];

/** Kills the node that is at the effect, and others, and answers how long it takes until a node that lives is. */
const takenOverAfter = async (names: ReadonlyArray<string>, dead: number, effect: string, moment: number) => {
  let isLong = true;
  const lasts = (ms: number) => well(isLong ? LONG_MS : ms);
  const nodes = await makeNodes({
    names,
    configuration: configurationFor,
    calendarIds: ['work'],
    random: seeded(moment),
    fates: () => ({
      log: allWell.log,
      outside: {
        calendar: (isRead) => (isRead ? well(10) : lasts(100)),
        mail: () => lasts(100),
        webhook: () => lasts(50),
      },
    }),
  });
  for (const name of names) await nodes.start(name);
  const [host] = hostsWith(['work']);
  const [eventType] = host?.eventTypes ?? [];
  if (host === undefined || eventType === undefined) throw new Error('no host');
  const start = nodes.clock.now() + 86_400_000;
  const uid = `booking${EFFECTS.indexOf(effect)}${moment}${dead}`;
  const booked = await nodes.during(bookThrough(nodes.node('a'), nodes, { uid, host, eventType, start }));
  expect(E.isRight(booked)).toBe(true);
  const leases = async () =>
    (await nodes.log()).filter(({ type, data }) => {
      const leased = String(at(data, 'effect'));
      return type === 'EffectLeased' && (leased === ALL_EFFECTS || leased.startsWith(effect));
    });
  while ((await leases()).length === 0) await nodes.passes(200);
  await nodes.passes(moment);
  const holder = String(at((await leases()).at(-1)?.data ?? null, 'node'));
  for (const name of [holder, ...names.filter((name) => name !== holder)].slice(0, dead)) nodes.kill(name);
  const [killedAt, before] = [nodes.clock.now(), (await leases()).length];
  isLong = false;
  while ((await leases()).length === before && nodes.clock.now() - killedAt < 3 * LEASE_MS) await nodes.passes(200);
  const after = nodes.clock.now() - killedAt;
  await nodes.passes(60_000);
  expect(unfinished(await nodes.log(), SUBSCRIPTION)).toEqual([]);
  return after;
};

const cases: ReadonlyArray<readonly [nodes: ReadonlyArray<string>, dead: number]> = [
  [['a', 'b'], 1],
  [['a', 'b', 'c'], 1],
  [['a', 'b', 'c'], 2],
];

describe('what a dead node was doing', () => {
  it.each(cases)('given nodes %j, of which %i die, then it is taken over within one lease', async (names, dead) => {
    const measured: number[] = [];
    for (const effect of EFFECTS)
      for (const moment of MOMENTS) measured.push(await takenOverAfter(names, dead, effect, moment));
    const longest = Math.max(...measured);
    console.info(`taken over after at most ${longest} ms, lease ${LEASE_MS} ms, ${dead} of ${names.length} dead`);
    expect(Math.min(...measured)).toBeGreaterThan(LEASE_MS / 2);
    expect(longest).toBeLessThanOrEqual(LEASE_MS);
  });
});
