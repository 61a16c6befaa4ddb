import type * as FileSystem from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeNameLookup, type NameLookupOptions } from '../../../src/adapters/network/name-lookup.ts';
import { otherSources } from '../../../src/adapters/network/other-name-sources.ts';
import { asNodeLookup } from '../../../src/adapters/network/replace-lookup.ts';
import { temporaryDataFile, temporaryFolder } from '../../support/data-file.ts';
import { type DnsAnswer, startDnsServer } from '../../support/dns-server.ts';
import { must, mustRun } from '../../support/must.ts';

const SLOW_DISK_MS = 50;
const disk = vi.hoisted(() => ({ syncs: 0 }));
// Every sync takes its time, and then a thread of the pool, as on a slow disk.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>();
  return {
    ...fs,
    fdatasync: (file: number, done: (error: Error | null) => void) => {
      disk.syncs += 1;
      setTimeout(() => fs.fdatasync(file, done), SLOW_DISK_MS);
    },
  };
});

const event = {
  id: 'one',
  type: 'SlotConfirmed',
  version: 1,
  data: { bookingUid: 'one' },
  occurredAt: '2050-09-05T09:00:00Z',
  actor: { kind: 'system' as const },
  correlationId: 'one',
  causationId: null,
  hash: '',
};

type World = {
  readonly answers?: (name: string, type: 'A' | 'AAAA') => DnsAnswer;
  readonly hosts?: string;
  readonly resolvConf?: string;
  readonly options?: NameLookupOptions;
};

const given = async ({ answers = () => 'no-such-name', hosts = '', resolvConf = '', options }: World) => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const files = { hosts: join(folder.path, 'hosts'), resolvConf: join(folder.path, 'resolv.conf') };
  writeFileSync(files.hosts, hosts);
  writeFileSync(files.resolvConf, resolvConf);
  const server = await startDnsServer(answers);
  onTestFinished(server.close);
  const find = makeNameLookup({ servers: [server.address], files, otherSources: async () => [], ...options });
  const codeFor = (name: string): Promise<unknown> =>
    find(name).then(
      (addresses) => addresses.map(({ address }) => address),
      (error: NodeJS.ErrnoException) => error.code,
    );
  return { find, codeFor, server, files, folder };
};

describe('a name is looked up', () => {
  it('given both families in DNS, then IPv4 comes first', async () => {
    const { codeFor } = await given({ answers: () => ['192.0.2.1', '2001:db8::1'] });
    expect(await codeFor('cal.example.org')).toEqual(['192.0.2.1', '2001:db8::1']);
  });

  it('given a server that answers one family only, then that one is not held back', async () => {
    const { codeFor } = await given({ answers: (_name, type) => (type === 'A' ? ['192.0.2.1'] : 'silence') });
    const before = performance.now();
    expect(await codeFor('cal.example.org')).toEqual(['192.0.2.1']);
    expect(performance.now() - before).toBeLessThan(1_400);
  });

  it('given a name in the hosts file, also one written there later, then no server is asked', async () => {
    const { codeFor, server, files } = await given({ hosts: '10.1.2.3 Nas.lan nas # our own\nfe80::1%eth0 nas\n' });
    expect(await codeFor('NAS')).toEqual(['10.1.2.3', 'fe80::1%eth0']);
    writeFileSync(files.hosts, '10.1.2.4 printer\n');
    expect([await codeFor('printer'), await codeFor('localhost'), await codeFor('192.0.2.9')]).toEqual([
      ['10.1.2.4'],
      ['127.0.0.1', '::1'],
      ['192.0.2.9'],
    ]);
    expect(server.asked()).toEqual([]);
  });

  it.each([
    ['dav', ['dav.a.test', 'dav.b.test', 'dav']],
    ['dav.office', ['dav.office', 'dav.office.a.test', 'dav.office.b.test']],
    ['dav.', ['dav']],
  ])('given search domains, then %s is asked for in the order of resolv.conf', async (name, inOrder) => {
    const { codeFor, server } = await given({ resolvConf: 'nameserver 192.0.2.1\nsearch a.test b.test.\n' });
    expect(await codeFor(name)).toBe('ENOTFOUND');
    expect(server.asked().filter((one) => one.endsWith(' A'))).toEqual(inOrder.map((one) => `${one} A`));
  });

  it('given ndots, then a name with fewer dots is searched first', async () => {
    const answers = (name: string): DnsAnswer => (name === 'es.store.svc.test' ? ['10.0.0.7'] : 'no-such-name');
    const { codeFor } = await given({ answers, resolvConf: 'search svc.test\noptions ndots:5 timeout:1\n' });
    expect(await codeFor('es.store')).toEqual(['10.0.0.7']);
  });

  it('given a name that only another source of the machine knows, then that one is asked last', async () => {
    const nas = { address: '10.0.0.9', family: 4 };
    const other = async (name: string) => (name === 'nas.local' ? [nas] : []);
    const { codeFor } = await given({ options: { otherSources: other } });
    expect([await codeFor('nas.local'), await codeFor('gone.local')]).toEqual([['10.0.0.9'], 'ENOTFOUND']);
  });

  it('given the real getent, then it knows localhost, and takes no option for a name', async () => {
    const find = otherSources();
    expect((await find('localhost', 5_000)).map(({ address }) => address)).toContain('127.0.0.1');
    expect([
      await find('-s', 5_000),
      await find('x y', 5_000),
      await otherSources('no-such-program')('nas', 5_000),
    ]).toEqual([[], [], []]);
  });
});

