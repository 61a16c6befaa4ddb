import { expect, test } from 'vitest';
import { recorded } from '../../../src/adapters/event-store/embedded/log-storage.ts';
import { guestHistory } from '../../../src/http/pages/words.ts';
import { accepted, leased, notificationSent, requested, started } from '../../../src/testing/index.ts';
import { sealed } from '../../domain/log/sealed.helper.ts';
import { booked } from '../../application/notifications/mail/given.helper.ts';

const told = [
  notificationSent({ channel: 'mail', notification: 'confirmed', recipient: 'attendee' }),
  notificationSent({ channel: 'mail', notification: 'confirmed', recipient: 'host' }),
  notificationSent({ channel: 'webhook', notification: 'BOOKING_CREATED', recipient: 'crm' }),
];

test('several nodes: the guest’s page says neither which does what, nor what others are told', () => {
  const events = [requested(), leased('work', 'a', '10:00:15'), started('work'), accepted(), ...told];
  const entries = sealed(events).map((envelope, index) => ({
    recorded: recorded(envelope, 'booking-one', index, index + 1),
    event: events[index] ?? requested(),
  }));
  const { lines, revision } = guestHistory(entries, booked);
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringContaining('was requested'),
    expect.stringContaining('began'),
    expect.stringContaining('accepted'),
    'Told the guest who booked by mail: confirmed.',
  ]);
  expect(revision).toBe(6);
});
