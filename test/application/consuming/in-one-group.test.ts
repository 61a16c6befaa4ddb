import { describe, expect, it } from 'vitest';
import type { ConsumerGroup, Verdict } from '../../../src/application/ports/consumer-groups.ts';
import { inOneGroup } from '../../../src/application/consuming/in-one-group.ts';
import { recorded } from '../../../src/adapters/event-store/stored-event.ts';
import { event as envelope } from '../../contract/event-store/harness.ts';

const ack: Verdict = { type: 'ack' };
const event = recorded(envelope('Seen'), 'booking-1', 0, 1);

const groupOf = (verdict: Verdict, accepts = true): ConsumerGroup => ({
  name: 'one',
  accepts: () => accepts,
  startAt: 'now',
  keyOf: () => '',
  maxInFlight: 1,
  maxAttempts: 1,
  backoffMs: () => 1,
  handle: async () => verdict,
});

const verdictOf = (...verdicts: ReadonlyArray<Verdict>) =>
  inOneGroup('all', groupOf(ack), ...verdicts.map((verdict) => groupOf(verdict))).handle({ event, attempt: 1 });

describe('several groups as one', () => {
  it('is done when all are', async () => {
    expect(await verdictOf(ack, ack)).toEqual(ack);
  });

  it('comes again when the first of them wants it', async () => {
    expect(await verdictOf({ type: 'defer', afterMs: 20 }, ack, { type: 'defer', afterMs: 10 })).toEqual({
      type: 'defer',
      afterMs: 10,
    });
  });

  it('counts an attempt where one failed, before all else', async () => {
    const retry: Verdict = { type: 'retry', reason: 'x' };
    expect(await verdictOf({ type: 'defer', afterMs: 20 }, { type: 'park', reason: 'y' }, retry)).toEqual(retry);
    expect(await verdictOf({ type: 'defer', afterMs: 20 }, { type: 'park', reason: 'y' })).toMatchObject({
      reason: 'y',
    });
  });

  it('asks those that accept the message, and accepts what one of them does', async () => {
    const all = inOneGroup('all', groupOf({ type: 'retry', reason: 'x' }, false), groupOf(ack));
    expect(all.accepts(event)).toBe(true);
    expect(await all.handle({ event, attempt: 1 })).toEqual(ack);
    expect(inOneGroup('none', groupOf(ack, false)).accepts(event)).toBe(false);
  });
});
