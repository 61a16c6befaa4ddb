import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { writeICalendar } from '../../../src/adapters/icalendar/write-icalendar.ts';
import { type BookingBuses, makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { RequestBookingDeps } from '../../../src/application/commands/hold-and-request.ts';
import { requestBooking } from '../../../src/application/commands/request-booking.ts';
import type { ChangeBookingDeps } from '../../../src/application/commands/change-booking.ts';
import { singleNode } from '../../../src/application/consumers/node-preference.ts';
import { composeMail } from '../../../src/application/notifications/mail/compose-mail.ts';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import { bookingSubject } from '../../../src/application/notifications/subject.ts';
import type { ConsumerGroup } from '../../../src/application/ports/consumer-groups.ts';
import type { Mail } from '../../../src/application/ports/delivery.ts';
import type { EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import { type SagaRunner, makeSagaRunner } from '../../../src/application/saga/saga-runner.ts';
import type { Host } from '../../../src/domain/bookable/host.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock, type TestClock } from '../../support/clock.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { mustRun } from '../../support/must.ts';
import { countingIdentity } from '../../application/process.helper.ts';
import { type CalendarModel, type PendingCall, makeCalendarModel } from './calendar-model.ts';

/** One for each policy: any of two calendars, all of two, none connected. */
export const hosts: ReadonlyArray<Host> = [
  { ...odd, calendarIds: ['work', 'home'] },
  { ...odd, id: 'eva', number: 2, username: 'eva', calendarIds: ['team', 'own'], acceptance: 'all-of' },
  { ...odd, id: 'kim', number: 3, username: 'kim', calendarIds: [] },
];
export const eventTypes = [intro, ask];

/** What becomes of the next append. `lost`: written, and no answer came. `refused`: not written. */
export type StoreFault = 'lost' | 'refused';

/** A message that is to be told of, until it is acknowledged or parked; kept with the position, so that a kill loses none. */
type Untold = { readonly event: RecordedEvent; readonly attempt: number };

/** What outlives the program: the log, the calendars, mailboxes, the clock on the wall, and consumers' positions. */
type Surroundings = {
  readonly store: EventStore;
  readonly clock: TestClock;
  readonly calendars: ReadonlyMap<string, CalendarModel>;
  readonly pending: PendingCall[];
  /** Mails that arrived, copies too. */
  readonly mails: Mail[];
  /** Message-IDs that the log says were sent, and those that went out once more after that. */
  readonly recordedAsSent: Set<string>;
  readonly sentAgain: string[];
  /** What the mail server says next; it takes everything once this is empty. */
  readonly mailPlan: Array<'try-later' | 'refused' | 'lost'>;
  readonly storeFaults: StoreFault[];
  readonly untold: Map<string, Untold[]>;
  /** What was thrown inside. */
  readonly rejections: string[];
  told: number;
  /** Operations on the log so far, to know when nothing goes on. */
  operations: number;
};

/** All there is: what lasts, and the run of the program that is alive. */
export type World = Surroundings & { program: Program };

/** One run of the program. */
export type Program = {
  readonly number: number;
  alive: boolean;
  readonly buses: BookingBuses;
  readonly runner: SagaRunner;
  readonly groups: ReadonlyArray<ConsumerGroup>;
  readonly request: ReturnType<typeof requestBooking>;
  readonly deps: ChangeBookingDeps;
  readonly problems: string[];
};

/** Nobody waits for it, and yet a fault in it is a fault: the next check tells. */
export const watched = (world: Surroundings, work: Promise<unknown>): void => {
  work.catch((fault: unknown) => world.rejections.push(String(fault)));
};

const never = <A>(): Promise<A> => new Promise<A>(() => undefined);

/** The log as one run of the program sees it: faults as planned, and nothing any more once it is dead. */
const seenBy = (world: Surroundings, program: () => Program): EventStore => {
  const through =
    <A>(isAppend: boolean, operation: TaskEither<StoreError, A>): TaskEither<StoreError, A> =>
    async () => {
      world.operations += 1;
      if (!program().alive) return never();
      const fault = isAppend ? world.storeFaults.shift() : undefined;
      if (fault === 'refused') return E.left({ type: 'Unavailable', reason: 'planned' });
      const result = await operation();
      world.operations += 1;
      if (!program().alive) return never();
      return fault === 'lost' && E.isRight(result) ? E.left({ type: 'OutcomeUnknown', reason: 'planned' }) : result;
    };
  const { store } = world;
  return {
    ...store,
    append: (append) =>
      through(true, async () => {
        const appended = await store.append(append)();
        const sent = append.events.flatMap(({ data: { messageId } }) =>
          typeof messageId === 'string' ? [messageId] : [],
        );
        if (E.isRight(appended)) for (const id of sent) world.recordedAsSent.add(id);
        return appended;
      }),
    appendInOrder: (appends) => through(true, store.appendInOrder(appends)),
    readStream: (...where) => through(false, store.readStream(...where)),
    readAll: (...where) => through(false, store.readAll(...where)),
  };
};

const mailerOf = (world: Surroundings, program: () => Program) => ({
  send: (mail: Mail) => async () => {
    world.operations += 1;
    if (!program().alive) return never<never>();
    if (world.recordedAsSent.has(mail.messageId)) world.sentAgain.push(mail.messageId);
    const fate = world.mailPlan.shift();
    if (fate === undefined || fate === 'lost') world.mails.push(mail);
    if (fate === undefined) return E.right(undefined);
    return E.left({ type: fate === 'refused' ? ('refused' as const) : ('try-later' as const), message: 'planned' });
  },
});

const boot = (world: Surroundings, number: number): Program => {
  const identity = countingIdentity(`run${number}`);
  const store = seenBy(world, () => program);
  const buses = makeBookingBuses({ store, identity });
  const calendars = new Map([...world.calendars].map(([id, model]) => [id, model.asSeenBy(number)]));
  const findHost = (hostId: string) => hosts.find(({ id }) => id === hostId);
  const problems: string[] = [];
  const { clock } = world;
  const signal = new AbortController().signal;
  const bookings = bookingSubject({ store, buses });
  const told = { clock, identity, leasing: null, preference: singleNode, turn: () => Promise.resolve(), signal };
  const mails = {
    clock,
    bookings,
    mailer: mailerOf(world, () => program),
    domain: 'holdfast.example',
    compose: composeMail({ domain: 'holdfast.example', writeInvitation: writeICalendar }),
    calendarLabel: (calendarId: string) => calendarId,
    links: { manage: () => null, tellGuests: () => null, host: () => null },
    findHost,
    signal,
  };
  const groups = (['guests', 'host'] as const).map((audience) =>
    notifier(
      { ...told, retry: { baseMs: 1_000, capMs: 60_000 }, jitter: () => 0, maxAttempts: 4 },
      mailChannel(mails, audience),
    ),
  );
  const requesting: RequestBookingDeps = {
    store,
    buses,
    calendars,
    clock,
    identity,
    timings: { settleWindowMs: 3_000, syncDeadlineMs: 2 * 3_600_000 },
    report: ({ where, reason }) => void problems.push(`${where}: ${reason}`),
  };
  const runner = makeSagaRunner({
    buses,
    calendars,
    conferencing: new Map(),
    findHost,
    leasing: null,
    clock,
    identity,
    retry: { baseMs: 5_000, capMs: 900_000 },
    moves: { store, allowanceMs: 300_000 },
    report: ({ where, reason }) => void problems.push(`${where}: ${reason}`),
  });
  const program: Program = {
    number,
    alive: true,
    buses,
    runner,
    groups,
    request: requestBooking(requesting),
    deps: { buses, clock, identity },
    problems,
  };
  return program;
};

export const makeWorld = (): World => {
  const pending: PendingCall[] = [];
  const ids = hosts.flatMap(({ calendarIds }) => calendarIds);
  const world: Surroundings = {
    store: makeMemoryEventStore(),
    clock: makeTestClock(epochMs('06:00')),
    calendars: new Map(ids.map((id) => [id, makeCalendarModel(id, pending)])),
    pending,
    mails: [],
    recordedAsSent: new Set<string>(),
    sentAgain: [],
    mailPlan: [],
    storeFaults: [],
    untold: new Map(),
    rejections: [],
    told: 0,
    operations: 0,
  };
  return Object.assign(world, { program: boot(world, 0) });
};

/** The program is killed and started again. `arrives`: whether each of its calls under way reaches its calendar. */
export const kill = (world: World, arrives: (index: number) => boolean): void => {
  world.program.alive = false;
  for (const [index, call] of [...world.pending].entries()) call.orphan(arrives(index));
  world.program = boot(world, world.program.number + 1);
};

/** Turns of the event loop in which nothing happened, after which nothing will before somebody does something. */
const QUIET_TURNS = 2;

/** Until all that was begun waits for a calendar, or is over. */
export const quiet = async (world: World): Promise<void> => {
  for (let turns = 0, seen = world.operations; turns < QUIET_TURNS; turns += 1) {
    await new Promise(setImmediate);
    if (world.operations !== seen) turns = 0;
    seen = world.operations;
  }
};

/** One round of telling people: what is new in the log, and what is still to be told. */
export const tell = async (world: World): Promise<void> => {
  const events = await mustRun(world.store.readAll(world.told, 10_000));
  world.told += events.length;
  for (const group of world.program.groups) {
    const untold = world.untold.get(group.name) ?? [];
    const queue = [...untold, ...events.filter(group.accepts).map((event) => ({ event, attempt: 1 }))];
    const left: Untold[] = [];
    world.untold.set(group.name, queue);
    for (const one of queue) {
      const earlier = left.filter(({ event }) => event.stream === one.event.stream).map(({ event }) => event.position);
      const verdict = await group.handle({ ...one, ...(earlier.length === 0 ? {} : { earlier }) });
      if (verdict.type === 'retry') left.push({ ...one, attempt: one.attempt + 1 });
      if (verdict.type === 'defer') left.push(one);
    }
    world.untold.set(group.name, left);
  }
};
