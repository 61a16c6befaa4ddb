import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import {
  makeEventStoreDbStore,
  describeOpenError,
  EVENTSTOREDB_TIME_LIMITS,
  type EventStoreDbConfig,
} from '../../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { secretOf } from '../../../../src/application/secret.ts';
import { event, left, right } from '../../../contract/event-store/harness.ts';
import {
  type EventStoreDbStandIn,
  type StandInOptions,
  startEventStoreDbStandIn,
} from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from './opened-store.ts';

const deps = { clock: systemClock, random: () => 0, onProblem: () => undefined };

const opening = (connectionString: string, config: Partial<EventStoreDbConfig> = {}) =>
  makeEventStoreDbStore(
    { ...EVENTSTOREDB_TIME_LIMITS, connectionString: secretOf(connectionString), ...config },
    deps,
  )();

const refusal = async (connectionString: string, config: Partial<EventStoreDbConfig> = {}): Promise<string> => {
  const opened = await opening(connectionString, config);
  if (E.isRight(opened)) throw new Error('it was opened');
  return describeOpenError(opened.left);
};

const append = { stream: 'booking-1', expected: 'no-stream', events: [event()] } as const;

describe('opening (EventStoreDB stand-in)', () => {
  let standIn: EventStoreDbStandIn | undefined;
  const start = async (options?: StandInOptions): Promise<EventStoreDbStandIn> => {
    standIn = await startEventStoreDbStandIn(options);
    return standIn;
  };
  /** By name: Node takes no IP address for TLS. */
  const startSecure = async (): Promise<{ readonly connectionString: string; readonly caFile: string }> => {
    const { connectionString, caFile = '' } = await start({ secure: true });
    return { connectionString: connectionString.replace('127.0.0.1', 'localhost'), caFile };
  };
  afterEach(() => standIn?.close());

  it('gives up after the time allowed, and says which hosts, without the password', async () => {
    const line = await refusal('esdb://user:Geheim-77@127.0.0.1:9,127.0.0.1:19?tls=false', { startTimeLimitMs: 300 });
    expect(line).toMatch(/^EventStoreDB at 127\.0\.0\.1:9, 127\.0\.0\.1:19 had no leader .* within 300 ms/);
    expect(line).not.toContain('Geheim');
  });

  it('waits for a server that comes later', async () => {
    const server = await start();
    server.stop();
    const waiting = opening(server.connectionString);
    await server.start();
    const opened = await waiting;
    expect(opened._tag).toBe('Right');
    if (E.isRight(opened)) await opened.right.close();
  });

  it('goes over TLS with the file of the authority, named in the string or beside it', async () => {
    const { connectionString, caFile } = await startSecure();
    const { store } = await openStore(connectionString.replace(/&tlsCAFile=.*/, ''), { caFile });
    await right(store.append(append));
    await store.close();
    const other = await openStore(connectionString);
    expect(await right(other.store.readStream('booking-1'))).toHaveLength(1);
    await other.store.close();
  });

  it('says so when the file of the authority cannot be read', async () => {
    expect(await refusal('esdb://node', { caFile: '/nowhere/ca.pem' })).toContain('/nowhere/ca.pem');
  });

  it('goes on after a cluster that nobody could discover for a while', async () => {
    const server = await start({ nodes: 3 });
    const quick = `${server.connectionString}&maxDiscoverAttempts=1`;
    const { store } = await openStore(quick, { appendTimeLimitMs: 500 });
    // A connection that is just being made would outlive the stop.
    await right(store.append({ ...append, stream: 'booking-0', events: [event()] }));
    server.stop();
    expect(['Unavailable', 'OutcomeUnknown']).toContain((await left(store.append(append))).type);
    expect(await left(store.append(append))).toMatchObject({ type: 'Unavailable' });
    await server.start();
    expect((await right(store.append(append))).revision).toBe(0);
    await store.close();
  });

  const run = (env: Record<string, string>): Promise<{ readonly stdout: string; readonly stderr: string }> => {
    const program = fileURLToPath(new URL('./open-and-close.ts', import.meta.url));
    return promisify(execFile)(process.execPath, [program], { env: { ...process.env, ...env } });
  };

  it('keeps a process alive that has nothing else to do, until it knows', async () => {
    const waiting = run({ EVENTSTOREDB: 'esdb://127.0.0.1:9?tls=false' });
    await expect(waiting).rejects.toThrow('EventStoreDB at 127.0.0.1:9 had no leader');
  });

  it('never prints the password, not even into the debug output of the client', async () => {
    const { connectionString, caFile } = await startSecure();
    const env = { DEBUG: 'esdb:*', EVENTSTOREDB: connectionString, EVENTSTOREDB_CA: caFile };
    const { stdout, stderr } = await run(env);
    expect(stdout).toContain('appended and closed');
    expect(stderr).toContain('esdb:');
    expect(stdout + stderr).not.toContain('changeit');
  });
});
