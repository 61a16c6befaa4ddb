import { isIP, isIPv6 } from 'node:net';
import type { Server } from '@grpc/grpc-js';
import { basicAccess, defaultUsers, openAccess, type User } from './access.ts';
import { type Certificate, ofLocalhost } from './certificates.ts';
import { writeCertificate } from './certificate-file.ts';
import { createDatabase, type Database } from './database.ts';
import type { Member } from './discovery-service.ts';
import { createFaultPlan, type FaultPlan } from './fault-plan.ts';
import type { Node } from './node.ts';
import { ADDRESS, createNodeServer, listen, SECURE_HOST } from './node-server.ts';
import { type ServerVersion, usualVersion } from './server-version.ts';
import { notLeader } from './rpc-errors.ts';

export type StandInOptions = {
  /** 1, or 3 for a cluster that shares one log. */
  readonly nodes?: 1 | 3;
  /** Serves TLS and asks for a user and a password. */
  readonly secure?: boolean;
  /** What it shows when it is secure; else one for localhost. */
  readonly certificate?: Certificate;
  /** What nodes say where they are, and the connection string with them; an address is also where they listen. */
  readonly host?: string;
  readonly users?: ReadonlyArray<User>;
  /** False plays an old server, to which appends go one by one. */
  readonly batchAppend?: boolean;
  /** Plays this server, where versions differ; else the one that `usualVersion` says. */
  readonly olderServer?: ServerVersion;
  readonly seed?: number;
  /** Epoch milliseconds, for `created` and for `$maxAge`. */
  readonly now?: () => number;
};

/** A stand-in for EventStoreDB, over real gRPC. Its rules come from the vendor's pages and sources; it is not EventStoreDB. */
export type EventStoreDbStandIn = {
  /** Says admin's credentials when the stand-in is secure. */
  readonly connectionString: string;
  readonly ports: ReadonlyArray<number>;
  readonly leaderPort: () => number;
  /** The file of the authority behind the stand-in's certificate; undefined when it is not secure. */
  readonly caFile: string | undefined;
  readonly faults: FaultPlan;
  readonly database: Pick<Database, 'log'>;
  /** All nodes go down and come back on their ports: connections are cut, the log stays, what was only in memory is gone. */
  readonly restart: () => Promise<void>;
  /** One node goes down (all, when not told which); when it led, the next one that is up leads. Gossip says that it is dead. */
  readonly stop: (node?: number) => void;
  readonly start: (node?: number) => Promise<void>;
  /**
   * No node leads until `elect`: gossip names none, and nodes say that they are not ready. The one that led dies, or is
   * `alive` and knows no more that it led. Needs three nodes.
   */
  readonly loseLeader: (how?: 'dead' | 'alive') => void;
  /** One of the nodes that are up leads. */
  readonly elect: () => void;
  /** Another node leads, with nothing in its memory. Needs three nodes. */
  readonly changeLeader: () => void;
  readonly close: () => Promise<void>;
};

const connectionStringOf = (host: string, ports: ReadonlyArray<number>, caFile: string | undefined): string => {
  const hosts = ports.map((port) => `${isIPv6(host) ? `[${host}]` : host}:${port}`).join(',');
  return caFile === undefined
    ? `esdb://${hosts}?tls=false`
    : `esdb://admin:changeit@${hosts}?tls=true&tlsCAFile=${caFile}`;
};

export const startEventStoreDbStandIn = async (options: StandInOptions = {}): Promise<EventStoreDbStandIn> => {
  const { nodes = 1, secure = false, users = defaultUsers, batchAppend = true, seed = 1 } = options;
  const now = options.now ?? (() => Temporal.Now.instant().epochMilliseconds);
  const host = options.host ?? (secure ? SECURE_HOST : ADDRESS);
  const shown = secure ? (options.certificate ?? ofLocalhost) : undefined;
  const faults = createFaultPlan();
  const database = createDatabase(seed, now);
  const certificate = shown === undefined ? undefined : await writeCertificate(shown.authority);
  let leader = 0;
  let isLeaderless = false;
  const running: Array<Server | undefined> = [];
  let ports: ReadonlyArray<number> = Array.from({ length: nodes }, () => 0);

  const leaderPort = (): number => ports[leader] ?? 0;
  const members = (): ReadonlyArray<Member> =>
    ports.map((port, index) => ({
      port,
      isLeader: !isLeaderless && index === leader,
      isAlive: running[index] !== undefined,
      isElecting: isLeaderless,
    }));
  const nodeAt = (index: number): Node => ({
    database,
    faults,
    version: options.olderServer ?? usualVersion(),
    access: secure ? basicAccess(users) : openAccess,
    isLeader: () => !isLeaderless && index === leader,
    isLeaderless: () => isLeaderless,
    notLeader: () => notLeader(leaderPort(), host),
  });
  const forget = (): void => {
    database.forgetIds();
  };
  const handOver = (): void => {
    const steps = Array.from({ length: nodes }, (_, step) => (leader + step + 1) % nodes);
    leader = steps.find((index) => running[index] !== undefined) ?? leader;
    forget();
  };
  const which = (node: number | undefined): ReadonlyArray<number> => (node === undefined ? [...ports.keys()] : [node]);
  const start = async (node?: number): Promise<void> => {
    const down = which(node).filter((index) => running[index] === undefined);
    const bound = await Promise.all(
      down.map(async (index) => {
        const server = createNodeServer(nodeAt(index), { host, members, batchAppend });
        running[index] = server;
        return listen(server, isIP(host) === 0 ? ADDRESS : host, ports[index] ?? 0, shown);
      }),
    );
    ports = ports.map((port, index) => bound[down.indexOf(index)] ?? port);
  };
  const stop = (node?: number): void => {
    for (const index of which(node)) {
      running[index]?.forceShutdown();
      running[index] = undefined;
    }
    if (running[leader] === undefined && !isLeaderless) handOver();
  };
  await start();

  return {
    connectionString: connectionStringOf(host, ports, certificate?.path),
    ports,
    leaderPort,
    caFile: certificate?.path,
    faults,
    database,
    restart: async () => {
      stop();
      await start();
    },
    stop,
    start,
    loseLeader: (how = 'dead') => {
      if (nodes === 1) throw new Error('one node always leads');
      isLeaderless = true;
      if (how === 'dead') stop(leader);
    },
    elect: () => {
      isLeaderless = false;
      if (running[leader] === undefined) handOver();
    },
    changeLeader: () => {
      if (nodes === 1) throw new Error('one node has nobody to hand the lead to');
      handOver();
    },
    close: async () => {
      stop();
      await certificate?.remove();
    },
  };
};
