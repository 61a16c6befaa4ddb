import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { promises as dns } from 'node:dns';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import {
  makeEventStoreDbStore,
  describeOpenError,
  EVENTSTOREDB_TIME_LIMITS,
  type EventStoreDbConfig,
} from '../../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { hostsRefusal, type Names } from '../../../../src/adapters/event-store/eventstoredb/host-refusal.ts';
import { secretOf } from '../../../../src/application/secret.ts';
import {
  type EventStoreDbStandIn,
  type StandInOptions,
  startEventStoreDbStandIn,
} from '../../../support/eventstoredb/stand-in.ts';

const deps = { clock: systemClock, random: () => 0, onProblem: () => undefined };

/** A start would wait so long for what may change: much longer than any of these may take. */
const WAIT_MS = 120_000;

const opening = (connectionString: string, config: Partial<EventStoreDbConfig> = {}) =>
  makeEventStoreDbStore(
    {
      ...EVENTSTOREDB_TIME_LIMITS,
      rights: ['read', 'write'],
      startTimeLimitMs: WAIT_MS,
      connectionString: secretOf(connectionString),
      ...config,
    },
    deps,
  )();

const refused = async (connectionString: string, config: Partial<EventStoreDbConfig> = {}) => {
  const opened = await opening(connectionString, config);
  if (E.isRight(opened)) {
    await opened.right.close();
    throw new Error('it was opened');
  }
  const line = describeOpenError(opened.left);
  expect(line).not.toContain('changeit');
  return { code: opened.left.type === 'Refused' ? opened.left.code : opened.left.type, line };
};

const users = [
  { name: 'admin', password: 'changeit', groups: ['$admins'] },
  { name: 'booker', password: 'changeit', groups: [] },
  { name: 'reader', password: 'changeit', groups: ['$admins'], without: ['write'] },
  { name: 'writer', password: 'changeit', groups: ['$admins'], without: ['read'] },
  { name: 'guest', password: 'changeit', groups: [], without: ['read', 'write'] },
] as const;

describe('a start that waiting does not help ends at once (EventStoreDB stand-in)', () => {
  const standIns: Array<EventStoreDbStandIn> = [];
  const start = async (options?: StandInOptions): Promise<EventStoreDbStandIn> => {
    const standIn = await startEventStoreDbStandIn(options);
    standIns.push(standIn);
    return standIn;
  };
  afterEach(async () => {
    await Promise.all(standIns.splice(0).map((standIn) => standIn.close()));
  });
  const as = async (who: string) =>
    (await start({ secure: true, users })).connectionString.replace('admin:changeit@', who);

  it('given a wrong password, then it says so', async () => {
    const { code, line } = await refused(await as('admin:Geheim-77@'));
    expect(code).toBe('user_unknown');
    expect(line).toContain('knows no such user with this password: correct them');
    expect(line).not.toContain('Geheim');
  });

  it('given a user whom nobody knows, then it says so', async () => {
    expect(await refused(await as('stranger:changeit@'))).toMatchObject({ code: 'user_unknown' });
  });

  it('given no user where one is needed, then it says where to write one', async () => {
    const { code, line } = await refused(await as(''));
    expect(code).toBe('user_missing');
    expect(line).toContain('user:password@');
  });

  it.each([
    ['booker', 'lacks the right to read $all:'],
    ['reader', 'lacks the right to write streams holdfast-…:'],
    ['writer', 'lacks the right to read streams holdfast-…:'],
    ['guest', 'lacks the right to read $all, to read streams holdfast-…, to write streams holdfast-…:'],
  ])('given the user %s, then it says which right is missing', async (user, words) => {
    const { code, line } = await refused(await as(`${user}:changeit@`));
    expect(code).toBe('right_missing');
    expect(line).toContain(words);
  });

  it('given a log that is only read, then the right to write is not asked for', async () => {
    const opened = await opening(await as('reader:changeit@'), { rights: ['read'] });
    expect(opened._tag).toBe('Right');
    if (E.isRight(opened)) await opened.right.close();
  });

  it('the right to write is tried without a trace in the log', async () => {
    const standIn = await start();
    const opened = await opening(standIn.connectionString);
    expect(standIn.database.log.all().filter(({ stream }) => stream.startsWith('holdfast-'))).toEqual([]);
    if (E.isRight(opened)) await opened.right.close();
  });

  it('given a certificate whose authority is not known, then it names the key for its file', async () => {
    const { connectionString } = await start({ secure: true });
    const { code, line } = await refused(connectionString.replace(/&tlsCAFile=.*/, ''));
    expect(code).toBe('certificate_not_trusted');
    expect(line).toContain('store.caFile');
  });

  it('given a cluster of such nodes, then the same', async () => {
    const { connectionString } = await start({ secure: true, nodes: 3 });
    expect(await refused(connectionString.replace(/&tlsCAFile=.*/, ''))).toMatchObject({
      code: 'certificate_not_trusted',
    });
  });

  it('given a server without TLS, then it names the option, and the other way round', async () => {
    const plain = await start();
    const secure = await start({ secure: true });
    expect(await refused(`esdb://localhost:${plain.leaderPort()}`)).toMatchObject({ code: 'no_tls' });
    expect(await refused(`esdb://127.0.0.1:${secure.leaderPort()}?tls=false`)).toMatchObject({ code: 'only_tls' });
  });

  it('given a server that is too old, then it says which one is needed', async () => {
    const { connectionString } = await start({ olderServer: '21.10' });
    const { code, line } = await refused(connectionString);
    expect(code).toBe('server_too_old');
    expect(line).toMatch(/version 21\.10\S* is too old: 22\.6 or later is needed/);
  });

  it('given 23.10, then it is opened', async () => {
    const { connectionString } = await start({ olderServer: '23.10' });
    const opened = await opening(connectionString);
    expect(opened._tag).toBe('Right');
    if (E.isRight(opened)) await opened.right.close();
  });
});

