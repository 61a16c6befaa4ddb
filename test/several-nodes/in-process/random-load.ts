import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../../src/domain/bookable/host.ts';
import type { Acknowledged } from '../../support/log-checks-outside.ts';
import { toInstant } from '../../../src/domain/time/time.ts';
import { at } from '../../support/http-client.ts';
import type { Log } from '../../support/log-checks.ts';
import { type Fate, well } from './door.ts';
import { acknowledged, bookThrough, changeThrough } from './guests.ts';
import type { Fates, Node, Nodes } from './nodes.ts';

/** Milliseconds of load and faults; each node is cut off from the log for no longer than a third of a lease. */
const LOAD_MS = 60_000;
const LONGEST_OUTAGE_MS = 4_000;
/** Half-hour slots that guests want: few enough to clash. */
const SLOTS = 8;
const GUESTS = 6;
/** A guest whose request is not answered by then asks again, elsewhere. */
const PATIENCE_MS = 10_000;
const MOST_TRIES = 12;

const EDITS = ['delete', 'move', 'title'] as const;
/** What a person did to the event of a booking, and when, epoch ms. */
export type Edited = { readonly uid: string; readonly edit: (typeof EDITS)[number]; readonly at: number };
type BookingEvents = Log;

export type Random = () => number;
const within = (random: Random, least: number, most: number): number => least + Math.floor(random() * (most - least));

/** `away`: until when a node is cut off from the log, epoch ms. `isOver`: from then on all is well. */
export type Faults = { readonly away: Map<string, number>; isOver: boolean };

const fateOf = (random: Random, { isOver }: Faults, usualMs: number, loss: number): Fate => {
  const ms = usualMs / 2 + random() * usualMs;
  const chance = random();
  if (isOver || chance > 3 * loss) return well(ms);
  // A third each: it is slow, it never arrives, its answer is lost.
  if (chance > 2 * loss) return well(ms * 10);
  return { ms, arrives: chance > loss, isAnswered: false };
};

export const randomFates =
  (random: Random, faults: Faults, now: () => number) =>
  (name: string): Fates => ({
    log: { isAway: () => now() < (faults.away.get(name) ?? 0), next: () => fateOf(random, faults, 4, 0.01) },
    outside: {
      calendar: () => fateOf(random, faults, 120, 0.04),
      // What was taken and not acknowledged comes again: only what never arrives may be counted on to come once.
      mail: () => ({ ...fateOf(random, faults, 150, 0), arrives: faults.isOver || random() > 0.08 }),
      webhook: () => ({ ...fateOf(random, faults, 60, 0), arrives: faults.isOver || random() > 0.08 }),
    },
  });

