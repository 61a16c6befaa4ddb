import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { sha256Hex as sha256 } from '../../../../src/adapters/hashing/sha256.ts';
import { decodeEvent, encodeAppend } from '../../../../src/adapters/event-store/eventstoredb/wire-event.ts';
import type { Append } from '../../../../src/application/ports/event-store.ts';
import { firstBrokenLink, seal } from '../../../../src/domain/log/hash-chain.ts';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { event, left, right } from '../../../contract/event-store/harness.ts';
import { openStore } from './opened-store.ts';

const appendOf = (overrides: Partial<Append>): Append => ({
  stream: 'booking-1',
  expected: 'no-stream',
  events: [event()],
  ...overrides,
});

const refusal = (append: Append): unknown => {
  const encoded = encodeAppend(append);
  return E.isLeft(encoded) ? encoded.left : 'taken';
};

describe('events on their way to the server', () => {
  it('keep their hash chain through a server, whatever the data', async () => {
    const standIn = await startEventStoreDbStandIn();
    const { store } = await openStore(standIn.connectionString);
    const data = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 2 }));
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.array(data, { minLength: 1, maxLength: 4 }), async (name, contents) => {
        // As the log holds it: what JSON cannot say (-0) is never in it.
        const bodies = contents.map((each) => JSON.parse(JSON.stringify(each)));
        const sealed = seal(sha256)(
          '',
          bodies.map((body) => event('Sealed', body)),
        );
        await right(store.append({ stream: `booking-${name}`, expected: 'no-stream', events: sealed }));
        const found = await right(store.readStream(`booking-${name}`));
        expect(firstBrokenLink(sha256)('', found)).toBeNull();
        expect(found.map(({ data }) => data)).toEqual(bodies);
        expect(found.map(({ data }) => JSON.stringify(data))).toEqual(sealed.map(({ data }) => JSON.stringify(data)));
      }),
      { numRuns: 60 },
    );
    await store.close();
    await standIn.close();
  });

  it('are refused in streams that nobody would read back', () => {
    expect(refusal(appendOf({ stream: 'other-1' }))).toMatchObject({ type: 'Unavailable' });
  });

  it.each(['no-uuid', 'A0000000-0000-4000-8000-00000000000A'])(
    'are refused with the id %s, which would change',
    (id) => {
      expect(refusal(appendOf({ events: [event('A', {}, id)] }))).toMatchObject({ type: 'Unavailable' });
    },
  );

  it('are refused by the size before anything is sent', async () => {
    const standIn = await startEventStoreDbStandIn();
    const { store } = await openStore(standIn.connectionString);
    const big = appendOf({ events: [event('Big', { text: 'x'.repeat(1_048_576) })] });
    const small = appendOf({ stream: 'schedule-1' });
    expect((await left(store.append(big))).type).toBe('TooLarge');
    expect((await left(store.appendInOrder([small, big]))).type).toBe('TooLarge');
    expect(standIn.faults.seen('append')).toBe(0);
    await store.close();
    await standIn.close();
  });
});

describe('events that come from the server', () => {
  it('given one that is nested deeper than any of ours, then it is corrupt, and named', () => {
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    const stored = {
      streamId: 'holdfast-booking-1',
      id: 'one',
      type: 'BookingCancelled',
      revision: 4n,
      data: { deep },
      metadata: {},
      isJson: true,
      created: new Date(0),
      position: { commit: 9n, prepare: 9n },
    } as const;
    expect(decodeEvent('holdfast-', { event: stored })).toEqual(
      E.left({ type: 'Corrupt', reason: 'the event 4 of holdfast-booking-1 is nested too deeply', position: 9 }),
    );
  });
});
