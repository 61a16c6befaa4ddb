import { describe, expect, test } from 'vitest';
import type { EventType } from '../../../src/domain/bookable/event-type.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { eventTypesAnswer, meAnswer } from '../contract/schemas.ts';

const started = testApps();

const rich: EventType = {
  ...intro,
  id: 3,
  slug: 'rich',
  hidden: true,
  lengthOptions: [30, 60],
  slotInterval: 15,
  bookingWindow: { type: 'range', from: '2050-09-01', to: '2050-09-30' },
  limits: { day: 2 },
  locations: [
    { type: 'link', link: 'https://meet.example/odd' },
    { type: 'phone', phone: '+4712345678' },
    { type: 'attendeeAddress' },
    { type: 'integration', integration: 'jitsi', fallbackLink: 'https://secret.example/fallback' },
  ],
  bookingFields: [{ slug: 'colour', label: 'Colour', type: 'select', required: true, options: ['red', 'blue'] }],
};
const open: EventType = { ...ask, bookingWindow: { type: 'unlimited' } };
const hosts = { hosts: [{ ...odd, eventTypes: [intro, open, rich] }] };

const slugs = (body: Parameters<typeof at>[0]) => {
  const data = at(body, 'data');
  return Array.isArray(data) ? data.map((type) => at(type, 'slug')) : [];
};

describe('GET /v2/event-types', () => {
  test('strangers see what is not hidden, of whom they name', async () => {
    const app = await started(hosts);
    const reply = await app.get('/v2/event-types?username=odd');
    expectReply(reply, 200, eventTypesAnswer);
    expect(slugs(reply.body)).toEqual(['intro', 'ask']);
    expect(at(reply.body, 'data', 0, 'bookingUrl')).toBe('https://book.example/odd/intro');
    expect(slugs((await app.get('/v2/event-types?usernames=odd,nobody&eventSlug=ask')).body)).toEqual(['ask']);
    expect(slugs((await app.get('/v2/event-types?username=nobody')).body)).toEqual([]);
    expect(slugs((await app.get('/v2/event-types')).body)).toEqual([]);
  });

  test('the host sees the hidden ones too, another host does not', async () => {
    const app = await started(hosts);
    const own = await app.get('/v2/event-types', { key: 'cal_host_odd' });
    expectReply(own, 200, eventTypesAnswer);
    expect(slugs(own.body)).toEqual(['intro', 'ask', 'rich']);
    expect(own.text).not.toContain('secret.example');
    expect(slugs((await app.get('/v2/event-types?username=odd', { key: 'cal_host_else' })).body)).toEqual([
      'intro',
      'ask',
    ]);
  });
});

describe('GET /v2/me', () => {
  test('the host of the key', async () => {
    const app = await started(hosts);
    const reply = await app.get('/v2/me', { key: 'cal_host_odd' });
    expectReply(reply, 200, meAnswer);
    expect(at(reply.body, 'data')).toMatchObject({ id: 1, username: 'odd', timeZone: 'Europe/Oslo' });
    expect(at((await app.get('/v2/me', { key: 'cal_read' })).body, 'data', 'username')).toBe('odd');
    expectError(await app.get('/v2/me', { key: 'cal_host_else' }), 404, 'host_not_found');
    expectError(await app.get('/v2/me'), 401, 'credentials_required');
  });
});
