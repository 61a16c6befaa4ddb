import { join } from 'node:path';
import type { Surroundings, SurroundingsOptions } from '../crash/surroundings.ts';
import { makeSurroundings } from '../crash/surroundings.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { placeOfLog } from '../support/eventstoredb/place-of-log.ts';
import type { EventStoreDbStandIn, StandInOptions } from '../support/eventstoredb/stand-in.ts';
import type { Client } from '../support/http-client.ts';
import type { KillableServer, Launched, Setup } from '../support/killable-server.ts';
import { launch, startKillable } from '../support/killable-server.ts';
import type { Log, Violations } from '../support/log-checks.ts';
import { openSharedLog, type SharedLog } from '../support/shared-log.ts';

export const NODES = ['a', 'b', 'c'] as const;
export type NodeName = (typeof NODES)[number];

/**
 * Where nobody is killed a machine that is busy shall not make a lease end, nor a calendar that 50 ask at once too slow. All in
 * seconds.
 */
const patient = {
  leaseInSeconds: 15,
  calendarTimeLimitInSeconds: 20,
  mailTimeLimitInSeconds: 20,
  webhookTimeLimitInSeconds: 20,
};
/** For tests that kill: after so many seconds another node may go on with what a dead one had begun. */
export const LEASE_SECONDS = 2;

const SECRET = 'one-secret-for-all-nodes-0123456789-abcdefghij';

/** Processes of the real program, each with a data folder of its own, on one log, and everything real around them. */
export type Installation = Surroundings & {
  /** The levers of the stand-in; throws where a real server is asked. */
  readonly standIn: () => EventStoreDbStandIn;
  readonly shared: SharedLog;
  readonly log: () => Promise<Log>;
  /** Starts a node on the data folder that it had before, if any. */
  readonly start: (name: NodeName) => Promise<KillableServer>;
  /** Runs a command of the program as this node. */
  readonly run: (
    name: NodeName,
    args: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Launched>;
  /** A node that runs. */
  readonly node: (name: NodeName) => KillableServer;
  /** The clients of all nodes that run. */
  readonly clients: () => ReadonlyArray<Client>;
  readonly kill: (name: NodeName) => Promise<void>;
  /** SIGTERM for all that run: what they have in hand is finished. Answers what those said that did not end in order. */
  readonly stopAll: () => Promise<Violations>;
  /** Kills what still runs and takes everything away. */
  readonly close: () => Promise<void>;
};

export type InstallationOptions = SurroundingsOptions & {
  /** Which nodes run from the beginning; all three unless told otherwise. */
  readonly nodes?: ReadonlyArray<NodeName>;
  readonly standIn?: StandInOptions;
};

/** Nodes that are to do something at once. */
export const startInstallation = async (options: InstallationOptions = {}): Promise<Installation> => {
  const folder = await temporaryFolder();
  const { standIn, connectionString, streamPrefix, release } = await placeOfLog(options.standIn);
  const timings = { ...patient, ...options.timings };
  const made = await makeSurroundings({ hostPrefix: 'host', ...options, timings });
  const store = { type: 'eventstoredb', connectionString: { env: 'EVENTSTOREDB' }, streamPrefix };
  const config = { ...made.config, store };
  const shared = await openSharedLog(connectionString, streamPrefix);
  const running = new Map<NodeName, KillableServer>();
  const launched: Launched[] = [];
  const setupOf = (name: NodeName, env: Readonly<Record<string, string>> = {}): Setup => {
    const own = { HOLDFAST_NODE: name, HOLDFAST_SECRET: SECRET, EVENTSTOREDB: connectionString };
    return { folder: join(folder.path, name), config, env: { ...made.env, ...own, ...env } };
  };
  const run: Installation['run'] = async (name, args, env) => {
    const process = await launch(setupOf(name, env), args);
    launched.push(process);
    return process;
  };
  const start: Installation['start'] = async (name) => {
    const server = await startKillable(setupOf(name));
    launched.push(server);
    running.set(name, server);
    return server;
  };
  const close = async (): Promise<void> => {
    for (const process of launched) process.signal('SIGKILL');
    await Promise.all(launched.map(({ ended }) => ended));
    await shared.store.close();
    await release();
    await made.close();
    await folder.remove();
  };
  const installation: Installation = {
    ...made.surroundings,
    standIn: () => {
      if (standIn === undefined) throw new Error('a real server has no levers');
      return standIn;
    },
    shared,
    log: shared.read,
    start,
    run,
    node: (name) => {
      const server = running.get(name);
      if (server === undefined) throw new Error(`node ${name} does not run`);
      return server;
    },
    clients: () => [...running.values()].map(({ client }) => client),
    kill: async (name) => {
      const server = running.get(name);
      running.delete(name);
      await server?.kill();
    },
    stopAll: async () => {
      const ended = await Promise.all(
        [...running].map(async ([name, server]) => [name, await server.terminate()] as const),
      );
      running.clear();
      return ended.flatMap(([name, { code, signal, logged }]) =>
        code === 0 ? [] : [`${name} ended with ${code ?? signal}: ${logged.slice(-4_000)}`],
      );
    },
    close,
  };
  try {
    await Promise.all((options.nodes ?? NODES).map(start));
  } catch (fault) {
    await close();
    throw fault;
  }
  return installation;
};
