import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { findSlots } from '../../../src/application/queries/find-slots.ts';
import { seeded } from '../../support/faulty-event-store.ts';
import { foundLate, wrongAfterEdits } from '../../crash/after-edits.ts';
import { isFact, type Log, type Violations } from '../../support/log-checks.ts';
import { unfinished } from '../../support/log-checks-quiet.ts';
import { bookThrough, configurationFor, hostsWith, SUBSCRIPTION } from './guests.ts';
import { makeNodes, type Nodes } from './nodes.ts';
import { type Edited, type Faults, randomFates, randomLoad } from './random-load.ts';
import { everythingWrong } from './truths.ts';

/** HOLDFAST_FAULT_SEED repeats one run; HOLDFAST_FAULT_SEEDS makes so many, from 1 on. */
const { HOLDFAST_FAULT_SEED, HOLDFAST_FAULT_SEEDS = '12' } = process.env;
const SEEDS =
  HOLDFAST_FAULT_SEED === undefined
    ? Array.from({ length: Number(HOLDFAST_FAULT_SEEDS) }, (_, index) => index + 1)
    : [Number(HOLDFAST_FAULT_SEED)];
const CALENDARS = ['work1', 'work2'];
/** Odd seeds: two nodes; even ones: three. */
const namesFor = (seed: number): ReadonlyArray<string> => (seed % 2 === 1 ? ['a', 'b'] : ['a', 'b', 'c']);
const namesOf = (nodes: Nodes): ReadonlyArray<string> => nodes.running().map(({ door }) => door.name);
const MINUTE = 60_000;
/** What docs/guarantees.md states, and as long again as the lease of a node that died. */
const DELAY_MS = (5 * 1.1 + 0.5 + 3 * 5) * MINUTE;

/** What people did and nobody has noticed yet. A title is the host's own business. */
const unnoticed = (log: Log, edits: ReadonlyArray<Edited>): ReadonlyArray<string> => {
  const noticed = new Set(log.filter(isFact).map(({ stream }) => stream));
  return edits.flatMap(({ uid, edit }) => (edit === 'title' || noticed.has(`booking-${uid}`) ? [] : [uid]));
};

/** Waits until nothing is left to be done, and all that people did is noticed, half an hour at most. */
const rests = async (nodes: Nodes, edits: ReadonlyArray<Edited> = []): Promise<void> => {
  const until = nodes.clock.now() + 30 * MINUTE;
  const isOpen = async () => {
    const log = await nodes.log();
    return unfinished(log, SUBSCRIPTION).length > 0 || unnoticed(log, edits).length > 0;
  };
  while (nodes.clock.now() < until && (await isOpen())) await nodes.passes(5_000);
  await nodes.passes(MINUTE);
};

const counts = async (nodes: Nodes) => [
  // Who watches a calendar is agreed upon again and again.
  (await nodes.log()).filter(({ type }) => type !== 'CalendarEffectLeased').length,
  nodes.mails.length,
  nodes.webhooks.length,
  ...[...nodes.calendars.values()].map(({ calls }) => calls.filter(({ operation }) => operation !== 'busy').length),
];

/** I7 in part: nodes that start again on their folders, and a new one, do nothing that is done. */
const wrongAfterRestart = async (nodes: Nodes): Promise<Violations> => {
  const before = await counts(nodes);
  for (const name of namesOf(nodes)) {
    await nodes.during(nodes.stop(name));
    await nodes.start(name);
  }
  await nodes.passes(10 * MINUTE);
  const after = await counts(nodes);
  return JSON.stringify(after) === JSON.stringify(before) ? [] : [`a restart did something: ${before} became ${after}`];
};

