import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isOfClient } from '../../../../src/adapters/event-store/eventstoredb/client.ts';
import { events, right } from '../../../contract/event-store/harness.ts';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from './opened-store.ts';

const errorAt = (...places: ReadonlyArray<string>): Error => {
  const error = new Error('Failed to discover after 10 attempts.');
  error.stack = ['Error: Failed to discover after 10 attempts.', ...places.map((place) => `    at ${place}`)].join(
    '\n',
  );
  return error;
};
const CLIENT = 'discoverEndpoint (/app/node_modules/@eventstore/db-client/dist/Client/discovery.js:45:11)';
const OURS = 'appendOne (file:///app/src/adapters/event-store/eventstoredb/appending.ts:90:3)';
const TIMERS = 'process.processTimers (node:internal/timers:541:9)';

describe('rejections that nobody holds', () => {
  it.each([
    ['of the client', errorAt(TIMERS, CLIENT, OURS), true],
    ['of gRPC', errorAt('Http2CallStream (C:\\app\\node_modules\\@grpc\\grpc-js\\build\\src\\call.js:1:1)'), true],
    ['of ours, though the client called', errorAt(OURS, CLIENT), false],
    ['without a place', errorAt(), false],
    ['that is no error', 'gone', false],
  ])('%s', (_, thrown, isTheirs) => {
    expect(isOfClient(thrown)).toBe(isTheirs);
  });

  /**
   * A call that is cut while the client looks for a leader in vain is what Node would end the process for. Vitest counts it as
   * a failure of the run.
   */
  it('given no leader, when a call is cut during the search, then its rejection is held (stand-in)', async () => {
    const standIn = await startEventStoreDbStandIn({ nodes: 3 });
    const { store, problems } = await openStore(standIn.connectionString);
    onTestFinished(async () => {
      await store.close();
      await standIn.close();
    });
    const append = { stream: 'booking-1', expected: 'no-stream', events: events(1) } as const;
    await right(store.append(append));
    standIn.faults.next('read', { kind: 'answer-never' });
    const cut = store.readStream('booking-1')();
    await expect.poll(() => standIn.faults.waiting('read')).toBe(0);
    standIn.loseLeader('alive');
    const searching = store.readStream('booking-1')();
    const asked = standIn.faults.seen('gossip');
    await expect.poll(() => standIn.faults.seen('gossip'), { interval: 5 }).toBeGreaterThan(asked);
    standIn.stop(standIn.ports.indexOf(standIn.leaderPort()));
    await expect.poll(() => problems.join('\n'), { timeout: 10_000 }).toContain('looked for in vain');
    standIn.elect();
    await Promise.all([cut, searching]);
    await expect.poll(async () => E.isRight(await store.readStream('booking-1')()), { timeout: 20_000 }).toBe(true);
  });
});

const started = async () => {
  const standIn = await startEventStoreDbStandIn();
  const opened = await openStore(standIn.connectionString);
  onTestFinished(async () => {
    await opened.store.close();
    await standIn.close();
  });
  return { standIn, ...opened };
};

/** Without the adapter's care an answer that comes late is thrown past everybody, and vitest counts it as a failure. */
it('given a waiting append, when another connection breaks, then a late answer does no harm (stand-in)', async () => {
  const broken = await started();
  const slow = await started();
  await right(broken.store.append({ stream: 'booking-1', expected: 'no-stream', events: events(1) }));
  const answered = Promise.withResolvers<void>();
  slow.standIn.faults.next('append', { kind: 'hold', until: answered.promise });
  const append = slow.store.append({ stream: 'booking-1', expected: 'no-stream', events: events(2) })();
  await expect.poll(() => slow.standIn.faults.seen('append')).toBe(1);

  broken.standIn.stop();
  const result = await append;
  expect(E.isRight(result) && result.right.revision).toBe(1);
  expect(slow.standIn.faults.seen('append')).toBe(2);
  answered.resolve();
  await expect.poll(() => slow.problems.join()).toContain('came too late');
  expect(await right(slow.store.readStream('booking-1'))).toHaveLength(2);
});

it('given data that the client hands over in base64, then its message keeps the same as bytes (stand-in)', async () => {
  await started();
  const generated = await import('@eventstore/db-client/generated/streams_pb.js');
  const message = new generated.default.BatchAppendReq.ProposedMessage();
  const [data, metadata] = [Buffer.from('{"name":"Åse"}'), Buffer.from('{"hash":"ø"}')];
  message.setData(data.toString('base64')).setCustomMetadata(metadata.toString('base64'));
  expect(message.getData()).toEqual(new Uint8Array(data));
  expect(message.getCustomMetadata()).toEqual(new Uint8Array(metadata));
});
