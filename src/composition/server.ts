import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { hinting, startWatching } from './start-watching.ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { makeInHand } from '../application/loop-queue.ts';
import { watchLoopDelay } from '../adapters/clock/loop-delay.ts';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { placeOf } from '../adapters/calendars/providers.ts';
import { credentialChanges } from '../adapters/configuration/compare-configurations.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Settings } from '../adapters/configuration/load-configuration.ts';
import { bookingTokens } from '../adapters/identity/booking-token.ts';
import { attendeeHash } from '../adapters/identity/ids.ts';
import { lockFile } from '../adapters/sqlite/file-lock.ts';
import { openToOthers } from '../adapters/sqlite/private-files.ts';
import { notePlaces } from '../application/calendars/note-calendars.ts';
import { noteRules } from '../application/installation/note-configuration.ts';
import type { Leasing } from '../application/consumers/leasing.ts';
import { makeRefusals } from '../application/refusals/record-refusals.ts';
import { startTimers } from '../application/timers/fire-timers.ts';
import { makeApp } from '../http/app.ts';
import { auditDepsOf } from './audit-deps.ts';
import { parserRefusal } from '../http/transport/middleware.ts';
import { startProjections } from '../adapters/read-model/start-projections.ts';
import { openConferencing } from './connect-providers.ts';
import { startEngine } from './engine.ts';
import { httpDepsOf } from './http-deps.ts';
import { openPrivacy } from './privacy-deps.ts';
import { systemIdentity } from './identity.ts';
import { makeFeeds, makeMailLinks, NO_PUBLIC_URL } from './mail-links-and-feeds.ts';
import { isEveryAddress, limitsOf, listen } from './listen.ts';
import type { Log } from './log.ts';
import { openConnections } from './live-connections.ts';
import { makeReload } from './reload.ts';
import { reconcile, reconcileAtStart, retryAtCalendar } from './reconcile-at-start.ts';
import { closeState, openState } from './open-state.ts';
import type { Storage } from './open-storage.ts';
import type { RunningServer, Substitutes } from './running-server.ts';
import { openHeads } from './start-heads.ts';
import { digestsOf, openChanges, openNodeConfigurations, recordedKeys, wholeDigestOf } from './start-changes.ts';
import { drain, makeReadiness } from './readiness.ts';
import type { StartError } from './start-error.ts';

/** Milliseconds from the end of the last request until the connection to EventStoreDB is closed under waiting calls. */
const LOG_GRACE_MS = 4_500;

/** Several nodes may share a log in EventStoreDB; the embedded one admits one process. */
const leasingOf = ({ configuration }: Settings, { node }: Storage): Leasing =>
  configuration.store.type === 'embedded' ? null : { node: node.name, leaseMs: configuration.timings.leaseMs };

/** Milliseconds of delay of the event loop above which mails and webhooks give way to other work. */
const BUSY_MS = 10;

