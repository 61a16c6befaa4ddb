import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { testApps } from '../../support/test-apps.ts';

const started = testApps();
const named = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}`.padEnd(length, 'k'), 1]));

describe('the size of an error', () => {
  test.each([
    ['unknown names', named(3_000, 15)],
    ['long unknown names', named(20, 3_000)],
    ['answers that nobody asked for', introBody({ bookingFieldsResponses: named(3_000, 15) })],
    ['long ones', introBody({ bookingFieldsResponses: named(20, 3_000) })],
    ['wrong metadata', introBody({ metadata: Object.fromEntries(Object.keys(named(50, 40)).map((key) => [key, []])) })],
    ['many guests', introBody({ guests: Array.from({ length: 10_000 }, () => 'x') })],
    ['long guests', introBody({ guests: Array.from({ length: 30 }, () => 'x'.repeat(2_000)) })],
  ])('given a body of up to 64 KiB with %s, then at most 20 fields and 32 KiB', async (_, body) => {
    const app = await started();
    const reply = await app.post('/v2/bookings', body);
    expect(reply.status).toBe(400);
    expect(reply.text.length).toBeLessThan(32_768);
    const errors = at(reply.body, 'error', 'details', 'errors');
    expect(Array.isArray(errors) && errors.length > 0 && errors.length <= 20).toBe(true);
  });

  test('given a long path, then it is repeated in part', async () => {
    const app = await started();
    const reply = await app.get(`/${'ß'.repeat(2_000)}`);
    expect(reply.status).toBe(404);
    expect(reply.text.length).toBeLessThan(3_000);
  });
});