describe('what may change by waiting is waited for (EventStoreDB stand-in)', () => {
  it('given one host that refuses connections beside one with an untrusted certificate', async () => {
    const standIn = await startEventStoreDbStandIn({ secure: true });
    const hosts = [
      { address: 'localhost', port: standIn.leaderPort() },
      { address: 'localhost', port: 9 },
    ];
    expect(await hostsRefusal(hosts, { tls: true, ca: null })).toBeNull();
    expect(await hostsRefusal(hosts.slice(0, 1), { tls: true, ca: null })).toMatchObject({
      code: 'certificate_not_trusted',
    });
    await standIn.close();
  });

  it('given a server that says for a while that it is not ready, then it is opened once it is', async () => {
    const standIn = await startEventStoreDbStandIn();
    standIn.faults.next('read', { kind: 'refuse', as: 'not-ready' }, 3);
    const opened = await opening(standIn.connectionString);
    expect(opened._tag).toBe('Right');
    if (E.isRight(opened)) await opened.right.close();
    await standIn.close();
  });
});

/** A DNS server that answers every question with one response code: RFC 1035, section 4.1.1. */
const startDns = async (code: number): Promise<Socket> => {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8180 | code, 2);
    socket.send(answer, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

describe('a host that DNS does not know', () => {
  const NO_ERROR = 0;
  const SERVER_FAILURE = 2;
  const NO_SUCH_NAME = 3;
  const REFUSED = 5;
  const hosts = [{ address: 'esdb.example.org', port: 2113 }];
  /** The machine's own look-up, as it ends for a name that it does not find. */
  const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });

  const asked = async (server: string): Promise<string | undefined> => {
    const resolver = new dns.Resolver({ timeout: 200, tries: 1 });
    resolver.setServers([server]);
    const names: Names = {
      lookup: () => Promise.reject(notFound),
      resolve4: (host) => resolver.resolve4(host),
      resolve6: (host) => resolver.resolve6(host),
    };
    return (await hostsRefusal(hosts, { tls: false, ca: null }, names))?.code;
  };
  const answered = async (code: number): Promise<string | undefined> => {
    const server = await startDns(code);
    const found = await asked(`127.0.0.1:${server.address().port}`);
    server.close();
    return found;
  };

  it('is unknown where a DNS server says so, or knows the name without an address', async () => {
    expect(await answered(NO_SUCH_NAME)).toBe('host_unknown');
    expect(await answered(NO_ERROR)).toBe('host_unknown');
  });

  it('may yet come where no DNS server answers, or it fails', async () => {
    expect(await answered(SERVER_FAILURE)).toBeUndefined();
    expect(await answered(REFUSED)).toBeUndefined();
    const gone = await startDns(NO_ERROR);
    const { port } = gone.address();
    gone.close();
    await once(gone, 'close');
    expect(await asked(`127.0.0.1:${port}`)).toBeUndefined();
  });
});
