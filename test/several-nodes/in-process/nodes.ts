import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { appendTo, readInstallation } from '../../../src/adapters/event-store/eventstoredb/installation.ts';
import type { Configuration } from '../../../src/adapters/configuration/configuration.ts';
import { noteRules } from '../../../src/application/installation/note-configuration.ts';
import type { ConsumerState } from '../../../src/application/consumers/consumer-state.ts';
import type { Clock } from '../../../src/application/ports/clock-and-ids.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { CalendarWatching } from '../../../src/application/watching/calendar-watching.ts';
import { type Engine, startEngine } from '../../../src/composition/engine.ts';
import { startWatching } from '../../../src/composition/start-watching.ts';
import { makeTestClock } from '../../support/clock.ts';
import { bookingsIn, isLive, type Log } from '../../support/log-checks.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { must, mustRun } from '../../support/must.ts';
import { type ScriptedCalendar, scriptedCalendar } from '../../support/scripted-calendar.ts';
import { clockOf, type Door, folderOf, type LogFates, logOf, makeDoor, well } from './door.ts';
import { calendarOf, type OutsideFates, receivers } from './outside.ts';

export const LEASE_MS = 15_000;
const SECRET = new Uint8Array(32);

/** A node that runs: the engine of the real program, with everything outside its process behind its door. */
export type Node = {
  readonly door: Door;
  readonly engine: Engine;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly watching: CalendarWatching;
};

export type Fates = { readonly log: LogFates; readonly outside: OutsideFates };

/** Every call takes a moment and is answered. */
export const allWell: Fates = {
  log: { isAway: () => false, next: () => well(2) },
  outside: { calendar: () => well(100), mail: () => well(100), webhook: () => well(50) },
};

/** Some turns of the event loop: what is not done by then waits for the clock. */
const TURNS = 4;
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

type Options = {
  /** Those that have joined the installation, whether they run or not. */
  readonly names: ReadonlyArray<string>;
  readonly configuration: (calendarIds: ReadonlyArray<string>) => Configuration;
  readonly calendarIds: ReadonlyArray<string>;
  /** For ids and jitter. */
  readonly random: () => number;
  readonly fates?: (name: string) => Fates;
  readonly skewMs?: (name: string) => number;
  /** Nodes look for what people do in the calendars. */
  readonly isWatched?: true;
};

/**
 * Several nodes in one process, on one log in memory and one clock that is turned by hand: whole engines, with calendars, a
 * mail server and a subscriber that are stand-ins. A day passes in a second.
 */
