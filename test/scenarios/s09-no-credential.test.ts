import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

describe("S09 the host's calendar is set, but nothing connects to it any more", () => {
  it('leaves an approved booking PENDING, tells the host why, and says "confirmed" to nobody', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const { runa, odd, settled, restarts, records, mails, hooks } = await world({ calendars: [work.calendar] });
    const { uid } = await runa.books({ eventTypeId: 2 });
    await settled();
    await restarts({ calendars: [], calendarIds: ['work'] });

    const approved = await odd.approves(uid);
    await settled();

    expect(approved).toMatchObject({ http: 200, status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect(await records.dataOf(uid, 'CalendarSyncFailed')).toMatchObject([
      { calendarId: 'work', kind: 'no-credential', retryable: false, retryAt: null },
    ]);
    expect(await records.theStream(uid)).not.toContain('BookingAccepted');
    expect(await mails.kindsTo('odd')).toEqual(['Approve or decline', 'Action needed']);
    const [, alert] = await mails.to('odd');
    expect(alert?.text).toContain('Holdfast has no login for it');
    expect(await mails.kindsTo('runa')).toEqual(['Request sent', 'Not confirmed yet']);
    expect(hooks().map(({ trigger }) => trigger)).toEqual(['BOOKING_REQUESTED', 'BOOKING_CALENDAR_SYNC_FAILED']);
    expect(work.events()).toEqual([]);
  });

  it('takes no booking and offers no slot while it is so: nothing is known of the time', async () => {
    const { runa, client, records, settled } = await world({ calendarIds: ['work'] });
    await settled();
    const before = Number(await records.head());

    expect(await runa.books()).toMatchObject({ http: 503, code: 'calendar_unreadable' });
    const slots = await client().get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05');
    expect(slots.status).toBe(503);
    // The calendar's own stream says that somebody was refused because of it; nothing else is written.
    expect(await records.head()).toEqual(before + 1);
    expect(await records.list()).toEqual([]);
  });
});
