import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../src/domain/booking/decide-calendar.ts';
import {
  accepted,
  approved,
  command,
  failed,
  given,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const policy = { baseMs: 5_000, capMs: 900_000 };

describe('the wait before the next try', () => {
  it('doubles from attempt to attempt, up to the cap', () => {
    expect([1, 2, 3, 8, 9, 1_000].map((attempt) => retryDelayMs(policy, attempt, 0))).toEqual([
      5_000, 10_000, 20_000, 640_000, 900_000, 900_000,
    ]);
  });

  it('is never longer than the plan, never shorter than half of it, and in whole milliseconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (attempt, jitter) => {
          const full = retryDelayMs(policy, attempt, 0);
          const delay = retryDelayMs(policy, attempt, jitter);
          expect(delay).toBeGreaterThanOrEqual(full / 2);
          expect(delay).toBeLessThanOrEqual(full);
          expect(Number.isInteger(delay)).toBe(true);
        },
      ),
    );
  });

  it('is at least what the provider asked for, rounded up', () => {
    expect(retryDelayMs(policy, 1, 0.9, 60_000)).toBe(60_000);
    expect(retryDelayMs(policy, 1, 0, 1.1 * 60_000 + 0.1)).toBe(66_001);
    expect(retryDelayMs(policy, 1, 0, 10)).toBe(5_000);
  });
});

describe('the plan for the next try', () => {
  const writing = [requested(), started('work')] as const;

  it('is made for failures that may pass, and for no other', () => {
    const passing = ['auth-expired', 'rate-limited', 'outcome-unknown', 'network', 'provider-error'] as const;
    for (const kind of passing)
      given(...writing)
        .when(command.recordFailure('work', kind))
        .then(failed('work', kind, { retryAt: '10:00:05' }));
    const lasting = [
      'auth-revoked',
      'forbidden',
      'calendar-not-found',
      'already-exists',
      'invalid-request',
      'no-credential',
    ] as const;
    for (const kind of lasting)
      given(...writing)
        .when(command.recordFailure('work', kind))
        .then(failed('work', kind));
  });

  it('keeps to Retry-After', () => {
    given(...writing)
      .when(command.recordFailure('work', 'rate-limited', { retryAfterMs: 120_000 }))
      .then(failed('work', 'rate-limited', { retryAt: '10:02' }));
    given(...writing)
      .when(command.recordFailure('work', 'rate-limited', { retryAfterMs: Number.MAX_SAFE_INTEGER }))
      .then(failed('work', 'rate-limited'));
  });

  it('does not reach the deadline of a pending booking', () => {
    given(...writing)
      .when(command.recordFailure('work', 'network', { at: '11:59:54' }))
      .then(failed('work', 'network', { at: '11:59:54', retryAt: '11:59:59' }));
    given(...writing)
      .when(command.recordFailure('work', 'network', { at: '11:59:55' }))
      .then(failed('work', 'network', { at: '11:59:55' }));
  });

  it("goes on until the meeting's end once accepted, and until the new deadline once approved", () => {
    const late = { at: '13:00', retryAt: '13:00:05' };
    given(requested({ calendars: ['work', 'home'] }), started('home'), succeeded('home'), accepted(), started('work'))
      .when(command.recordFailure('work', 'network', { at: '13:00' }))
      .then(failed('work', 'network', late));
    given(requested({ requiresApproval: true }), approved({ at: '12:59' }), started('work'))
      .when(command.recordFailure('work', 'network', { at: '13:00' }))
      .then(failed('work', 'network', late));
  });
});
