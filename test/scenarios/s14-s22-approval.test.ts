import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const ASK = { eventTypeId: 2 };
const given = async (create: ReadonlyArray<{ readonly type: 'refuse'; readonly kind: 'network' }> = []) => {
  const work = scriptedCalendar({ calendarId: 'work', plan: { create } });
  const scene = await world({ calendars: [work.calendar] });
  const asked = await scene.runa.books(ASK);
  await scene.settled();
  const triggers = () => scene.hooks().map(({ trigger, status }) => [trigger, status]);
  const writes = () => work.calls.filter(({ operation }) => operation !== 'busy').length;
  /** Where the newest mail to the host leads, as a path on this server. */
  const hostsPage = async () => {
    const link = /https?:\/\/\S+\/bookings\/\S+\/host\?token=\S+/.exec(
      (await scene.mails.to('odd')).at(-1)?.text ?? '',
    );
    const { pathname, search } = new URL(link?.[0] ?? 'no link');
    return { pathname, search };
  };
  return { ...scene, work, asked, triggers, writes, hostsPage };
};

describe('S14 S15 S20 a request that the host approves by the link of the mail', () => {
  it('is told to both and written nowhere; looking decides nothing; approved, it is confirmed once', async () => {
    const { asked, runa, mails, triggers, writes, work, client, settled, hostsPage } = await given();
    expect(asked).toMatchObject({ http: 201, status: 'pending', pendingReason: 'awaiting_approval' });
    expect(await mails.kindsTo('runa')).toEqual(['Request sent']);
    expect(await mails.kindsTo('odd')).toEqual(['Approve or decline']);
    expect((await mails.all()).map(({ to }) => to.split(',').length)).toEqual([1, 1]);
    expect(triggers()).toEqual([['BOOKING_REQUESTED', 'PENDING']]);
    const deadline = 'Monday, 5 September 2050, 07:00 Europe/Oslo (UTC+02:00)';
    expect((await mails.to('odd'))[0]?.text).toContain(`Without an answer by ${deadline}`);

    const { pathname, search } = await hostsPage();
    expect((await client().get(`${pathname}${search}`)).text).toContain('Approve the request');
    await settled();
    expect([writes(), (await runa.looksAt(asked.uid)).status]).toEqual([0, 'pending']);

    for (const _ of ['first', 'again']) await client().post(`${pathname}/approve${search}`, undefined);
    await settled();
    expect(await runa.looksAt(asked.uid)).toMatchObject({ status: 'accepted' });
    expect(work.events()).toHaveLength(1);
    expect(await mails.kindsTo('runa')).toEqual(['Request sent', 'Confirmed']);
    expect(await mails.kindsTo('odd')).toEqual(['Approve or decline', 'Confirmed']);
    expect(triggers()).toEqual([
      ['BOOKING_REQUESTED', 'PENDING'],
      ['BOOKING_CREATED', 'ACCEPTED'],
    ]);
  });
});

describe('S16 approved, and the calendar fails', () => {
  it('stays pending, is retried, asks nobody a second time, and is confirmed by the late success', async () => {
    const { asked, runa, odd, mails, triggers, settled, passes } = await given([{ type: 'refuse', kind: 'network' }]);
    const approved = await odd.approves(asked.uid);
    await settled();
    expect(approved).toMatchObject({ http: 200, status: 'pending', pendingReason: 'calendar_sync_failed' });
    expect(await mails.kindsTo('odd')).toEqual(['Approve or decline', 'Action needed']);
    expect(triggers().map(([trigger]) => trigger)).toEqual(['BOOKING_REQUESTED', 'BOOKING_CALENDAR_SYNC_FAILED']);
    await passes(60_000);
    expect(await runa.looksAt(asked.uid)).toMatchObject({ status: 'accepted' });
    expect(await mails.kindsTo('odd')).toEqual(['Approve or decline', 'Action needed', 'Now confirmed']);
    expect(triggers().at(-1)).toEqual(['BOOKING_CREATED', 'ACCEPTED']);
  });
});

describe('S18 S22 a request that is not approved', () => {
  it('S18 S19 declined: one mail with the reason, the slot free, no calendar call, and no way back', async () => {
    const { asked, mails, triggers, writes, client, settled, hostsPage, runa, odd } = await given();
    const { pathname, search } = await hostsPage();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await client().post(`${pathname}/decline${search}`, 'reason=I+am+away', { headers });
    await settled();
    expect(await mails.kindsTo('runa')).toEqual(['Request sent', 'Declined']);
    expect((await mails.to('runa')).at(-1)?.text).toContain('I am away');
    expect(triggers().at(-1)).toEqual(['BOOKING_REJECTED', 'REJECTED']);
    expect(await odd.approves(asked.uid)).toMatchObject({ http: 409, code: 'booking_not_pending' });
    expect(await runa.looksAt(asked.uid)).toMatchObject({ status: 'rejected' });
    expect([writes(), await mails.kindsTo('runa')]).toEqual([0, ['Request sent', 'Declined']]);
    expect(await runa.books({ name: 'Kari' })).toMatchObject({ http: 201, status: 'accepted' });
    expect(writes()).toBeGreaterThan(0);
  });

  it('S22 nobody answers: the host is reminded, then it expires before the start, and both are told', async () => {
    const { asked, mails, triggers, writes, becomes, runa, odd } = await given();
    for (const hour of ['2050-09-01T03:00:00Z', '2050-09-02T00:00:00Z', '2050-09-03T00:00:00Z']) await becomes(hour);
    expect(await mails.kindsTo('odd')).toEqual(['Approve or decline', ...Array(3).fill('Still waiting for you')]);
    await becomes('2050-09-05T04:59:59Z');
    expect(await runa.looksAt(asked.uid)).toMatchObject({ status: 'pending' });
    await becomes('2050-09-05T05:00:00Z');
    expect(await runa.looksAt(asked.uid)).toMatchObject({ status: 'rejected' });
    expect(await mails.kindsTo('runa')).toEqual(['Request sent', 'Sorry, not confirmed']);
    expect((await mails.kindsTo('odd')).at(-1)).toBe('Expired');
    expect(triggers().at(-1)).toEqual(['BOOKING_REJECTED', 'REJECTED']);
    expect(await odd.approves(asked.uid)).toMatchObject({ http: 409, code: 'booking_not_pending' });
    expect(await runa.looksAt(asked.uid)).toMatchObject({ status: 'rejected' });
    expect(writes()).toBe(0);
  });
});
