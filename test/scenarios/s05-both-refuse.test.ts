import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

describe('S05 two calendars that both refuse', () => {
  it('leaves the booking PENDING, with one alert for the host that lists both reasons', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'forbidden' });
    const home = scriptedCalendar({ calendarId: 'home' });
    home.always('create', { type: 'refuse', kind: 'calendar-not-found' });
    const { runa, settled, passes, records, mails, hooks } = await world({ calendars: [work.calendar, home.calendar] });

    const booked = await runa.books();
    await settled();
    await passes(3_600_000);

    expect(booked).toMatchObject({ status: 'pending', pendingReason: 'calendar_sync_failed' });
    const [left] = await records.dataOf(booked.uid, 'BookingLeftPending');
    expect(left).toMatchObject({
      failures: [
        { calendarId: 'work', kind: 'forbidden', retryable: false },
        { calendarId: 'home', kind: 'calendar-not-found', retryable: false },
      ],
    });
    expect(await mails.kindsTo('odd')).toEqual(['Action needed']);
    const [alert] = await mails.to('odd');
    expect(alert?.text).toContain('does not allow writing');
    expect(alert?.text).toContain('It is not there any more');
    expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
    expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_CALENDAR_SYNC_FAILED']);
    expect(await records.theStream(booked.uid)).not.toContain('BookingAccepted');
  });

  it('keeps the one alert when the failures come one after the other', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    work.always('create', { type: 'refuse', kind: 'network' });
    const home = scriptedCalendar({ calendarId: 'home' });
    home.always('create', { type: 'refuse', kind: 'provider-error' });
    const { runa, settled, passes, records, mails } = await world({ calendars: [work.calendar, home.calendar] });

    const booked = await runa.books();
    await settled();
    for (let minute = 1; minute <= 5; minute += 1) await passes(60_000);

    const attempts = await records.dataOf(booked.uid, 'CalendarSyncFailed');
    expect(attempts.length).toBeGreaterThan(4);
    expect(await mails.kindsTo('odd')).toEqual(['Action needed']);
    expect(await mails.kindsTo('runa')).toEqual(['Not confirmed yet']);
  });
});
