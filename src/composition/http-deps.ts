import { writeICalendar } from '../adapters/icalendar/write-icalendar.ts';
import { randomUUID } from 'node:crypto';
import { UID_RANDOM_BYTES, bookingUidFromKey, makeRandomPool, timeOrderedUid } from '../adapters/identity/ids.ts';
import type { Task } from 'fp-ts/lib/Task.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ServerSecret } from '../adapters/identity/server-secret.ts';
import {
  acknowledgeRemoval,
  approveBooking,
  cancelBooking,
  changeDetails,
  markAbsent,
  rejectBooking,
  restoreBooking,
  retryBooking,
  verifyMailbox,
} from '../application/commands/change-booking.ts';
import { examine } from '../application/doctor/examine.ts';
import { settle } from '../application/doctor/settle.ts';
import { findSlots, sharingSlots } from '../application/queries/find-slots.ts';
import { rescheduleBooking } from '../application/commands/reschedule-booking.ts';
import { requestBooking } from '../application/commands/request-booking.ts';
import type { Refusals } from '../application/refusals/record-refusals.ts';
import { notingRefusedBookings, notingRefusedMoves } from '../application/refusals/note-refusals.ts';
import { makeStopSignal } from '../application/consumers/waiting.ts';
import type { InHand } from '../application/loop-queue.ts';
import { findLeftOvers } from '../application/calendars/left-over.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { ApiKeys, BookingTokens } from '../application/ports/keys-and-tokens.ts';
import type { BookingList, CalendarHealthReader, NotificationList } from '../application/ports/read-models.ts';
import type { Conferencing } from '../application/ports/conferencing.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import { catchUp, readBooking, readHistory } from '../application/queries/read-booking.ts';
import { type CalendarSightings, whenSeen } from '../application/watching/sightings.ts';
import type { NodeConfigurations } from '../application/installation/node-configurations.ts';
import type { HttpDeps } from '../http/http-deps.ts';
import type { Engine } from './engine.ts';
import type { Feeds } from './mail-links-and-feeds.ts';
import type { Log } from './log.ts';
import type { Storage } from './open-storage.ts';

export type HttpDependencies = {
  readonly configuration: Configuration;
  readonly storage: Storage;
  readonly secret: ServerSecret;
  readonly engine: Engine;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly conferencing: ReadonlyMap<string, Conferencing>;
  readonly bookingList: BookingList & CalendarHealthReader & CalendarSightings;
  readonly notificationList: NotificationList;
  readonly feeds: Feeds;
  readonly audit: HttpDeps['audit'];
  readonly refusals: Pick<Refusals, 'note'>;
  readonly privacy: HttpDeps['privacy'];
  readonly keys: ApiKeys;
  readonly tokens: BookingTokens;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly publicUrl: () => string;
  readonly limits: HttpDeps['limits'];
  readonly trustedProxies: ReadonlyArray<string>;
  readonly loopDelayMs: () => number;
  readonly inHand: InHand;
  readonly ready: () => Promise<ReadonlyArray<string>>;
  readonly log: Log;
  readonly reload: HttpDeps['reloadConfiguration'];
  readonly nodes: Pick<NodeConfigurations, 'list' | 'otherwise'>;
  readonly lookAtCalendar: HttpDeps['lookAtCalendar'];
  readonly pushed: HttpDeps['pushed'];
};

/** Work that a caller waits for: while it runs, messages that nobody waits for give way. */
const ahead =
  ({ during }: InHand) =>
  <Asked extends ReadonlyArray<unknown>, A>(change: (...asked: Asked) => Task<A>) =>
  (...asked: Asked): Task<A> =>
  () =>
    during(change(...asked));

/** Rooms are made for one request each; a provider that is not configured has none. */
const roomMaker =
  (conferencing: ReadonlyMap<string, Conferencing>): HttpDeps['makeRoom'] =>
  (provider, request) =>
    conferencing.get(provider)?.createRoom(request, new AbortController().signal) ??
    TE.left({ message: 'this video provider is not configured, or has its rooms from a calendar' });

/** A request must not be silent for a minute: then its connection is closed. */
const LONGEST_BETWEEN_LOOKS_MS = 30_000;

