import { describe, expect, test } from 'vitest';
import {
  WEBHOOK_MAX_ATTEMPTS,
  webhookBackoffMs,
} from '../../../../src/projections/notifications/webhook/webhook-backoff.ts';

const HOUR_MS = 3_600_000;
const attempts = Array.from({ length: WEBHOOK_MAX_ATTEMPTS - 1 }, (_, index) => index + 1);
const spanInHours = (jitter: number) =>
  attempts.reduce((sum, attempt) => sum + webhookBackoffMs(attempt, jitter), 0) / HOUR_MS;

describe('the waits between attempts', () => {
  test('grow threefold from ten seconds to five hours', () => {
    expect(attempts.map((attempt) => webhookBackoffMs(attempt, 0.5) / 1000)).toStrictEqual([
      10, 30, 90, 270, 810, 2430, 7290, 18_000, 18_000, 18_000, 18_000,
    ]);
  });

  test('take about a day in all, whatever the jitter', () => {
    expect(spanInHours(0.5)).toBeCloseTo(23, 1);
    expect(spanInHours(0)).toBeGreaterThan(18);
    expect(spanInHours(1)).toBeLessThan(28);
  });

  test('are spread by a fifth to both sides', () => {
    expect(webhookBackoffMs(1, 0)).toBe(8000);
    expect(webhookBackoffMs(1, 0.999_999)).toBe(12_000);
  });

  test('stay at the longest wait for an attempt beyond the last', () => {
    expect(webhookBackoffMs(5000, 0.5)).toBe(5 * HOUR_MS);
  });
});
