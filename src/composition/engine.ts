import { makeConsumerGroups } from '../application/consumers/consumer-groups.ts';
import { leaseAlong, makeNodePreference, type NodePreference } from '../application/consumers/node-preference.ts';
import { type DecisionWatch, makeDecisionWatch } from '../application/queries/await-decision.ts';
import { type BookingBuses, makeBookingBuses } from '../application/commands/booking-buses.ts';
import { makeReadingNotes, noting } from '../application/calendars/note-calendars.ts';
import { type CalendarTries, startCalendarTries } from '../application/calendars/try-calendars.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { Conferencing } from '../application/ports/conferencing.ts';
import type { ConsumerGroups, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { Mailer, WebhookSender } from '../application/ports/delivery.ts';
import type { Leasing } from '../application/consumers/leasing.ts';
import { apart, makeGathering } from '../application/commands/keyed-queue.ts';
import type { LeaseRequest } from '../domain/booking/commands.ts';
import type { SubjectKeys } from '../application/ports/subject-keys.ts';
import { makeSealing } from '../application/privacy/sealing.ts';
import type { Report } from '../application/saga/effect-context.ts';
import { type SagaRunner, makeSagaRunner } from '../application/saga/saga-runner.ts';
import type { Host } from '../domain/bookable/host.ts';
import type { RecordedEvent } from '../domain/log/envelope.ts';
import type { MailLinks } from '../application/notifications/mail/mail-facts.ts';
import { noWebhooks, openWebhookSender } from './connect-providers.ts';
import { followDecisions } from './follow-decisions.ts';
import type { EventStoreDb } from '../adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { sharedConsumersOn } from './open-eventstoredb.ts';
import type { Storage } from './open-storage.ts';
import { makeResendWebhook, startConsumers } from './start-consumers.ts';

/** Calls to calendars may go on for so long after a stop is asked for; then they are cut, and looked up at the next start. */
const CALL_GRACE_MS = 4_000;

export type EngineDeps = {
  readonly configuration: Configuration;
  readonly storage: Pick<Storage, 'store' | 'consumerState' | 'snapshots' | 'deliveries'> & {
    readonly eventStoreDb: Pick<EventStoreDb, 'ownStreams'> | null;
    readonly subjectKeys: SubjectKeys | null;
  };
  /** The connected ones of now: a reload may replace them. */
  readonly connected: () => ReadonlyMap<string, Calendar>;
  /** As the file is now; `configuration` is as the server started. */
  readonly current: () => Configuration;
  /** Those of them that are tried regularly. */
  readonly tried: () => ReadonlyMap<string, Calendar>;
  /** A calendar that could not be read can be again. */
  readonly onCalendarBack: (calendarId: string) => void;
  readonly conferencing: ReadonlyMap<string, Conferencing>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly links: MailLinks;
  readonly allowPrivateAddresses: boolean;
  readonly report: Report;
  /** Null where this process has the log alone. */
  readonly leasing: Leasing;
  /** Hears of all that is appended to the log, by whichever node. */
  readonly seen?: (events: ReadonlyArray<RecordedEvent>) => void;
  /** Tests only: takes the place of HTTP. */
  readonly webhooks?: WebhookSender;
  /** Benches only: nothing reacts to the log, so that a command is measured alone. */
  readonly withoutConsumers?: boolean;
  /** Whether requests are so many that other work should give way. */
  readonly isBusy: () => boolean;
};

/** `taken`: leases that this node got. `elsewhere`: leases that another node got first. */
export type LeaseCounts = { readonly taken: number; readonly elsewhere: number };

/** The running engine behind the HTTP layer: commands go in, the saga and the consumers do the rest. */
export type Engine = Pick<NodePreference, 'standByMs'> & {
  /** The connected calendars. Objects that they cannot read are recorded. */
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly tries: CalendarTries;
  /** Resolves when no record of a reading is being written. */
  readonly notesIdle: () => Promise<void>;
  readonly buses: BookingBuses;
  readonly runner: Pick<SagaRunner, 'run'>;
  /** The lease that this node asks for together with what it writes for a booking. */
  readonly leaseAlong: (uid: string) => LeaseRequest | undefined;
  readonly groups: ConsumerGroups;
  readonly watch: DecisionWatch;
  /** What keeps requests from being answered in time; empty when all is well. */
  readonly troubles: () => ReadonlyArray<string>;
  readonly findHost: (hostId: string) => Host | undefined;
  readonly resendWebhook: ReturnType<typeof makeResendWebhook>;
  readonly consumers: ReadonlyArray<RunningConsumer>;
  /** Counts of leases; null where this process has the log alone. */
  readonly leases: () => LeaseCounts | null;
  /** The configuration has changed: `changed` are calendars that are new or have other settings. */
  readonly reload: (changed: ReadonlySet<string>) => Promise<void>;
  /** Commands in flight finish, effects stop between steps, positions are saved. The storage stays open. */
  readonly stop: () => Promise<void>;
};

/** Wires and starts the engine. */
export const startEngine = async (deps: EngineDeps): Promise<Engine> => {
  const { configuration, storage, clock, identity, report, leasing } = deps;
  const { store, consumerState, deliveries } = storage;
  let known = { configuration, hosts: new Map(configuration.hosts.map((host) => [host.id, host])) };
  const findHost = (hostId: string) => {
    const now = deps.current();
    if (known.configuration !== now)
      known = { configuration: now, hosts: new Map(now.hosts.map((host) => [host.id, host])) };
    return known.hosts.get(hostId);
  };
  const buses = makeBookingBuses({
    store,
    identity,
    sharedLog: leasing !== null,
    sealing: storage.subjectKeys ? makeSealing(storage.subjectKeys) : undefined,
    snapshots: storage.snapshots,
    onSnapshotFault: (reason) => report({ where: 'snapshots', reason }),
  });
  const notes = makeReadingNotes({ buses, clock, identity, report });
  let counts: LeaseCounts = { taken: 0, elsewhere: 0 };
  const onLease = (answer: keyof LeaseCounts): void => {
    counts = { ...counts, [answer]: counts[answer] + 1 };
  };
  const { shared, nodes } = await sharedConsumersOn(storage);
  const preference = makeNodePreference({ leasing, clock, known: nodes });
  const tries = startCalendarTries({
    calendars: deps.tried,
    buses,
    clock,
    identity,
    report,
    standByMs: preference.standByMs,
    everyMs: configuration.timings.calendarTryMs,
    alertAfterMs: configuration.timings.calendarAlertAfterMs,
    onBack: deps.onCalendarBack,
  });
  const noted = noting(notes, tries, clock);
  const calendars = new Map<string, Calendar>();
  /** A call that runs has the calendar that it began with; whoever asks next gets the new one. */
  const connect = (changed: ReadonlySet<string>): void => {
    const connected = deps.connected();
    for (const id of calendars.keys()) if (!connected.has(id)) calendars.delete(id);
    for (const [id, calendar] of connected)
      if (!calendars.has(id) || changed.has(id)) calendars.set(id, noted(calendar));
  };
  connect(new Set());
  const alongTheWay = leaseAlong({ leasing, clock, preference });
  // An append to the embedded log is too cheap to wait for others.
  const gathering = leasing === null ? apart : makeGathering(clock);
  const runner = makeSagaRunner({
    buses,
    calendars,
    conferencing: deps.conferencing,
    findHost,
    clock,
    leasing,
    identity,
    retry: configuration.retries.calendar,
    moves: { store, allowanceMs: configuration.timings.rescheduleAllowanceMs },
    report,
    onLease,
    leaseAlong: alongTheWay,
    gathering,
  });
  const onProblem = ({ group, message }: { readonly group: string; readonly message: string }) =>
    report({ where: `consumer group ${group}`, reason: message });
  const groups = makeConsumerGroups({
    store,
    state: consumerState,
    clock,
    random: identity.jitter,
    onProblem,
    ...(shared === null ? {} : { shared }),
  });
  const watch = makeDecisionWatch({ buses, clock });
  const onEvents = (events: ReadonlyArray<RecordedEvent>): void => {
    buses.seen(events);
    for (const event of events) preference.seen(event);
    watch.seen(events);
    deps.seen?.(events);
  };
  const watching = followDecisions({
    store,
    clock,
    random: identity.jitter,
    watch: { ...watch, seen: onEvents },
    report,
  });
  let sender = deps.webhooks ?? (await openWebhookSender({ ...deps, configuration: deps.current() }));
  const webhooks: WebhookSender = {
    send: (request, signal) => sender.send(request, signal),
    close: () => sender.close(),
  };
  const reload = async (changed: ReadonlySet<string>): Promise<void> => {
    connect(changed);
    if (sender === noWebhooks) sender = await openWebhookSender({ ...deps, configuration: deps.current() });
    await reloadConsumers();
    // What comes of it is told by itself: the reload does not wait for calendars.
    tries.tryNow([...changed]).catch((fault: unknown) => report({ where: 'trying calendars', reason: String(fault) }));
  };
  const cutOff = new AbortController();
  const dependencies = {
    ...deps,
    groups,
    store,
    buses,
    runner,
    preference,
    gathering,
    onLease,
    webhooks,
    deliveries,
    findHost,
    signal: cutOff.signal,
  };
  const { running: consumers, reload: reloadConsumers } =
    deps.withoutConsumers === true ? { running: [], reload: async () => undefined } : startConsumers(dependencies);
  /** A position that cannot be saved (on a failed disk, say) only causes repeats at the next start. */
  const stopConsumer = (consumer: RunningConsumer): Promise<void> =>
    consumer.stop().catch((fault) => report({ where: 'stopping a consumer', reason: String(fault) }));
  const stop = async (): Promise<void> => {
    const cancelTimer = clock.at(clock.now() + CALL_GRACE_MS, () => cutOff.abort());
    // At the same time: a consumer that still ran would ask a stopped runner again and again.
    await Promise.all([runner.stop(CALL_GRACE_MS), notes.stop(), tries.stop(), ...consumers.map(stopConsumer)]);
    cancelTimer();
    await watching.stop();
    await webhooks.close();
  };
  return {
    calendars,
    tries,
    notesIdle: async () => {
      await Promise.all([notes.idle(), tries.idle()]);
    },
    buses,
    runner,
    leaseAlong: alongTheWay,
    standByMs: preference.standByMs,
    groups,
    watch,
    troubles: watching.troubles,
    findHost,
    consumers,
    resendWebhook: makeResendWebhook(dependencies),
    leases: () => (leasing === null ? null : counts),
    reload,
    stop,
  };
};
