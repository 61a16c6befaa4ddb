import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { JsonObject } from '../../../src/domain/log/envelope.ts';
import { mustRun } from '../../support/must.ts';
import { chained, contentOf, copying, write } from './logs.ts';

/** Data as it comes out of JSON; its keys may be of any kind but the one that no assignment makes. */
const data: fc.Arbitrary<JsonObject> = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }), { maxKeys: 4 })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));

const log = fc.array(fc.array(data, { minLength: 1, maxLength: 6 }), { maxLength: 8 });

describe('random logs', () => {
  it('given any log and any part of it in the target, when copied, then the target is the same log', async () => {
    await fc.assert(
      fc.asyncProperty(log, fc.infiniteStream(fc.nat({ max: 6 })), async (streams, kept) => {
        const [from, to] = [makeMemoryEventStore(), makeMemoryEventStore()];
        let [events, alreadyThere] = [0, 0];
        for (const [index, content] of streams.entries()) {
          const stream = `booking-${index}`;
          const whole = chained(stream, content);
          const part = whole.slice(0, kept.next().value);
          await write(from, stream, whole);
          await write(to, stream, part);
          events += whole.length;
          alreadyThere += part.length;
        }
        expect(await mustRun(copying(from, to))).toEqual({ events, streams: streams.length, alreadyThere });
        expect(await contentOf(to)).toEqual(await contentOf(from));
      }),
      { numRuns: 150 },
    );
  });
});
