import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { writeICalendar } from '../../../src/adapters/icalendar/write-icalendar.ts';
import { type BookingBuses, makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { RequestBookingDeps } from '../../../src/application/commands/hold-and-request.ts';
import { requestBooking } from '../../../src/application/commands/request-booking.ts';
import type { ChangeBookingDeps } from '../../../src/application/commands/change-booking.ts';
import { singleNode } from '../../../src/application/consumers/node-preference.ts';
import { rescheduleBooking } from '../../../src/application/commands/reschedule-booking.ts';
import { composeMail } from '../../../src/application/notifications/mail/compose-mail.ts';
import { mailChannel } from '../../../src/application/notifications/mail-channels.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import { bookingSubject } from '../../../src/application/notifications/subject.ts';
import type { ConsumerGroup } from '../../../src/application/ports/consumer-groups.ts';
import { type SagaRunner, makeSagaRunner } from '../../../src/application/saga/saga-runner.ts';
import type { Host } from '../../../src/domain/bookable/host.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { mustRun } from '../../support/must.ts';
import { countingIdentity } from '../../application/process.helper.ts';
import { mailerOf, type Planted, seenBy, type Surroundings, type Untold } from './surroundings.ts';
import { type PendingCall, makeCalendarModel } from './calendar-model.ts';

/** One for each policy: any of two calendars, all of two, none connected. */
export const hosts: ReadonlyArray<Host> = [
  { ...odd, calendarIds: ['work', 'home'] },
  { ...odd, id: 'eva', number: 2, username: 'eva', calendarIds: ['team', 'own'], acceptance: 'all-of' },
  { ...odd, id: 'kim', number: 3, username: 'kim', calendarIds: [] },
];
const timed = { reminders: [90, 20], noShowCheck: 10 };
/** Booked at once; asked about, and holding its time meanwhile; asked about, and competing with others for a time. */
export const eventTypes = [
  { ...intro, ...timed },
  { ...ask, ...timed },
  {
    ...intro,
    ...timed,
    id: 3,
    slug: 'compete',
    confirmationPolicy: {
      type: 'always',
      blockUnconfirmedBookingsInBooker: false,
      deadlineBeforeStart: 60,
      remindHostAfter: [30],
    } as const,
  },
];

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
  readonly reschedule: ReturnType<typeof rescheduleBooking>;
  readonly deps: ChangeBookingDeps;
  readonly problems: string[];
};

/** Nobody waits for it, and yet a fault in it is a fault: the next check tells. */
export const watched = (world: Surroundings, work: Promise<unknown>): void => {
  work.catch((fault: unknown) => world.rejections.push(String(fault)));
};

const boot = (world: Surroundings, number: number): Program => {
  const identity = countingIdentity(`run${number}`);
  const store = seenBy(world, () => program);
  const buses = world.planted(makeBookingBuses({ store, identity }));
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
    reschedule: rescheduleBooking({ ...requesting, allowanceMs: 20 * 60_000 }),
    deps: { buses, clock, identity },
    problems,
  };
  return program;
};

export const makeWorld = (planted: Planted = (buses) => buses): World => {
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
    planted,
    untold: new Map(),
    rejections: [],
    told: 0,
    operations: 0,
    atOperation: () => undefined,
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
  const { groups } = world.program;
  // For all of them before the first is told: a kill in between must lose none.
  for (const { name, accepts } of groups) {
    const added = events.filter(accepts).map((event) => ({ event, attempt: 1 }));
    world.untold.set(name, [...(world.untold.get(name) ?? []), ...added]);
  }
  for (const group of groups) {
    const left: Untold[] = [];
    for (const one of world.untold.get(group.name) ?? []) {
      const earlier = left.filter(({ event }) => event.stream === one.event.stream).map(({ event }) => event.position);
      const verdict = await group.handle({ ...one, ...(earlier.length === 0 ? {} : { earlier }) });
      if (verdict.type === 'retry') left.push({ ...one, attempt: one.attempt + 1 });
      if (verdict.type === 'defer') left.push(one);
    }
    world.untold.set(group.name, left);
  }
};