/** Runs the load against the nodes while things go wrong; when it is over every node runs and all is well. */
export const randomLoad = async (
  nodes: Nodes,
  hosts: ReadonlyArray<Host>,
  names: ReadonlyArray<string>,
  faults: Faults,
  random: Random,
): Promise<{ readonly told: ReadonlyArray<Acknowledged>; readonly edits: ReadonlyArray<Edited> }> => {
  const { clock, pause } = nodes;
  const until = clock.now() + LOAD_MS;
  const first = clock.now() + 86_400_000;
  const told: Acknowledged[] = [];
  const edits: Edited[] = [];
  const starts = new Map<string, number>();
  const pick = <A>(items: ReadonlyArray<A>): A | undefined => items[Math.floor(random() * items.length)];

  /** Asks one node after the other until one of them says yes or no. */
  const asked = async <A>(ask: (node: Node) => Promise<E.Either<{ readonly type: string }, A>>): Promise<A | null> => {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const node = pick(nodes.running());
      const late = pause(PATIENCE_MS).then(() => null);
      const answer = node === undefined ? null : await Promise.race([ask(node), late]);
      if (answer !== null && E.isRight(answer)) return answer.right;
      if (answer !== null && ['SlotRefused', 'Refused', 'KeyReused'].includes(answer.left.type)) return null;
      await pause(within(random, 100, 1_000));
    }
    return null;
  };
  /** Once it is written in full the program has nothing more to write there: a person may have it. */
  const confirmed = async (uid: string): Promise<BookingEvents | null> => {
    for (let look = 0; look < MOST_TRIES; look += 1) {
      const events = (await nodes.log()).filter(({ stream }) => stream === `booking-${uid}`);
      const isAccepted = events.some(({ type }) => type === 'BookingAccepted');
      const isWritten = events.some(
        ({ type, data }) => type === 'CalendarEventConfirmed' || at(data, 'status') === 'confirmed',
      );
      if (isAccepted && isWritten) return events;
      await pause(5_000);
    }
    return null;
  };
  /** A person deletes the event, drags it to a time that nobody else wants, gives it another title, or leaves it alone. */
  const edit = async (uid: string): Promise<void> => {
    const kind = EDITS[Math.floor(random() * (EDITS.length + 1))];
    const events = await confirmed(uid);
    if (kind === undefined || events === null) return;
    const requested = events.find(({ type }) => type === 'BookingRequested')?.data ?? {};
    const calendar = nodes.calendars.get(String(at(requested, 'calendars', 0, 'calendarId')));
    const icsUid = String(at(requested, 'icsUid'));
    const start = first + 86_400_000 + edits.length * 3_600_000;
    if (kind === 'delete') calendar?.removeByHand(icsUid);
    if (kind === 'title') calendar?.editByHand(icsUid, { summary: 'Coffee' });
    if (kind === 'move') calendar?.editByHand(icsUid, { start: toInstant(start), end: toInstant(start + 1_800_000) });
    edits.push({ uid, edit: kind, at: clock.now() });
  };
  const guest = async (number: number): Promise<void> => {
    for (let turn = 0; clock.now() < until; turn += 1) {
      await pause(within(random, 500, 4_000));
      const uid = `booking${number}x${turn}`;
      const [host, slot] = [pick(hosts), within(random, 0, SLOTS)];
      const eventType = host?.eventTypes[random() < 0.75 ? 0 : 1];
      if (host === undefined || eventType === undefined) return;
      const start = first + slot * 1_800_000;
      starts.set(uid, start);
      const booked = await asked((node) => bookThrough(node, nodes, { uid, host, eventType, start }));
      if (booked === null) continue;
      told.push(acknowledged('book', uid, start, booked));
      const fate = random();
      const change =
        eventType === host.eventTypes[1] ? (fate < 0.6 ? 'confirm' : 'decline') : fate < 0.5 ? 'cancel' : null;
      if (change === null) {
        if (eventType === host.eventTypes[0]) await edit(uid);
        continue;
      }
      await pause(within(random, 0, 3_000));
      const changed = await asked((node) => changeThrough(node, nodes, change, uid));
      if (changed !== null) told.push(acknowledged(change, uid, start, changed));
    }
  };
  const misfortune = async (): Promise<void> => {
    while (clock.now() < until) {
      await pause(within(random, 1_000, 9_000));
      const name = pick(names);
      if (name === undefined) return;
      const isRunning = nodes.running().some(({ door }) => door.name === name);
      const kind = random();
      if (nodes.isStopping(name)) continue;
      if (!isRunning) await nodes.start(name);
      else if (kind < 0.35) nodes.kill(name);
      else if (kind < 0.5) await nodes.stop(name);
      else faults.away.set(name, clock.now() + within(random, 200, LONGEST_OUTAGE_MS));
    }
  };
  await nodes.during(
    Promise.all([misfortune(), misfortune(), ...Array.from({ length: GUESTS }, (_, number) => guest(number))]),
  );
  faults.isOver = true;
  faults.away.clear();
  for (const name of names) if (!nodes.running().some(({ door }) => door.name === name)) await nodes.start(name);
  return { told, edits };
};