export const makeNodes = async ({
  names,
  configuration,
  calendarIds,
  random,
  fates = () => allWell,
  skewMs = () => 0,
  isWatched,
}: Options) => {
  const clock = makeTestClock();
  const base = makeMemoryEventStore();
  const ownStreams = memoryOwnStreams();
  const calendars = new Map<string, ScriptedCalendar>(
    calendarIds.map((calendarId) => [
      calendarId,
      scriptedCalendar({ calendarId, ...(isWatched === undefined ? {} : { isWatched }) }),
    ]),
  );
  const joined = names.map((node) => ({ type: 'NodeJoined', data: { node, folder: `folder of ${node}` } }) as const);
  must(await appendTo(ownStreams, must(await readInstallation(ownStreams)), joined));
  const outside = receivers(clock.now);
  const folders = new Map<string, ConsumerState>();
  const running = new Map<string, Node>();
  const killed = new Map<number, number>();
  const stopping = new Set<string>();
  const problems: string[] = [];
  let runs = 0;
  let ids = 0;

  const identity = {
    sha256: sha256Hex,
    eventId: deterministicId,
    newCommandId: () => `command-${(ids += 1)}`,
    newSalt: () => `salt-${(ids += 1)}`,
    jitter: random,
  };

  /** In place of a read model: those that the log has as accepted there. */
  const watchedBookings =
    (calendarId: string): TE.TaskEither<never, ReadonlyArray<string>> =>
    async () =>
      E.right(
        bookingsIn(await mustRun(base.readAll(0, 1_000_000))).flatMap(({ uid, events, status, calendarIds: ids }) =>
          ids.includes(calendarId) && isLive({ status }) && events.some(({ type }) => type === 'BookingAccepted')
            ? [uid]
            : [],
        ),
      );

  const start = async (name: string): Promise<Node> => {
    if (running.has(name) || stopping.has(name)) throw new Error(`${name} runs already`);
    runs += 1;
    const door = makeDoor(name, runs, clock);
    const { log, outside: calls } = fates(name);
    const store = logOf(base, door, log);
    const own = clockOf(clock, door, skewMs(name));
    const folder = folders.get(name) ?? makeMemoryConsumerState();
    folders.set(name, folder);
    const settings = configuration(calendarIds);
    const connected = new Map([...calendars].map(([id, { calendar }]) => [id, calendarOf(calendar, door, calls)]));
    const engine = await startEngine({
      isBusy: () => false,
      configuration: settings,
      storage: {
        store,
        eventStoreDb: { ownStreams },
        subjectKeys: null,
        consumerState: folderOf(folder, door),
        snapshots: { find: async () => null, part: async () => null, save: async () => undefined },
        deliveries: { record: () => TE.right(undefined), list: () => TE.right({ attempts: [], next: null }) },
      },
      connected: () => connected,
      current: () => settings,
      tried: () => new Map(),
      onCalendarBack: () => undefined,
      conferencing: new Map(),
      mailer: outside.mailerFor(door, calls),
      webhooks: outside.senderFor(door, calls),
      clock: own,
      identity,
      links: { manage: () => null, tellGuests: () => null, host: () => null },
      allowPrivateAddresses: false,
      report: ({ where, reason }) => void problems.push(`${name} ${where}: ${reason}`),
      leasing: { node: name, leaseMs: LEASE_MS },
    });
    const watching = startWatching({
      configuration: settings,
      current: () => settings,
      calendars: connected,
      // What it reads is never behind.
      store: base,
      reader: { watchedBookings, waitFor: async () => true },
      secret: SECRET,
      sightings: { sighting: () => null, noteSighting: () => undefined },
      buses: engine.buses,
      clock: own,
      identity,
      leasing: { node: name, leaseMs: LEASE_MS },
      report: ({ where, reason }) => void problems.push(`${name} ${where}: ${reason}`),
    });
    const rules = noteRules({
      buses: engine.buses,
      clock: own,
      identity,
      report: ({ where, reason }) => void problems.push(`${name} ${where}: ${reason}`),
      signal: new AbortController().signal,
    });
    // Not waited for: the log may be away, and time stands still.
    rules(settings.hosts).catch((fault: unknown) => problems.push(`${name} rules: ${String(fault)}`));
    const node = { door, engine, store, clock: own, watching };
    running.set(name, node);
    return node;
  };

  /** Time passes, from one timer to the next. */
  const passUntil = async (epochMs: number): Promise<void> => {
    await settled();
    for (let due = clock.next(); due !== undefined && due <= epochMs; due = clock.next()) {
      clock.advance(Math.max(0, due - clock.now()));
      await settled();
    }
    clock.set(epochMs);
  };
  /** Time passes until it is done. */
  const during = async <A>(task: Promise<A>): Promise<A> => {
    let isOver = false;
    const over = task.finally(() => (isOver = true));
    over.catch(() => undefined);
    await settled();
    while (!isOver) {
      const due = clock.next();
      if (due === undefined) throw new Error('it waits for what will never come');
      clock.advance(Math.max(0, due - clock.now()));
      await settled();
    }
    return over;
  };
  const of = (name: string): Node => {
    const node = running.get(name);
    if (node === undefined) throw new Error(`node ${name} does not run`);
    return node;
  };

  return {
    clock,
    identity,
    calendars,
    ...outside,
    /** When runs of nodes were killed, epoch ms by run; those that were stopped in order are not in it. */
    killed: killed as ReadonlyMap<number, number>,
    problems,
    start,
    node: of,
    running: (): ReadonlyArray<Node> => [...running.values()],
    kill: (name: string): void => {
      const { door } = of(name);
      door.kill();
      killed.set(door.run, clock.now());
      running.delete(name);
    },
    /** As long as it stops its data folder is locked, and it cannot start. */
    isStopping: (name: string): boolean => stopping.has(name),
    /** In order: what it has in hand is finished. Takes time. */
    stop: async (name: string): Promise<void> => {
      const { door, engine, watching } = of(name);
      running.delete(name);
      stopping.add(name);
      await watching.stop();
      await engine.stop();
      stopping.delete(name);
      door.kill();
    },
    /** The next start of the node is on an empty data folder. */
    loseFolder: (name: string): void => void folders.delete(name),
    passes: (ms: number): Promise<void> => passUntil(clock.now() + ms),
    during,
    pause: (ms: number): Promise<void> => new Promise((resolve) => void clock.at(clock.now() + ms, resolve)),
    log: (): Promise<Log> => mustRun(base.readAll(0, 1_000_000)),
  };
};

export type Nodes = Awaited<ReturnType<typeof makeNodes>>;
