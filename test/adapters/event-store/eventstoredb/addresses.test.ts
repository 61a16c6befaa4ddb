import * as E from 'fp-ts/lib/Either.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import { bracketed } from '../../../../src/adapters/event-store/eventstoredb/client.ts';
import {
  EVENTSTOREDB_TIME_LIMITS,
  openEventStoreDbConnection,
} from '../../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { secretOf } from '../../../../src/application/secret.ts';
import { event, right } from '../../../contract/event-store/harness.ts';
import { ofAddresses, ofName } from '../../../support/eventstoredb/certificates.ts';
import {
  type EventStoreDbStandIn,
  type StandInOptions,
  startEventStoreDbStandIn,
} from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from './opened-store.ts';

describe('addresses over TLS (EventStoreDB stand-in)', () => {
  let standIn: EventStoreDbStandIn;
  afterEach(() => standIn.close());
  const start = async (options: StandInOptions): Promise<string> => {
    standIn = await startEventStoreDbStandIn({ secure: true, ...options });
    return standIn.connectionString;
  };
  const append = { stream: 'booking-1', expected: 'no-stream', events: [event()] } as const;

  it.each(['127.0.0.1', '::1'])('given a certificate with the address %s in it, then it is trusted', async (host) => {
    const { store } = await openStore(await start({ host, certificate: ofAddresses }));
    await right(store.append(append));
    expect(await right(store.readStream('booking-1'))).toHaveLength(1);
    await store.close();
  });

  it.each(['127.0.0.1', '::1'])('given three nodes that advertise %s, then a change of leader too', async (host) => {
    const { store } = await openStore(await start({ host, nodes: 3, certificate: ofAddresses }));
    await right(store.append(append));
    standIn.changeLeader();
    expect((await right(store.append({ ...append, expected: 0, events: [event()] }))).revision).toBe(1);
    await store.close();
  });

  it.each([
    ['127.0.0.1', ofName],
    ['localhost', ofAddresses],
  ])('given %s and a certificate without it, then the start ends at once', async (host, certificate) => {
    const connectionString = secretOf(await start({ host, certificate }));
    const deps = { clock: systemClock, random: () => 0, onProblem: () => undefined };
    const opened = await openEventStoreDbConnection({ ...EVENTSTOREDB_TIME_LIMITS, connectionString }, deps)();
    expect(E.isLeft(opened) && opened.left).toMatchObject({ code: 'certificate_of_other_name' });
  });

  it('given a name in the string and nodes that advertise addresses, then both are verified', async () => {
    const seed = await start({ host: '127.0.0.1', nodes: 3 });
    const { store } = await openStore(seed.replace('127.0.0.1', 'localhost'));
    await right(store.append(append));
    await store.close();
  });
});

describe('a target of gRPC', () => {
  it.each([
    ['::1:2113', '[::1]:2113'],
    ['fe80::7:1:2113', '[fe80::7:1]:2113'],
    ['[::1]:2113', '[::1]:2113'],
    ['127.0.0.1:2113', '127.0.0.1:2113'],
    ['node.example.org:2113', 'node.example.org:2113'],
  ])('%s is %s', (target, expected) => {
    expect(bracketed(target)).toBe(expected);
  });
});
