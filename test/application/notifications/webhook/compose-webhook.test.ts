import { readableText } from '../../../../src/domain/visible-text.ts';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type WebhookTrigger, webhookTriggers } from '../../../../src/application/notifications/plan.ts';
import { composeCalendarWebhook } from '../../../../src/application/notifications/webhook/calendar-webhook.ts';
import { composeWebhook } from '../../../../src/application/notifications/webhook/webhook-payload.ts';
import type { WebhookFacts } from '../../../../src/application/notifications/webhook/webhook-facts.ts';
import { bikeFitting } from './bike-fitting.ts';

const createdAt = '2031-02-03T09:15:27.004Z';

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const read = (path: string): unknown => JSON.parse(text(path));

const composed = (trigger: WebhookTrigger, changes: Partial<WebhookFacts> = {}) =>
  JSON.parse(composeWebhook(trigger, { ...bikeFitting, ...changes }, createdAt));

const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false, allowUnionTypes: true });
addFormats.default(ajv);
const isWebhook = ajv.compile(read('../../../../docs/webhook.schema.json') as object);

const told: ReadonlyArray<readonly [WebhookTrigger, WebhookFacts['status'], string]> = [
  ['BOOKING_CREATED', 'ACCEPTED', 'booking-created'],
  ['BOOKING_REQUESTED', 'PENDING', 'booking-requested'],
  ['BOOKING_RESCHEDULED', 'ACCEPTED', 'booking-rescheduled'],
  ['BOOKING_CANCELLED', 'CANCELLED', 'booking-cancelled'],
  ['BOOKING_REJECTED', 'REJECTED', 'booking-rejected'],
  ['BOOKING_RESCHEDULE_FAILED', 'ACCEPTED', 'booking-reschedule-failed'],
  ['BOOKING_UPDATED', 'ACCEPTED', 'booking-updated'],
  ['BOOKING_CALENDAR_SYNC_FAILED', 'PENDING', 'booking-calendar-sync-failed'],
  ['MEETING_STARTED', 'ACCEPTED', 'meeting-started'],
  ['MEETING_ENDED', 'ACCEPTED', 'meeting-ended'],
  ['BOOKING_NO_SHOW_CHECK', 'ACCEPTED', 'booking-no-show-check'],
  ['BOOKING_NO_SHOW_UPDATED', 'ACCEPTED', 'booking-no-show-updated'],
  ['AFTER_HOSTS_CAL_VIDEO_NO_SHOW', 'ACCEPTED', 'after-hosts-cal-video-no-show'],
  ['AFTER_GUESTS_CAL_VIDEO_NO_SHOW', 'ACCEPTED', 'after-guests-cal-video-no-show'],
];

/** All but the one that says no more of the booking than its ids. */
const withBooking = webhookTriggers.filter((trigger) => trigger !== 'BOOKING_NO_SHOW_UPDATED');

