import { generateKeyPairSync } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { isNoteSignedBy, makeHeadKey, sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import { headsConsumer, type HeadToSend, startHeads } from '../../../src/application/installation/signed-heads.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { auditedLog, writeAuditedLog } from '../../support/audited-log.ts';
import { makeTestClock, type TestClock } from '../../support/clock.ts';
import { must, mustRun } from '../../support/must.ts';
import { bootBuses, countingIdentity } from '../process.helper.ts';

const EVERY = 600_000;
const hashes = { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys: null };
const newKey = () => makeHeadKey('holdfast/test', generateKeyPairSync('ed25519').privateKey);
const [first, second, third, stranger] = [newKey(), newKey(), newKey(), newKey()];
const rotation = (previous: string, key: string) => ({ previous, key, signature: `of ${previous}` });

describe('signed heads at an interval', () => {
  let store: EventStore;
  let clock: TestClock;
  let problems: string[];
  beforeEach(async () => {
    store = makeMemoryEventStore();
    clock = makeTestClock();
    problems = [];
    await writeAuditedLog(store);
  });
  const start = (node = 'a', signs = true, { sign, verifier } = first) =>
    startHeads({
      audit: {
        log: store,
        hashes: hashes,
        signHead: async (head) => (signs ? E.right({ note: sign(head), verifier }) : E.left('no key can be read')),
        rotations: async (from, to) =>
          E.right(
            to === third.verifier && from === first.verifier
              ? [rotation(from, second.verifier), rotation(second.verifier, to)]
              : null,
          ),
      },
      buses: bootBuses(store, node),
      clock,
      identity: countingIdentity(node),
      report: ({ reason }) => void problems.push(reason),
      node,
      everyMs: EVERY,
    });
  const heads = async () =>
    (await mustRun(store.readAll(0, 1_000))).filter(({ type }) => type === 'HeadSigned').map(({ data }) => data);

  it('given a log, then its head is in it, again after the interval, and all of it is verified', async () => {
    const signing = start();
    await signing.look();
    expect(await heads()).toMatchObject([{ size: auditedLog().length, node: 'a', key: first.verifier }]);
    clock.advance(EVERY - 1);
    await signing.look();
    expect(await heads()).toHaveLength(1);
    clock.advance(2);
    await signing.look();
    // Between the two are the key and the first head.
    expect((await heads())[1]).toMatchObject({ size: auditedLog().length + 2 });
    await signing.stop();
    expect(must(await verifyEvents(store, hashes, () => undefined)).findings).toEqual([]);
  });

  it('given an empty log, then none is signed before it has an event', async () => {
    store = makeMemoryEventStore();
    const signing = start();
    await signing.look();
    expect([await heads(), problems]).toEqual([[], []]);
    await writeAuditedLog(store);
    clock.advance(60_001);
    await signing.look();
    expect(await heads()).toHaveLength(1);
    await signing.stop();
  });

  it('given two nodes, when it is time, then one of them signs', async () => {
    const nodes = [start('a'), start('b')];
    await Promise.all(nodes.map((node) => node.look()));
    expect(await heads()).toHaveLength(1);
    clock.advance(EVERY + 1);
    await Promise.all(nodes.map((node) => node.look()));
    expect(await heads()).toHaveLength(2);
    await Promise.all(nodes.map((node) => node.stop()));
    expect(must(await verifyEvents(store, hashes, () => undefined)).findings).toEqual([]);
  });

  it('given a key that cannot be read, then it is told, tried again, and nothing is written', async () => {
    const signing = start('a', false);
    await signing.look();
    await signing.stop();
    expect(await heads()).toEqual([]);
    expect(problems[0]).toBe('no key can be read');
  });

  it.each([
    ['third', third, [rotation(first.verifier, second.verifier), rotation(second.verifier, third.verifier)]],
    ['stranger', stranger, [{ previous: first.verifier, key: stranger.verifier, signature: null }]],
  ])('given the key is now the %s, then each key since is in the log before the head', async (_, key, wanted) => {
    const signing = start();
    await signing.look();
    await signing.stop();
    clock.advance(EVERY + 1);
    const later = start('a', true, key);
    await later.look();
    await later.stop();
    const all = await mustRun(store.readAll(0, 1_000));
    expect(all.slice(-wanted.length - 1).map(({ type }) => type)).toEqual([
      ...wanted.map(() => 'HeadKeyChanged'),
      'HeadSigned',
    ]);
    expect(all.slice(-wanted.length - 1, -1).map(({ data }) => data)).toEqual(wanted);
    expect(must(await verifyEvents(store, hashes, () => undefined)).findings).toEqual([]);
  });

  it('given a head, then the node that signed it sends it, and again until it arrives', async () => {
    const signing = start('a');
    await signing.look();
    await signing.stop();
    const [event] = (await mustRun(store.readAll(0, 1_000))).filter(({ type }) => type === 'HeadSigned');
    if (event === undefined) throw new Error('no head was signed');
    const sent: HeadToSend[] = [];
    const answers = [E.left('away'), E.right(undefined)];
    const consumer = headsConsumer('mail', 'a', async (head) => {
      sent.push(head);
      return answers.shift() ?? E.right(undefined);
    });
    expect(consumer.accepts(event)).toBe(true);
    expect(headsConsumer('mail', 'b', async () => E.right(undefined)).accepts(event)).toBe(false);
    expect(await consumer.handle({ event, attempt: 1 })).toEqual({ type: 'retry', reason: 'away' });
    expect(await consumer.handle({ event, attempt: 2 })).toEqual({ type: 'ack' });
    expect(sent).toMatchObject([{ id: event.id, size: auditedLog().length }, { id: event.id }]);
  });
});
