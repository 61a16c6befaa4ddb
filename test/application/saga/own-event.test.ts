import { describe, expect, it } from 'vitest';
import { ownEventOf } from '../../../src/application/saga/calendar-event.ts';
import type { BookingState } from '../../../src/domain/booking/booking-state.ts';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { evolve } from '../../../src/domain/booking/evolve.ts';
import {
  accepted,
  cancelled,
  removalFailed,
  removed,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

/** The event in the calendar `work`, after a story. */
const ownEventAfter = (...story: ReadonlyArray<BookingEvent>) => {
  const booking = story.reduce<BookingState>(evolve, noBooking);
  if (booking.phase === 'none') throw new Error('nobody asked for a booking');
  const sync = booking.calendars.find(({ calendarId }) => calendarId === 'work');
  return ownEventOf('booking1', booking, sync);
};

describe('what a calendar is told of the event that is ours', () => {
  it('is no id before the calendar has named one', () => {
    expect(ownEventAfter(requested(), started('work'))).not.toHaveProperty('stored');
  });

  it('is an id alone where the log is of an earlier version', () => {
    const own = ownEventAfter(requested(), started('work'), succeeded('work', 'evt-7'));
    expect(own).toMatchObject({ stored: { providerEventId: 'evt-7', calendarAddress: null } });
  });

  it('is the id that the calendar gave, also when removals fail and after one that succeeded', () => {
    const story = [
      requested(),
      started('work'),
      succeeded('work', 'evt-7', { calendarAddress: 'https://dav.test/odd/' }),
      accepted(),
      cancelled(),
    ];
    const stored = { providerEventId: 'evt-7', calendarAddress: 'https://dav.test/odd/' };
    expect(ownEventAfter(...story)).toMatchObject({ bookingUid: 'booking1', stored });
    expect(ownEventAfter(...story, removalFailed('work'))).toMatchObject({ stored });
    expect(ownEventAfter(...story, removed('work'))).toMatchObject({ stored });
  });
});
