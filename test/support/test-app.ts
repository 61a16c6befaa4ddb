import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { makeConsumerGroups } from '../../src/application/consumers/consumer-groups.ts';
import { openApiKeys } from '../../src/adapters/identity/api-keys.ts';
import { memoryOwnStreams } from './memory-own-streams.ts';
import { makeMemoryConsumerState } from './memory-consumer-state.ts';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../src/adapters/identity/head-key.ts';
import { headText } from '../../src/domain/audit/log-head.ts';
import { makeMemoryEventStore } from '../../src/adapters/event-store/embedded/memory-event-store.ts';
import { writeICalendar } from '../../src/adapters/icalendar/write-icalendar.ts';
import { bookingTokens } from '../../src/adapters/identity/booking-token.ts';
import {
  attendeeHash,
  UID_RANDOM_BYTES,
  bookingUidFromKey,
  makeRandomPool,
  timeOrderedUid,
} from '../../src/adapters/identity/ids.ts';
import { makeDecisionWatch } from '../../src/application/queries/await-decision.ts';
import { makeBookingBuses } from '../../src/application/commands/booking-buses.ts';
import * as change from '../../src/application/commands/change-booking.ts';
import { examine } from '../../src/application/doctor/examine.ts';
import { settle } from '../../src/application/doctor/settle.ts';
import { findSlots, sharingSlots } from '../../src/application/queries/find-slots.ts';
import { requestBooking } from '../../src/application/commands/request-booking.ts';
import { rescheduleBooking } from '../../src/application/commands/reschedule-booking.ts';
import type { Calendar } from '../../src/application/ports/calendar.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import { catchUp, readBooking, readHistory } from '../../src/application/queries/read-booking.ts';
import { makeRefusals, REFUSAL_LIMITS } from '../../src/application/refusals/record-refusals.ts';
import { notingRefusedBookings, notingRefusedMoves } from '../../src/application/refusals/note-refusals.ts';
import { sagaConsumer } from '../../src/application/saga/saga-consumer.ts';
import { makeSagaRunner } from '../../src/application/saga/saga-runner.ts';
import { openChanges, recordedKeys } from '../../src/composition/start-changes.ts';
import { systemIdentity } from '../../src/composition/identity.ts';
import type { Host } from '../../src/domain/bookable/host.ts';
import { makeApp } from '../../src/http/app.ts';
import type { HttpDeps, HttpLogEntry } from '../../src/http/http-deps.ts';
import type { Seen, WatchPolicy } from '../../src/domain/booking/watch-commands.ts';
import { must } from './must.ts';
import { type TestClock, makeTestClock } from './clock.ts';
import { foldedBookingList } from './folded-booking-list.ts';
import { odd } from './hosts.ts';
import { type Client, httpClient } from './http-client.ts';
import { testKeys } from './test-keys.ts';

const SECRET = new Uint8Array(32).fill(7);