/** The dependencies of the HTTP layer, from the running engine. */
export const httpDepsOf = (dependencies: HttpDependencies): HttpDeps => {
  const { configuration, storage, engine, calendars, clock, identity, secret } = dependencies;
  const { buses } = engine;
  const labels = new Map(configuration.calendars.map(({ id, label }) => [id, label]));
  const { settleWindowMs } = configuration.timings;
  const timings = { settleWindowMs, syncDeadlineMs: configuration.retries.calendar.deadlineMs };
  const first = ahead(dependencies.inHand);
  const bookings = { ...buses.bookings, execute: first(buses.bookings.execute) };
  const changing = { buses: { ...buses, bookings }, clock, identity };
  const doctor = {
    bookingList: dependencies.bookingList,
    calendarHealth: dependencies.bookingList.calendarHealth,
    buses: changing.buses,
    consumers: engine.groups,
    otherNodes: dependencies.nodes.otherwise,
    calendars,
    hostIds: configuration.hosts.map(({ id }) => id),
    clock,
    timeLimitMs: 4 * configuration.timings.calendarTimeLimitMs,
  };
  const randomBytes = makeRandomPool();
  const { report } = dependencies.log;
  const deciding = { store: storage.store, buses, calendars, clock, identity, report, leaseAlong: engine.leaseAlong };
  return {
    hosts: configuration.hosts,
    calendarLabel: (calendarId) => labels.get(calendarId) ?? calendarId,
    noteRefusal: dependencies.refusals.note,
    requestBooking: first(notingRefusedBookings(dependencies.refusals, requestBooking({ ...deciding, timings }))),
    rescheduleBooking: first(
      notingRefusedMoves(
        dependencies.refusals,
        rescheduleBooking({ ...deciding, allowanceMs: configuration.timings.rescheduleAllowanceMs }),
      ),
    ),
    decided: engine.watch.decided,
    readBooking: readBooking(buses),
    readHistory: readHistory(storage.store),
    cancelBooking: cancelBooking(changing),
    approveBooking: approveBooking(changing),
    rejectBooking: rejectBooking(changing),
    verifyMailbox: verifyMailbox(changing),
    retryBooking: retryBooking(changing),
    restoreBooking: restoreBooking(changing),
    markAbsent: markAbsent(changing),
    changeDetails: changeDetails(changing),
    makeRoom: roomMaker(dependencies.conferencing),
    acknowledgeRemoval: acknowledgeRemoval(changing),
    findSlots: sharingSlots(findSlots({ buses, calendars, clock })),
    bookingList: dependencies.bookingList,
    catchUp: catchUp({ store: storage.store, readModel: dependencies.bookingList, clock }),
    notificationList: dependencies.notificationList,
    calendarHealth: dependencies.bookingList.calendarHealth,
    leftOvers: findLeftOvers(dependencies.bookingList, {
      hosts: configuration.hosts,
      calendarIds: [...calendars.keys()],
    }),
    configuredCalendars: new Map(
      [...calendars].map(([id, { provider }]) => [id, { provider, label: labels.get(id) ?? id }]),
    ),
    triedCalendar: engine.tries.of,
    ...whenSeen(dependencies.bookingList),
    unreadableCalendars: () =>
      [...engine.tries.unreadable()].map(([id, { last, since }]) => ({
        id,
        since,
        kind: last.failure?.kind ?? 'network',
      })),
    lookAtCalendar: dependencies.lookAtCalendar,
    pushed: dependencies.pushed,
    examine: examine(doctor),
    settle: settle({
      ...doctor,
      identity,
      betweenLooks: () =>
        makeStopSignal(clock).pause(Math.min(configuration.timings.calendarConfirmMs, LONGEST_BETWEEN_LOOKS_MS)),
    }),
    reloadConfiguration: dependencies.reload,
    nodes: dependencies.nodes.list,
    consumers: engine.groups,
    leases: engine.leases,
    fellBehind: () => storage.eventStoreDb?.fellBehind() ?? null,
    deliveries: storage.deliveries,
    isSubscribed: (subscriptionId) => configuration.webhooks.some(({ id, active }) => active && id === subscriptionId),
    resendWebhook: engine.resendWebhook,
    ready: dependencies.ready,
    calendarFeed: dependencies.feeds.read,
    audit: dependencies.audit,
    privacy: dependencies.privacy,
    apiKeys: dependencies.keys,
    manageKeys: dependencies.keys,
    guestActions: configuration.guestActions,
    guestInvitations: configuration.guestInvitations,
    bookingTokens: dependencies.tokens,
    newUid: () => timeOrderedUid(clock.now(), randomBytes(UID_RANDOM_BYTES)),
    uidFromKey: bookingUidFromKey(secret),
    newRequestId: () => randomUUID(),
    identity,
    clock,
    log: dependencies.log.http,
    writePublished: (event) => writeICalendar({ method: 'PUBLISH', events: [event] }),
    publicUrl: dependencies.publicUrl,
    answerWaitMs: configuration.timings.answerWaitMs,
    limits: dependencies.limits,
    trustedProxies: dependencies.trustedProxies,
    loopDelayMs: dependencies.loopDelayMs,
  };
};
