import { readFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { EventStore, OwnStreams } from '../../../application/ports/event-store.ts';
import { reveal, type Secret } from '../../../application/secret.ts';
import { makeKeepProcessAlive } from './in-flight.ts';
import { countFellBehind } from './feed.ts';
import { hostsRefusal, type HostRefusal, type RefusalCode } from './host-refusal.ts';
import { awaitLeader, type Right } from './opening.ts';
import { loadClient } from './client.ts';
import { MAX_APPENDS_IN_FLIGHT, makeConnection } from './connection.ts';
import {
  type ConnectionSettings,
  DEFAULT_STREAM_PREFIX,
  describeHosts,
  parseConnectionString,
} from './connection-string.ts';
import { makeStore, type StoreDependencies } from './assemble-store.ts';
import { makeOwnStreams } from './own-streams.ts';

/** Milliseconds; suitable within one network. */
export const EVENTSTOREDB_TIME_LIMITS = {
  appendTimeLimitMs: 5000,
  startTimeLimitMs: 30_000,
  readStallMs: 10_000,
  watchdogMs: 15_000,
} as const;

export type EventStoreDbConfig = {
  /** `esdb://user:password@host:2113?...`; the user needs the right to read `$all`. */
  readonly connectionString: Secret;
  /** PEM file of the authority that signed the nodes' certificates, where the machine does not trust it already. */
  readonly caFile?: string;
  /** Prefix of the names of all streams on the server; default `holdfast-`. */
  readonly streamPrefix?: string;
  /** Of one attempt of one append. */
  readonly appendTimeLimitMs: number;
  /** Until a leader answers the first time. */
  readonly startTimeLimitMs: number;
  /** A read without an event for so long is cancelled; default 10 s. */
  readonly readStallMs?: number;
  /** How often a subscription without events is compared with the head of the log; default 15 s. */
  readonly watchdogMs?: number;
  /** At most; default 128. It begins with 16 and grows on a connection that has proved good. */
  readonly maxAppendsInFlight?: number;
  /**
   * Rights in Holdfast's streams that are tried when the store is opened, so that a missing one is reported at once;
   * default none.
   */
  readonly rights?: ReadonlyArray<Right>;
};

export type EventStoreDbDependencies = {
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Called for what is tried again without help. */
  readonly onProblem: (message: string) => void;
  /** Called for what is not a fault: how often subscriptions fell behind. */
  readonly onNotice?: (message: string) => void;
};

/** None of them holds credentials. */
export type EventStoreDbOpenError =
  | { readonly type: 'InvalidConnection'; readonly reason: string }
  /** Not tried again: waiting does not change it. */
  | { readonly type: 'Refused'; readonly hosts: string; readonly code: RefusalCode; readonly reason: string }
  | { readonly type: 'NotReady'; readonly hosts: string; readonly waitedMs: number; readonly reason: string };

/** The line that an operator reads. */
export const describeOpenError = (error: EventStoreDbOpenError): string => {
  switch (error.type) {
    case 'InvalidConnection':
      return `the connection to EventStoreDB cannot be set up: ${error.reason}`;
    case 'Refused':
      return `EventStoreDB at ${error.hosts} cannot be used: ${error.reason}`;
    case 'NotReady':
      return `EventStoreDB at ${error.hosts} had no leader that answered within ${error.waitedMs} ms: ${error.reason}`;
  }
};

const invalid = (reason: string): E.Either<EventStoreDbOpenError, never> =>
  E.left({ type: 'InvalidConnection', reason });

type Setup = { readonly settings: ConnectionSettings; readonly ca: Buffer | null };

const setUp = async (config: EventStoreDbConfig): Promise<E.Either<EventStoreDbOpenError, Setup>> => {
  const parsed = parseConnectionString(reveal(config.connectionString));
  if (E.isLeft(parsed)) return invalid(parsed.left);
  const settings = parsed.right;
  const path = config.caFile ?? settings.caFile;
  try {
    return E.right({ settings, ca: path === null ? null : await readFile(path) });
  } catch {
    return invalid(`the file of the certificate authority cannot be read: ${path}`);
  }
};

/**
 * What one connection gives: the log, the installation's own streams, and the dependencies for more that shares the
 * connection.
 */
export type EventStoreDb = {
  readonly store: EventStore;
  readonly ownStreams: OwnStreams;
  readonly parts: StoreDependencies;
  /** How often a subscription has fallen behind the log since the opening. */
  readonly fellBehind: () => number;
};

/** The log on EventStoreDB or KurrentDB, for callers that need nothing else of the connection. */
export const makeEventStoreDbStore = (
  config: EventStoreDbConfig,
  deps: EventStoreDbDependencies,
): TE.TaskEither<EventStoreDbOpenError, EventStore> =>
  pipe(
    openEventStoreDbConnection(config, deps),
    TE.map(({ store }) => store),
  );

/**
 * Opens the event store on EventStoreDB or KurrentDB, one per process. Resolves once a leader answers. Fails at once
 * with `Refused` where waiting changes nothing, after `startTimeLimitMs` with `NotReady`.
 */
export const openEventStoreDbConnection =
  (config: EventStoreDbConfig, deps: EventStoreDbDependencies): TE.TaskEither<EventStoreDbOpenError, EventStoreDb> =>
  async () => {
    const setup = await setUp(config);
    if (E.isLeft(setup)) return setup;
    const { settings, ca } = setup.right;
    const make = await loadClient(settings, ca, deps.onProblem);
    const limits = { ...EVENTSTOREDB_TIME_LIMITS, ...config };
    const { appendTimeLimitMs, readStallMs, watchdogMs, startTimeLimitMs } = limits;
    const connection = makeConnection({
      make,
      maxAppendsInFlight: config.maxAppendsInFlight ?? MAX_APPENDS_IN_FLIGHT,
      ...deps,
    });
    const keepProcessAlive = makeKeepProcessAlive();
    const prefix = config.streamPrefix ?? DEFAULT_STREAM_PREFIX;
    const fellBehind = countFellBehind(deps.clock, deps.onNotice ?? (() => undefined));
    const parts = {
      ...deps,
      fellBehind,
      prefix,
      connection,
      keepProcessAlive,
      appendTimeLimitMs,
      readStallMs,
      watchdogMs,
    };
    const opening = {
      ...parts,
      rights: config.rights ?? [],
      hasUser: settings.credentials !== null,
      hostsRefusal: (): Promise<HostRefusal | null> => hostsRefusal(settings.hosts, { tls: settings.tls, ca }),
    };
    const ready = await keepProcessAlive(() => awaitLeader(opening, startTimeLimitMs));
    if (E.isRight(ready))
      return E.right({
        store: makeStore(parts),
        ownStreams: makeOwnStreams(parts),
        parts,
        fellBehind: fellBehind.total,
      });
    await connection.close();
    const hosts = describeHosts(settings);
    return typeof ready.left === 'string'
      ? E.left({ type: 'NotReady', hosts, waitedMs: startTimeLimitMs, reason: ready.left })
      : E.left({ type: 'Refused', hosts, ...ready.left });
  };
