import { describe, expect, it } from 'vitest';
import { AVAILABLE_AGAIN_MS, verdictOnFailure } from '../../../src/application/consumers/verdict-on-failure.ts';
import type { EffectOutcome } from '../../../src/application/saga/effect-context.ts';
import { NEXT_START_MS, sagaConsumer } from '../../../src/application/saga/saga-consumer.ts';
import type { SagaProgress } from '../../../src/application/saga/saga-runner.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { makeTestClock } from '../../support/clock.ts';

const event: RecordedEvent = {
  id: 'e',
  type: 'BookingRequested',
  version: 1,
  data: {},
  occurredAt: '2050-09-01T00:00:00Z',
  actor: { kind: 'system' },
  correlationId: 'c',
  causationId: null,
  hash: '',
  stream: 'booking-one',
  revision: 0,
  position: 1,
};
const verdictOn = (progress: SagaProgress) =>
  sagaConsumer(
    { run: async () => progress, knows: () => -1, isDecided: () => false, hasDue: async () => true },
    makeTestClock(),
  ).handle({
    event,
    attempt: 9,
  });
const later = { type: 'defer', afterMs: AVAILABLE_AGAIN_MS };

describe('what becomes of a message whose booking cannot be looked after', () => {
  it.each(['Unavailable', 'OutcomeUnknown'])('%s: later, and not counted, so that no outage parks anything', (type) => {
    expect(verdictOnFailure({ type })).toEqual(later);
  });

  it.each(['Corrupt', 'UnknownBooking'])('%s: parked at once', (type) => {
    expect(verdictOnFailure({ type })).toMatchObject({ type: 'park' });
  });

  it('anything else is counted', () => {
    expect(verdictOnFailure({ type: 'RevisionConflict' })).toMatchObject({ type: 'retry' });
  });

  it('a hint that comes during a stop waits, so that the stop can end', async () => {
    expect(await verdictOn({ type: 'stopping' })).toEqual({ type: 'defer', afterMs: NEXT_START_MS });
    expect(NEXT_START_MS).toBeGreaterThan(0);
  });

  it('the saga passes it on, for looks and for what came of calls', async () => {
    expect(await verdictOn({ type: 'failed', reason: 'away', verdict: 'defer' })).toEqual(later);
    expect(await verdictOn({ type: 'failed', reason: 'bits', verdict: 'park' })).toEqual({
      type: 'park',
      reason: 'bits',
    });
    expect(await verdictOn({ type: 'failed', reason: 'f', verdict: 'retry' })).toEqual({ type: 'retry', reason: 'f' });
    const busy = (outcome: EffectOutcome) =>
      verdictOn({ type: 'busy', due: null, revision: 0, settled: Promise.resolve(outcome) });
    expect(await busy('unavailable')).toEqual(later);
    expect(await busy('failed')).toMatchObject({ type: 'retry' });
  });
});