describe('a DNS server that is silent or fails', () => {
  it('given ten callers of one silent name, then it is asked once, in bounded time, and not at once again', async () => {
    const { codeFor, server } = await given({ answers: () => 'silence', options: { timeLimitMs: 300 } });
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeFor('stalled.example.org')));
    expect(new Set(codes)).toEqual(new Set(['EAI_AGAIN']));
    const before = performance.now();
    expect(await codeFor('stalled.example.org')).toBe('EAI_AGAIN');
    expect(performance.now() - before).toBeLessThan(100);
    expect(server.asked().toSorted()).toEqual(['stalled.example.org A', 'stalled.example.org AAAA']);
  });

  it('given a fault of the server, then nobody says that there is no such name', async () => {
    const { codeFor } = await given({ answers: () => 'fault' });
    expect(await codeFor('cal.example.org')).toBe('EAI_AGAIN');
  });

  it('given forty silent names, then another is found and a slow disk commits while they wait', async () => {
    const answers = (name: string): DnsAnswer => (name.startsWith('stalled') ? 'silence' : ['192.0.2.1']);
    const { find, codeFor } = await given({ answers, options: { timeLimitMs: 3_000 } });
    let waiting = 40;
    const stalled = Array.from({ length: waiting }, (_, index) =>
      find(`stalled${index}.example.org`).catch(() => {
        waiting -= 1;
      }),
    );
    expect(await codeFor('other.example.org')).toEqual(['192.0.2.1']);
    const data = await temporaryDataFile();
    onTestFinished(data.remove);
    const store = must(makeSqliteEventStore(data.file));
    disk.syncs = 0;
    await mustRun(store.append({ stream: 'schedule-odd', expected: 'no-stream', events: [event] }));
    expect(disk.syncs).toBeGreaterThan(0);
    expect(waiting).toBe(40);
    await Promise.all(stalled);
    expect(waiting).toBe(0);
  });
});

describe('in place of the lookup of Node', () => {
  it('given its options, then it answers as Node does', async () => {
    const addresses = [
      { address: '192.0.2.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ];
    const { lookup, lookupPromise } = asNodeLookup(async () => addresses);
    const called = (...options: ReadonlyArray<unknown>) =>
      new Promise((resolve) => lookup('a.example', ...options, (...answer: ReadonlyArray<unknown>) => resolve(answer)));
    expect([await called(), await called({ all: true }), await called(6), await called({ family: 'IPv6' })]).toEqual([
      [null, '192.0.2.1', 4],
      [null, addresses],
      [null, '2001:db8::1', 6],
      [null, '2001:db8::1', 6],
    ]);
    expect(await lookupPromise('a.example', { all: true, family: 4 })).toEqual([addresses[0]]);
    const nothing = asNodeLookup(async () => []);
    await expect(nothing.lookupPromise('a.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