describe('the body of a webhook', () => {
  test.each(told)('%s of a booking that is %s', (trigger, status, file) => {
    const body = composed(trigger, { status });
    expect(body).toStrictEqual(read(`./golden/${file}.json`));
    expect(isWebhook(body), ajv.errorsText(isWebhook.errors)).toBe(true);
  });

  test('there is a golden body for every trigger', () => {
    expect(told.map(([trigger]) => trigger)).toStrictEqual(webhookTriggers);
  });

  test.each(['ACCEPTED', 'PENDING', 'CANCELLED', 'REJECTED'] as const)(
    'says %s under every trigger when that is what the stream says',
    (status) => {
      expect(webhookTriggers.map((trigger) => composed(trigger, { status }).payload.status)).toStrictEqual(
        webhookTriggers.map(() => status),
      );
    },
  );

  test('a start or an end that is told late says by how much; its time is the true one', () => {
    const late = (trigger: WebhookTrigger) =>
      JSON.parse(composeWebhook(trigger, bikeFitting, '2031-02-10T15:45:00.900Z')).payload;
    expect(late('MEETING_STARTED')).toMatchObject({ startTime: '2031-02-10T13:00:00Z', lateBySeconds: 9_900 });
    expect(late('MEETING_ENDED')).toMatchObject({ endTime: '2031-02-10T13:45:00Z', lateBySeconds: 7_200 });
    expect(composed('MEETING_STARTED').payload.lateBySeconds).toBe(0);
  });

  test('tells the link of the video room only when the booking is accepted', () => {
    expect(composed('BOOKING_CREATED').payload.metadata.videoCallUrl).toBe('https://rooms.example/bk_7QmZ2');
    for (const status of ['PENDING', 'CANCELLED', 'REJECTED'] as const)
      expect(composeWebhook('BOOKING_CREATED', { ...bikeFitting, status }, createdAt)).not.toContain('rooms.example');
  });

  test('counts UTC offsets at the start of the booking: summer time in July', () => {
    const { payload } = composed('BOOKING_CREATED', { start: '2031-07-10T13:00:00Z', end: '2031-07-10T14:00:00Z' });
    expect([
      payload.organizer.utcOffset,
      ...payload.attendees.map((a: { utcOffset: number }) => a.utcOffset),
    ]).toStrictEqual([120, 330, -150]);
    expect(payload.length).toBe(60);
  });

  test('keeps a description, and falls back to the notes without one', () => {
    expect(composed('BOOKING_CREATED', { description: 'Own words' }).payload.description).toBe('Own words');
    expect(composed('BOOKING_CREATED', { description: '' }).payload.description).toBe(bikeFitting.additionalNotes);
  });

  test('is the same bytes for the same facts, whatever the guest wrote', () => {
    fc.assert(
      fc.property(fc.constantFrom(...withBooking), fc.string({ unit: 'binary' }), (trigger, text) => {
        const facts = {
          ...bikeFitting,
          title: text,
          responses: [{ slug: text, label: text, value: text, isHidden: false }],
        };
        const body = composeWebhook(trigger, facts, createdAt);
        const { payload } = JSON.parse(body);
        expect(composeWebhook(trigger, facts, createdAt)).toBe(body);
        const shown = readableText(text);
        expect(payload.title).toBe(shown);
        expect(Object.entries(payload.responses)).toStrictEqual([
          [shown, { label: shown, value: shown, isHidden: false }],
        ]);
        expect(isWebhook(JSON.parse(body)), ajv.errorsText(isWebhook.errors)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('the example in the guide fits the schema', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(text('../../../../docs/webhooks.md')) ?? [];
    expect(isWebhook(JSON.parse(example)), ajv.errorsText(isWebhook.errors)).toBe(true);
  });

  test('the schema notices a payload of another trigger, an unknown field and a missing one', () => {
    const cancelled = composed('BOOKING_CANCELLED', { status: 'CANCELLED' });
    const { uid: _uid, ...withoutUid } = cancelled.payload;
    expect(isWebhook({ ...cancelled, triggerEvent: 'BOOKING_REJECTED' })).toBe(false);
    expect(isWebhook({ ...cancelled, payload: { ...cancelled.payload, oneTimePassword: 'x' } })).toBe(false);
    expect(isWebhook({ ...cancelled, payload: withoutUid })).toBe(false);
  });
});

describe('the body of a webhook about a calendar', () => {
  const calendar = { id: 'work', label: 'Work', hostIds: ['odd'] };
  const outage = { since: '2031-02-03T09:00:00Z', kind: 'network', message: 'no answer' } as const;

  test.each([
    ['CALENDAR_UNREADABLE', { type: 'CalendarUnreadable', occurredAt: createdAt, data: outage }],
    ['CALENDAR_UNREADABLE', { type: 'CalendarCredentialRefused', occurredAt: createdAt, data: outage }],
    [
      'CALENDAR_BACK',
      { type: 'CalendarReadableAgain', occurredAt: createdAt, data: { unreadableSince: outage.since, told: true } },
    ],
  ] as const)('%s is of the published form', (trigger, event) => {
    const body = JSON.parse(composeCalendarWebhook(trigger, calendar, event, createdAt));
    expect(isWebhook(body), ajv.errorsText(isWebhook.errors)).toBe(true);
    expect(body).toMatchObject({
      triggerEvent: trigger,
      createdAt,
      payload: { calendarId: 'work', hosts: ['odd'], unreadableSince: outage.since },
    });
  });
});