/** Opens the data folder and starts read models, engine and HTTP. `url` of the answer is where it listens. */
export const startServer =
  (settings: Settings, log: Log, substitutes: Substitutes = {}): TaskEither<StartError, RunningServer> =>
  async () => {
    const { clock = systemClock, identity = systemIdentity, groupCommit = {} } = substitutes;
    const onProblem = (reason: string) => log.report({ where: 'event store', reason });
    const onNotice = (message: string) => log.info(message, { where: 'event store' });
    const nodeName = settings.environment.node;
    const watched = { clock, random: identity.jitter, onProblem, onNotice };
    const opened = await openState(settings, { ...watched, groupCommit, nodeName })();
    if (E.isLeft(opened)) return opened;
    const { storage, secret, ownStreams, isSecretNew, newKey } = opened.right;
    const { keys } = opened.right.apiKeys;
    const { configuration, environment } = settings;
    let live = configuration;
    const current = () => live;
    const { allowPrivateAddresses, dataFolder } = environment;
    const tooOpen = openToOthers(dataFolder);
    if (tooOpen !== null) log.report({ where: 'data folder', reason: tooOpen });
    let ownUrl = '';
    const publicUrl = () => live.publicUrl ?? ownUrl;
    const tokens = bookingTokens(secret);
    const feeds = makeFeeds(current, secret, storage.local);
    const { report } = log;
    const outside = { local: storage.local, clock, allowPrivateAddresses, dataFolder, report };
    const connections = await openConnections(outside, configuration, substitutes.mailer ?? null);
    const { mailer } = connections;
    let watching: ReturnType<typeof startWatching> | null = null;
    let nodes: ReturnType<typeof openNodeConfigurations> | null = null;
    const calendarsNow = () => new Map([...connections.calendars(), ...(substitutes.calendars ?? [])]);
    const connected = () => hinting(calendarsNow(), (calendarId, seen) => watching?.hint(calendarId, seen));
    const conferencing = substitutes.conferencing ?? openConferencing(configuration, secret);
    const isAddressKnown = () => live.publicUrl !== null || !isEveryAddress(environment.host);
    if (!isAddressKnown()) log.report({ where: 'public URL', reason: NO_PUBLIC_URL });
    const links = makeMailLinks(() => (isAddressKnown() ? publicUrl() : null), tokens);
    const onTrouble = (reason: string) => log.report({ where: 'read model', reason });
    const readModel = startProjections({ store: storage.store, folder: dataFolder, clock, lock: lockFile, onTrouble });
    const shared = { configuration, storage, secret, conferencing, mailer, clock, identity, ownStreams };
    const dependencies = { ...shared, links, allowPrivateAddresses };
    const loop = watchLoopDelay();
    const inHand = makeInHand();
    const leaving = new AbortController();
    // Before the engine is there, what waits for a calendar is tried by the start itself.
    let goOn: (calendarId: string) => void = () => undefined;
    const { signal } = leaving;
    const reconciling = { store: storage.store, readModel, clock, identity, report, signal };
    const engine = await startEngine({
      // Those that a test hands in answer by a plan, which a try would use up.
      tried: () => new Map([...connections.calendars()].filter(([id]) => substitutes.calendars?.has(id) !== true)),
      connected,
      current,
      onCalendarBack: (calendarId) => goOn(calendarId),
      seen: (events) => [watching, nodes].forEach((one) => one?.seen(events)),
      isBusy: () => inHand.some() || loop.delayMs() > BUSY_MS,
      ...dependencies,
      leasing: leasingOf(settings, storage),
      report: log.report,
      withoutConsumers: substitutes.withoutConsumers === true,
    });
    const retryAt = retryAtCalendar({ ...reconciling, ...engine });
    goOn = (calendarId) => {
      retryAt(calendarId).catch((fault: unknown) => report({ where: `calendar ${calendarId}`, reason: String(fault) }));
    };
    const noting = { buses: engine.buses, clock, identity, report, signal };
    const placing = notePlaces(noting);
    const noteHosts = noteRules(noting);
    const rulesNoted = noteHosts(configuration.hosts);
    await placing(configuration.calendars.map(placeOf));
    const troubles = async () => [...(await readModel.status()).troubles, ...engine.troubles()];
    const timing = { ...reconciling, reader: readModel, sightings: readModel, ...engine };
    if (substitutes.withoutConsumers !== true)
      watching = startWatching({ ...timing, configuration, current, secret, leasing: leasingOf(settings, storage) });
    const timers = substitutes.withoutConsumers === true ? null : startTimers(timing);
    const ready = makeReadiness({ store: storage.store, ...engine, clock, troubles });
    const lists = { bookingList: readModel, notificationList: readModel };
    const changes = openChanges({ ...noting, ownStreams });
    const recorded = recordedKeys(keys, changes);
    const digests = digestsOf(secret, environment);
    const wholeDigest = wholeDigestOf(secret);
    const running = openNodeConfigurations(noting, storage, wholeDigest(configuration));
    nodes = running;
    const noteConfiguration = async (when: 'start' | 'reload', now: Configuration, by: string | null = null) => {
      const paths = await changes.noteConfiguration(when, digests(now), by);
      await running.note(wholeDigest(now));
      return credentialChanges(now, paths);
    };
    const changesNoted = changes.noteKeys().then(() => noteConfiguration('start', configuration));
    const limits = configuration.audit.refusals;
    const hashOf = attendeeHash(secret);
    const refusals = makeRefusals({ streams: ownStreams, clock, identity, hashOf, report, limits });
    const logFile = configuration.store.type === 'embedded' ? storage.file.path : null;
    const audit = auditDepsOf({ ...storage, ownStreams, secret, changes, keys, limits, dataFolder, logFile, signal });
    const { groups } = engine;
    const { name: nodeOfHeads } = storage.node;
    const sending = { groups, mailer, allowPrivateAddresses, node: nodeOfHeads };
    const heads = await openHeads({ ...noting, ...sending, audit, configuration });
    const people = openPrivacy({ ...dependencies, engine, readModel, days: () => live.privacy.forgetAfterDays, log });
    const { privacy } = people;
    const http = { engine, audit, privacy, refusals, ...lists, feeds, keys: recorded, tokens, publicUrl, ready, log };
    const depsOf = (of: Configuration) =>
      httpDepsOf({
        ...dependencies,
        ...http,
        configuration: of,
        limits: limitsOf({ ...settings, configuration: of }),
        trustedProxies: environment.trustedProxies,
        loopDelayMs: loop.delayMs,
        inHand,
        reload: (by) => reload(by),
        nodes: running,
        pushed: (message) => watching?.pushed(message) ?? false,
        lookAtCalendar: (calendarId, how) => watching?.look(calendarId, how) ?? Promise.resolve(null),
        // A request goes on with the calendars that it began with.
        calendars: new Map(engine.calendars),
      });
    const reload = makeReload({
      current,
      load: substitutes.reload ?? TE.right(configuration),
      connections,
      otherNodes: running.otherwise,
      readModel,
      clock,
      use: async (to, changedCalendars, by) => {
        live = to;
        await Promise.all([noteHosts(to.hosts), noteConfiguration('reload', to, by)]);
        await engine.reload(changedCalendars);
        app = makeApp(depsOf(to));
        await placing(to.calendars.map(placeOf));
        const configured = { hosts: to.hosts, calendarIds: [...engine.calendars.keys()] };
        await reconcile({ ...reconciling, ...engine }, configured);
      },
      report,
      info: (message) => log.info(message, { where: 'reload' }),
    });
    const httpDeps = depsOf(configuration);
    let app = makeApp(httpDeps);

    const stopEngine = async (reconciled: Promise<void>): Promise<void> => {
      // Work in flight may wait for a log that does not answer; closing the log ends the wait.
      const cancel =
        configuration.store.type === 'eventstoredb'
          ? clock.at(clock.now() + LOG_GRACE_MS, () => {
              storage.store.close().catch((fault: unknown) => onProblem(`it cannot be closed: ${String(fault)}`));
            })
          : () => undefined;
      await Promise.all([
        heads?.stop(),
        people.stop(),
        watching?.stop(),
        engine.stop(),
        timers?.stop(),
        reconciled,
        refusals.stop(),
        rulesNoted,
        changesNoted,
      ]);
      await running.stop();
      await changes.stop();
      await readModel.stop();
      loop.stop();
      cancel();
      await connections.close();
      await closeState(opened.right);
    };
    const listening = await listen(
      { handler: (request, answer) => app(request, answer), refusal: parserRefusal(httpDeps) },
      environment.host,
      environment.port,
    )();
    if (E.isLeft(listening)) {
      await stopEngine(Promise.resolve());
      return listening;
    }
    ownUrl = listening.right.url;
    const configured = { hosts: configuration.hosts, calendarIds: [...engine.calendars.keys()] };
    const reconciled = reconcileAtStart({ ...reconciling, ...engine }, configured, changesNoted).catch((fault) =>
      log.report({ where: 'reconciliation at the start', reason: String(fault) }),
    );
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      leaving.abort();
      stopped ??= listening.right.stop().then(() => stopEngine(reconciled));
      return stopped;
    };
    const slots = { buses: engine.buses, calendars: engine.calendars, clock };
    const idle = async () => {
      await engine.notesIdle();
      await Promise.all([refusals.idle(), changes.idle(), rulesNoted, changesNoted]);
      // Its retries have effects of their own.
      await reconciled;
      await drain({ store: storage.store, consumers: engine.consumers, readModel, timers });
    };
    const { name: node } = storage.node;
    return E.right({ url: ownUrl, node, newKey, isSecretNew, feeds, slots, idle, reload, stop });
  };