export type TestApp = Client & {
  readonly url: string;
  readonly clock: TestClock;
  readonly deps: HttpDeps;
  readonly store: EventStore;
  readonly bookingTokens: ReturnType<typeof bookingTokens>;
  /** What was logged so far. */
  readonly logged: ReadonlyArray<HttpLogEntry>;
  /** Problems that the saga reported. */
  readonly problems: ReadonlyArray<string>;
  /** Resolves when everything that is due now has been done. */
  readonly settled: () => Promise<void>;
  /** Two looks at a calendar, by hand, have said this of the booking's event; by default the host is asked. */
  readonly found: (uid: string, calendarId: string, seen: Seen, policy?: Partial<WatchPolicy>) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type TestAppOptions = {
  readonly hosts?: ReadonlyArray<Host>;
  readonly calendars?: ReadonlyArray<Calendar>;
  readonly store?: EventStore;
  /** What happens between two looks of the doctor at a calendar; nothing by default. */
  readonly betweenLooks?: () => Promise<void>;
  /** Instead of the harness's own; for what cannot be reached through the rest. */
  readonly deps?: Partial<HttpDeps>;
};

/**
 * The real app over real HTTP on a port of its own, with the real use cases, saga and consumers, on a log in memory and
 * a clock that stands still. Calendars are stand-ins, keys and lists too.
 */
export const startTestApp = async (options: TestAppOptions = {}): Promise<TestApp> => {
  const { hosts = [odd], calendars = [], store = makeMemoryEventStore() } = options;
  const [clock, identity] = [makeTestClock(), systemIdentity];
  const logged: HttpLogEntry[] = [];
  const problems: string[] = [];
  const report = ({ where, reason }: { where: string; reason: string }): void =>
    void problems.push(`${where}: ${reason}`);
  const buses = makeBookingBuses({ store, identity });
  const connected = new Map(calendars.map((calendar) => [calendar.calendarId, calendar]));
  const watch = makeDecisionWatch({ buses, clock });
  const watching = store.subscribe({ after: 0, onEvents: async (events) => watch.seen(events) });
  const runner = makeSagaRunner({
    buses,
    calendars: connected,
    conferencing: new Map(),
    findHost: (hostId) => hosts.find(({ id }) => id === hostId),
    leasing: null,
    clock,
    identity,
    retry: { baseMs: 10_000, capMs: 600_000 },
    moves: { store, allowanceMs: 300_000 },
    report,
  });
  const consumers = makeConsumerGroups({
    store,
    state: makeMemoryConsumerState(),
    clock,
    random: () => 0,
    onProblem: ({ group, message }) => void problems.push(`${group}: ${message}`),
  });
  const saga = consumers.start(sagaConsumer(runner, clock));
  const keyDeps = { clock, environmentKey: null, onProblem: (problem: string) => void problems.push(problem) };
  const ownStreams = memoryOwnStreams();
  const manageKeys = must(await openApiKeys({ ...keyDeps, streams: ownStreams, isShared: false })());
  const tokens = bookingTokens(SECRET);
  const randomBytes = makeRandomPool();
  const doctor = {
    bookingList: foldedBookingList(store),
    calendarHealth: () => TE.right([]),
    buses,
    consumers,
    calendars: connected,
    hostIds: hosts.map(({ id }) => id),
    otherNodes: () => [],
    clock,
    timeLimitMs: 60_000,
  };
  const timings = { settleWindowMs: 5_000, syncDeadlineMs: 3_600_000 };
  const changes = openChanges({ buses, clock, identity, report, ownStreams });
  const noting = { streams: ownStreams, clock, identity, report, limits: REFUSAL_LIMITS };
  const refusals = makeRefusals({ ...noting, hashOf: attendeeHash(SECRET) });
  const deciding = { store, buses, calendars: connected, clock, identity, report };
  const deps: HttpDeps = {
    hosts,
    calendarLabel: (calendarId) => calendarId,
    noteRefusal: refusals.note,
    requestBooking: notingRefusedBookings(refusals, requestBooking({ ...deciding, timings })),
    rescheduleBooking: notingRefusedMoves(refusals, rescheduleBooking({ ...deciding, allowanceMs: 300_000 })),
    decided: watch.decided,
    readBooking: readBooking(buses),
    readHistory: readHistory(store),
    cancelBooking: change.cancelBooking({ buses, clock, identity }),
    approveBooking: change.approveBooking({ buses, clock, identity }),
    rejectBooking: change.rejectBooking({ buses, clock, identity }),
    verifyMailbox: change.verifyMailbox({ buses, clock, identity }),
    changeDetails: change.changeDetails({ buses, clock, identity }),
    makeRoom: (provider, { requestId }) =>
      provider === 'jitsi'
        ? TE.right({ roomId: requestId, url: `https://meet.example/${requestId}` })
        : TE.left({ message: 'there is no such provider' }),
    markAbsent: change.markAbsent({ buses, clock, identity }),
    acknowledgeRemoval: change.acknowledgeRemoval({ buses, clock, identity }),
    retryBooking: change.retryBooking({ buses, clock, identity }),
    restoreBooking: change.restoreBooking({ buses, clock, identity }),
    findSlots: sharingSlots(findSlots({ buses, calendars: connected, clock })),
    bookingList: foldedBookingList(store),
    catchUp: catchUp({ store, readModel: foldedBookingList(store), clock }),
    notificationList: { notifications: () => TE.right({ bookings: [], next: null }) },
    calendarHealth: () => TE.right([]),
    leftOvers: () => TE.right([]),
    configuredCalendars: new Map(calendars.map(({ calendarId: id, provider }) => [id, { provider, label: id }])),
    consumers,
    leases: () => null,
    fellBehind: () => null,
    resendWebhook: () => TE.left({ type: 'UnknownDelivery' }),
    deliveries: { list: () => TE.right({ attempts: [], next: null }) },
    lookAtCalendar: async () => null,
    pushed: () => false,
    examine: examine(doctor),
    settle: settle({ ...doctor, identity, betweenLooks: options.betweenLooks ?? (async () => undefined) }),
    reloadConfiguration: async () => E.right({ changes: [], lines: [], otherNodes: [] }),
    isSubscribed: () => true,
    nodes: () => [{ node: 'one', digest: 'd1', since: '2050-01-01T00:00:00Z', isSame: true }],
    triedCalendar: () => null,
    watchedAt: () => null,
    sightedAt: () => null,
    unreadableCalendars: () => [],
    ready: async () => [],
    calendarFeed: async () => null,
    privacy: null,
    audit: {
      log: store,
      own: { read: ownStreams.read },
      refusalLimits: REFUSAL_LIMITS,
      attendeeHash: attendeeHash(SECRET),
      ...changes,
      stored: store,
      keyNames: async () => E.right(new Map([['host', 'cal_host']])),
      hashes: { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null },
      verify: null,
      compareReadModel: null,
      signHead: async (head) => E.right({ note: headText(head), verifier: 'none' }),
      rotations: async () => E.right(null),
      writtenRotations: async () => E.right([]),
    },
    apiKeys: testKeys,
    manageKeys: recordedKeys(manageKeys.keys, changes),
    loopDelayMs: () => 0,
    guestActions: 'open',
    guestInvitations: 'after-attendee',
    bookingTokens: tokens,
    newUid: () => timeOrderedUid(clock.now(), randomBytes(UID_RANDOM_BYTES)),
    uidFromKey: bookingUidFromKey(SECRET),
    newRequestId: systemIdentity.newCommandId,
    identity,
    clock,
    log: (entry) => void logged.push(entry),
    writePublished: (event) => writeICalendar({ method: 'PUBLISH', events: [event] }),
    publicUrl: () => 'https://book.example',
    answerWaitMs: 5_000,
    limits: { bodyBytes: 65_536, requestsPerMinute: null, mailsOfStrangers: null },
    trustedProxies: [],
    ...options.deps,
  };
  const server = createServer(makeApp(deps)).listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => server.once('listening', resolve));
  // A TCP server's address is an object; only a pipe's is a text.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...httpClient(url),
    url,
    clock,
    deps,
    store,
    bookingTokens: tokens,
    logged,
    problems,
    settled: async () => {
      await saga.idle();
      await Promise.all([refusals.idle(), changes.idle()]);
    },
    found: async (uid, calendarId, seen, policy = {}) => {
      const look = { calendarId, seen, isAsked: false, now: clock.now() } as const;
      const asked = { deleted: 'pending', moved: 'ask', graceMs: 120_000, ...policy } as const;
      const by = { commandId: identity.newCommandId(), actor: { kind: 'system' }, causationId: null } as const;
      const command = { type: 'RecordLook', policy: asked, ...look } as const;
      must(await buses.bookings.execute(uid, command, { ...by, correlationId: uid })());
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await runner.stop(0);
      await saga.stop();
      await Promise.all([refusals.stop(), changes.stop(), watching.stop()]);
      await store.close();
    },
  };
};