/** I5: each request again, at another node, is answered with what it made. I11: what is offered everywhere can be booked. */
const wrongAnswers = async (nodes: Nodes, uids: ReadonlyArray<readonly [string, number]>): Promise<Violations> => {
  const wrong: string[] = [];
  const hosts = hostsWith(CALENDARS);
  const names = namesOf(nodes);
  const before = (await nodes.log()).length;
  const requested = new Map(
    (await nodes.log()).filter(({ type }) => type === 'BookingRequested').map((event) => [event.stream, event]),
  );
  for (const [index, [uid, start]] of uids.entries()) {
    const node = nodes.node(names[index % names.length] ?? 'a');
    const { hostId, eventTypeId } = (requested.get(`booking-${uid}`)?.data ?? {}) as Record<string, unknown>;
    const host = hosts.find(({ id }) => id === hostId);
    const eventType = host?.eventTypes.find(({ id }) => id === eventTypeId);
    if (host === undefined || eventType === undefined) throw new Error(`${uid} is not in the log`);
    const again = await nodes.during(bookThrough(node, nodes, { uid, host, eventType, start }));
    if (E.isLeft(again) || !again.right.repeated) wrong.push(`${uid} again: ${JSON.stringify(again)}`);
  }
  const repeats = (await nodes.log()).length - before;
  if (repeats > 0) wrong.push(`the same requests again wrote ${repeats} events`);
  for (const host of hosts) {
    const [eventType] = host.eventTypes;
    if (eventType === undefined) throw new Error('no event type');
    const from = nodes.clock.now() + 86_400_000;
    const query = { rules: { host, eventType }, window: { start: from, end: from + 86_400_000 }, lengthInMinutes: 30 };
    const offers = await nodes.during(
      Promise.all(
        nodes
          .running()
          .map(({ engine, clock }) =>
            findSlots({ buses: engine.buses, calendars: engine.calendars, clock })(
              query,
              new AbortController().signal,
            )(),
          ),
      ),
    );
    if (new Set(offers.map((offer) => JSON.stringify(offer))).size !== 1)
      wrong.push(`${host.id}: nodes offer different slots`);
    const [offer] = offers;
    const slot = offer !== undefined && E.isRight(offer) ? offer.right[0] : undefined;
    if (slot === undefined) wrong.push(`${host.id}: nothing is offered`);
    else {
      const wanted = { uid: `offered${host.id}`, host, eventType, start: slot.start };
      const booked = await nodes.during(bookThrough(nodes.node('b'), nodes, wanted));
      if (E.isLeft(booked)) wrong.push(`${host.id}: what is offered cannot be booked: ${JSON.stringify(booked)}`);
    }
  }
  await rests(nodes);
  return wrong;
};

const run = async (seed: number): Promise<{ readonly wrong: Violations; readonly summary: string }> => {
  const random = seeded(seed);
  const faults: Faults = { away: new Map(), isOver: false };
  let now = (): number => 0;
  const names = namesFor(seed);
  const nodes = await makeNodes({
    names,
    configuration: configurationFor,
    calendarIds: CALENDARS,
    isWatched: true,
    random,
    fates: randomFates(random, faults, () => now()),
  });
  now = nodes.clock.now;
  const first = now() + 86_400_000;
  const taken = { start: first + 90 * MINUTE, end: first + 120 * MINUTE };
  for (const calendar of nodes.calendars.values()) calendar.addForeign(taken);
  for (const name of names) await nodes.start(name);
  const { told, edits } = await randomLoad(nodes, hostsWith(CALENDARS), names, faults, random);
  const quietSince = nodes.clock.now();
  await rests(nodes, edits);
  const booked = told.flatMap(({ what, uid, start }) =>
    what === 'book' ? [[uid, Temporal.Instant.from(start).epochMilliseconds] as const] : [],
  );
  const wrong = [
    ...(await everythingWrong(nodes, told, taken)),
    ...wrongAfterEdits(await nodes.log(), edits),
    ...foundLate(await nodes.log(), edits, quietSince, DELAY_MS),
    ...(await wrongAfterRestart(nodes)),
    ...(await wrongAnswers(nodes, booked)),
    ...(await everythingWrong(nodes, told, taken)),
  ];
  const summary = `${names.length} nodes, ${booked.length} bookings, ${edits.length} edits by hand, ${nodes.killed.size} kills, ${(await nodes.log()).length} events, ${nodes.mails.length} mails`;
  return { wrong: [...new Set(wrong)], summary };
};

describe('two and three nodes in one process, with random faults', () => {
  it.each(SEEDS)('keep every promise, and do everything once (HOLDFAST_FAULT_SEED=%i)', async (seed) => {
    const { wrong, summary } = await run(seed);
    console.info(`random faults: HOLDFAST_FAULT_SEED=${seed}: ${summary}`);
    expect(wrong).toEqual([]);
  });
});
