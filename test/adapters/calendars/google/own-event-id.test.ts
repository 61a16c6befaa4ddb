import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownEventId } from '../../../../src/adapters/calendars/google/locate-own-events.ts';

describe('own event id', () => {
  it('is one that Google takes, whatever the booking and the calendar are called', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(7), (bookingUid, calendarId, generation) => {
        expect(ownEventId({ bookingUid }, calendarId, generation)).toMatch(/^[a-v0-9]{32}$/);
      }),
    );
  });

  it('never changes, since events in calendars carry it', () => {
    expect(ownEventId({ bookingUid: 'bk1' }, 'google_odd', 0)).toBe('n52ah3j38aahbbh5dkpphenot1374bgq');
  });

  it('differs by booking, by calendar and by generation, also where their names run into each other', () => {
    const ids = [
      ownEventId({ bookingUid: 'bk1' }, 'a', 0),
      ownEventId({ bookingUid: 'bk2' }, 'a', 0),
      ownEventId({ bookingUid: 'bk1' }, 'b', 0),
      ownEventId({ bookingUid: 'bk1' }, 'a', 1),
      ownEventId({ bookingUid: 'bk' }, '1a', 0),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
