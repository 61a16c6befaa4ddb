import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import { scheduleEventCodecs } from '../../../src/domain/schedule/schedule-state.ts';
import {
  decodeBookingEvent,
  decodeScheduleEvent,
  newestVersion,
  upcast,
  upcasting,
} from '../../../src/domain/log/decode.ts';
import { accepted, confirmSlot, instant, requested, sequence, started } from '../../../src/testing/index.ts';
import requestedVersion1 from './booking-requested.v1.json' with { type: 'json' };
import { asObject } from './sealed.helper.ts';

const occurredAt = instant('10:00');
const stored = { type: 'BookingAccepted', version: 1, data: asObject(accepted().data), occurredAt };

describe('reading a stored event', () => {
  it("version 1 of BookingRequested is read as today's", () => {
    const decoded = decodeBookingEvent(requestedVersion1);
    const { data } = E.isRight(decoded) && decoded.right.type === 'BookingRequested' ? decoded.right : requested();
    expect(decoded).toMatchObject({ right: { type: 'BookingRequested', occurredAt: '2026-01-05T09:00:00Z' } });
    expect(data).toMatchObject({
      lengthInMinutes: 30,
      acceptance: 'any-of',
      calendars: [
        { calendarId: 'work', provider: 'local' },
        { calendarId: 'home', provider: 'local' },
      ],
      timers: null,
      personal: { organizer: null, attendee: { name: 'Runa' } },
    });
    expect(data).not.toHaveProperty('calendarIds');
    expect(data).not.toHaveProperty('duration');
  });

  it('version 1 of CalendarSyncSucceeded wrote events as confirmed: no second write is asked for', () => {
    const data = { calendarId: 'work', attempt: 1, providerEventId: 'evt-1', meetingUrl: null, found: false };
    const decoded = decodeBookingEvent({ type: 'CalendarSyncSucceeded', version: 1, data, occurredAt });
    const old = E.isRight(decoded) && decoded.right.type === 'CalendarSyncSucceeded' ? decoded.right : null;
    expect(old?.data).toEqual({ ...data, status: 'confirmed' });
    if (old !== null) sequence(requested(), started('work'), old, accepted()).yields(confirmSlot()).endsAs('accepted');
  });

  it('version 1 of SlotHeld had the one UID that its release gave', () => {
    const span = { start: '2050-09-05T09:00:00Z', end: '2050-09-05T09:30:00Z' };
    const data = { bookingUid: 'abc', eventTypeId: 1, ...span, claim: span };
    expect(decodeScheduleEvent({ type: 'SlotHeld', version: 1, data, occurredAt })).toMatchObject({
      right: { data: { icsUid: 'abc@holdfast' } },
    });
  });

  it('upcasting does not change what is stored', () => {
    const before = JSON.stringify(requestedVersion1);
    decodeBookingEvent(requestedVersion1);
    expect(JSON.stringify(requestedVersion1)).toBe(before);
  });

  it('the newest version passes as it is; every event of the table exists', () => {
    expect(newestVersion('BookingRequested')).toBe(4);
    expect(newestVersion('BookingAccepted')).toBe(1);
    const data = asObject(requested().data);
    expect(upcast('BookingRequested', 4, data)).toBe(data);
    for (const type of Object.keys(upcasting))
      expect(Object.keys({ ...bookingEventCodecs, ...scheduleEventCodecs })).toContain(type);
  });

  it('an unknown type is an error, also one that every object has', () => {
    for (const type of ['BookingTeleported', 'SlotHeld', 'constructor', '__proto__', 'toString', ''])
      expect(decodeBookingEvent({ ...stored, type })).toMatchObject({ left: { type: 'UnknownEventType' } });
    expect(decodeScheduleEvent(stored)).toMatchObject({ left: { type: 'UnknownEventType' } });
  });

  it('a version from the future is an error', () => {
    expect(decodeBookingEvent({ ...stored, version: 2 })).toMatchObject({ left: { type: 'FutureVersion' } });
    expect(decodeBookingEvent({ ...requestedVersion1, version: 5 })).toMatchObject({ left: { type: 'FutureVersion' } });
  });

  it('a version or a time that is none is an error', () => {
    for (const version of [0, -1, 1.5, Number.NaN])
      expect(decodeBookingEvent({ ...requestedVersion1, version })).toMatchObject({ left: { type: 'InvalidData' } });
    expect(decodeBookingEvent({ ...stored, occurredAt: 'yesterday' })).toMatchObject({ left: { type: 'InvalidData' } });
  });

  it('errors name the field and what it should be, and leak no value', () => {
    const { attendee } = requested().data.personal;
    const data = asObject({
      ...requested().data,
      start: 'secret-1',
      acceptance: 'secret-2',
      claim: { start: 'secret-3' },
      personal: {
        ...requested().data.personal,
        attendee: { ...attendee, name: ['secret-4'] },
        guests: 'secret-5',
        responses: 'secret-6',
      },
    });
    const decoded = decodeBookingEvent({ type: 'BookingRequested', version: 3, data, occurredAt });
    const reason = E.isLeft(decoded) ? decoded.left.reason : 'no error';
    expect(reason).toContain('start is not Instant');
    expect(reason).toContain('claim.end is not Instant');
    expect(reason).not.toContain('secret');
    expect(reason.split(';')).toHaveLength(5);
  });
});
