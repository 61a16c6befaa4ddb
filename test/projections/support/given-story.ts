import {
  accepted,
  acceptedStory,
  cancelled,
  event,
  expired,
  leftPending,
  removalFailed,
  removed,
  requested,
  syncFailed,
  syncStarted,
} from './given-events.ts';
import type { CalendarStreamEvent } from '../../../src/domain/calendar/events.ts';
import type { Given } from './given-read-model.ts';

const claim = { start: '2050-09-05T09:00:00Z', end: '2050-09-05T09:30:00Z' };
const held = (bookingUid: string) =>
  ({
    type: 'SlotHeld',
    occurredAt: claim.start,
    data: { bookingUid, icsUid: `${bookingUid}@holdfast`, eventTypeId: 1, ...claim, claim },
  }) as const;
const sent = (causedBy: string) =>
  event('NotificationSent', {
    causedBy,
    channel: 'mail',
    notification: 'confirmed',
    recipient: 'attendee',
    messageId: '<id@example.com>',
  });

const inWork = {
  personal: { salt: '00', objects: [{ href: '/odd.ics', reason: 'no DTSTART', ...claim }] },
  more: 0,
  window: claim,
};

/** What becomes of a calendar, beside the bookings in it. */
const calendarStory: ReadonlyArray<CalendarStreamEvent> = [
  {
    type: 'CalendarConnected',
    occurredAt: claim.start,
    data: { provider: 'local', personal: { salt: '00', address: 'built-in' } },
  },
  { type: 'CalendarObjectsUnreadable', occurredAt: claim.start, data: inWork },
];

/** `count` bookings that end in every way there is, with their schedule's events between them. */
export const givenBookings = async ({ append }: Given, count: number): Promise<void> => {
  await append('calendar-work', calendarStory);
  for (let index = 0; index < count; index += 1) {
    const uid = `uid${String(index).padStart(5, '0')}`;
    const stream = `booking-${uid}`;
    await append('schedule-odd', [held(uid)]);
    if (index % 3 === 0) {
      await append(stream, [requested(), syncStarted, syncFailed, leftPending, expired]);
      await append('schedule-odd', [
        { type: 'SlotReleased', occurredAt: claim.start, data: { bookingUid: uid, reason: 'expired' } },
      ]);
      continue;
    }
    await append(stream, acceptedStory());
    await append('schedule-odd', [{ type: 'SlotConfirmed', occurredAt: claim.start, data: { bookingUid: uid } }]);
    await append(stream, [sent(`cause${index}`), accepted]);
    if (index % 2 === 0) await append(stream, [cancelled, removalFailed, ...(index % 4 === 0 ? [removed] : [])]);
  }
};
