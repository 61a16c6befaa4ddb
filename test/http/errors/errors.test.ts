import { describe, expect, test } from 'vitest';
import { apiError, errorBody, statusByCode } from '../../../src/http/errors/api-error.ts';
import { fromApplication } from '../../../src/http/errors/from-application.ts';

const context = {
  now: Temporal.Instant.from('2050-09-01T00:00:00Z').epochMilliseconds,
  path: '/v2/x',
  requestId: 'r1',
};

test.each([
  [0, '2050-09-01T00:00:00.000Z'],
  [120, '2050-09-01T00:00:00.120Z'],
])('the time of an error has three fraction digits, also %i ms after the second', (later, timestamp) => {
  expect(errorBody(apiError('booking_not_found', 'none'), { ...context, now: context.now + later })).toMatchObject({
    timestamp,
  });
});

describe('errors of the use cases', () => {
  const cases = [
    [{ type: 'Unavailable', reason: 'inside' }, 503, 'store_unavailable'],
    [{ type: 'OutcomeUnknown', reason: 'inside' }, 503, 'outcome_unknown'],
    [{ type: 'RevisionConflict', stream: 'inside', expected: 1, actual: 2 }, 503, 'store_unavailable'],
    [{ type: 'Corrupt', reason: 'inside' }, 500, 'log_corrupt'],
    [{ type: 'TooLarge', bytes: 9, limit: 8 }, 413, 'body_too_large'],
    [{ type: 'KeyReused' }, 422, 'idempotency_key_reused'],
    [{ type: 'UnknownBooking' }, 404, 'booking_not_found'],
    [
      {
        type: 'CalendarUnreadable',
        calendarId: 'inside',
        failure: { kind: 'rate-limited', message: 'inside', retryAfterMs: 90_500 },
      },
      503,
      'calendar_unreadable',
    ],
    [{ type: 'Refused', rejection: { type: 'AlreadyRequested' } }, 409, 'booking_already_requested'],
    [{ type: 'Refused', rejection: { type: 'NotJustified', detail: 'inside' } }, 500, 'internal_error'],
  ] as const;

  test.each(cases)('%o is %i %s, and tells nothing of the inside', (error, status, code) => {
    const mapped = fromApplication(error);
    expect({ status: statusByCode[mapped.code], code: mapped.code }).toEqual({ status, code });
    expect(JSON.stringify(errorBody(mapped, context))).not.toContain('inside');
  });

  test('a key whose move was given up says that nothing was moved, and what to do', () => {
    const mapped = fromApplication({ type: 'Refused', rejection: { type: 'RescheduleGivenUp' } });
    expect(statusByCode[mapped.code]).toBe(422);
    expect(mapped.message).toMatch(/the booking was not moved\. Ask again with a new key\.$/);
  });

  test('the wait that a provider asked for is passed on, in whole seconds upwards', () => {
    const failure = { kind: 'rate-limited', message: '', retryAfterMs: 90_500 } as const;
    expect(fromApplication({ type: 'CalendarUnreadable', calendarId: 'x', failure }).retryAfterSeconds).toBe(91);
  });
});

describe('the one error body', () => {
  test('reads alike at the top, nested and in the details', () => {
    const fields = [{ field: 'start', code: 'off_grid', message: 'm' }];
    expect(errorBody(apiError('off_grid', 'In between.', { fields }), context)).toEqual({
      status: 'error',
      timestamp: '2050-09-01T00:00:00.000Z',
      path: context.path,
      requestId: context.requestId,
      statusCode: 400,
      message: 'In between.',
      error: {
        code: 'off_grid',
        exception: 'BadRequestException',
        message: 'In between.',
        details: { message: 'In between.', error: 'Bad Request', statusCode: 400, errors: fields },
      },
    });
  });
});
