import { describe, expect, it } from 'vitest';
import { HOUSE_KEY } from '../support/scenario-configuration.ts';
import { at } from '../support/http-client.ts';
import { until, world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const ASK = { eventTypeId: 2 };
const ELEVEN = { start: '2050-09-05T09:00:00Z', end: '2050-09-05T09:30:00Z' };

/** A booking that the host has approved, in a calendar that a person can change. */
const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work', isWatched: true });
  const scene = await world({ calendars: [work.calendar] });
  const { uid } = await scene.runa.books(ASK);
  await scene.odd.approves(uid);
  await scene.settled();
  const [{ icsUid } = { icsUid: '' }] = work.events();
  const has = async (type: string) => {
    const turning = { clock: scene.clock, stepMs: 5_000 };
    await until(type, async () => (await scene.records.theStream(uid)).includes(type), turning);
    await scene.settled();
  };
  const reads = async () => {
    const { body } = await scene.runa.looksAt(uid);
    return [at(body, 'data', 'status'), String(at(body, 'data', 'start')).slice(11, 16)];
  };
  /** Where the newest mail to the host leads, as a path on this server. */
  const hostPage = async (action: string) => {
    const link = /https?:\/\/\S+\/host\?token=\S+/.exec((await scene.mails.to('odd')).at(-1)?.text ?? '');
    const { pathname, search } = new URL(link?.[0] ?? 'no link');
    return scene.client().post(`${pathname}/${action}${search}`, undefined);
  };
  const asks = () => scene.client().post(`/v2/bookings/${uid}/reschedule`, { start: ELEVEN.start });
  return { ...scene, work, uid, icsUid, has, reads, hostPage, asks };
};

describe('a person changes the event in a calendar while others act', () => {
  it('dragged to the time that the guest has asked for: that is a yes', async () => {
    const { asks, settled, work, icsUid, has, reads, mails, records, uid } = await given();
    expect((await asks()).status).toBe(201);
    await settled();
    work.editByHand(icsUid, ELEVEN);
    await has('BookingRescheduled');
    expect(await reads()).toEqual(['accepted', '09:00']);
    expect((await records.theStream(uid)).slice(-4)).toEqual([
      'RescheduleRequested',
      'CalendarEventMoved',
      'RescheduleApproved',
      'BookingRescheduled',
    ]);
    expect((await mails.kindsTo('runa')).slice(-2)).toEqual(['New time asked for', 'Rescheduled']);
    expect((await mails.kindsTo('odd')).slice(-2)).toEqual(['New time wanted', 'Rescheduled']);
  });

  it('dragged elsewhere: the host has decided otherwise, and the request is over', async () => {
    const { asks, settled, work, icsUid, has, reads, hostPage } = await given();
    await asks();
    await settled();
    work.editByHand(icsUid, { start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });
    await has('BookingRescheduled');
    expect(await reads()).toEqual(['accepted', '11:00']);
    // The link of the earlier mail changes nothing any more, and its page has the time of now.
    expect((await hostPage('approve')).text).toContain('13:00');
    expect(await reads()).toEqual(['accepted', '11:00']);
  });

  it('dragged onto another booking: the host reads which one, and nothing moves', async () => {
    const { runa, settled, work, icsUid, has, reads, mails } = await given();
    const other = await runa.books({ start: ELEVEN.start, name: 'Kari' });
    await settled();
    work.editByHand(icsUid, ELEVEN);
    await has('CalendarEventNotFollowed');
    expect(await reads()).toEqual(['pending', '07:00']);
    const said = (await mails.to('odd')).at(-1)?.text?.replaceAll(/\s+/g, ' ');
    expect(said).toContain(`The booking could not follow: another booking has that time (booking ${other.uid}).`);
    expect((await mails.to('runa')).at(-1)?.text).not.toContain(other.uid);
  });

  it('moved by the host while they are asked: the guest reads of that move alone', async () => {
    const { client, work, icsUid, has, uid, settled, mails, reads } = await given();
    work.editByHand(icsUid, { start: '2050-09-10T09:00:00Z', end: '2050-09-10T09:30:00Z' });
    await has('CalendarEventNotFollowed');
    const page = /https?:\/\/\S+\?token=\S+/.exec((await mails.to('runa')).at(-1)?.text ?? '');
    const { pathname, search } = new URL(page?.[0] ?? 'no link');
    expect((await client().get(`${pathname}${search}`)).text).not.toContain('Move to another time');
    const early = await client().post(`/v2/bookings/${uid}/reschedule`, { start: ELEVEN.start });
    expect([early.status, early.text.includes('It can be moved once that is settled.')]).toEqual([400, true]);
    const moved = await client().post(`/v2/bookings/${uid}/reschedule`, { start: ELEVEN.start }, { key: HOUSE_KEY });
    expect(moved.status).toBe(201);
    await settled();
    expect(await reads()).toEqual(['accepted', '09:00']);
    expect((await mails.kindsTo('runa')).slice(-2)).toEqual(['Not certain any more', 'Rescheduled']);
  });

  it('put back within the grace: it is asked once more, and stands', async () => {
    const { work, has, icsUid, passes, reads, uid, records, mails } = await given();
    const [event] = work.events();
    work.removeByHand(icsUid);
    await has('CalendarEventMissing');
    if (event !== undefined) await work.calendar.create(event, AbortSignal.timeout(1_000))();
    await passes(121_000);
    await has('CalendarEventVerified');
    expect(await reads()).toEqual(['accepted', '07:00']);
    expect(work.events()).toHaveLength(1);
    expect(await records.theStream(uid)).not.toContain('BookingCancelled');
    expect((await mails.kindsTo('runa')).slice(-1)).toEqual(['Confirmed']);
  });

  it('undone twice is undone once; undone after the guest has cancelled, it says that it is over', async () => {
    const { work, icsUid, has, hostPage, runa, uid, settled, records } = await given();
    work.removeByHand(icsUid);
    await has('CalendarEventMissing');
    const undone = await Promise.all([hostPage('restore'), hostPage('restore')]);
    expect(undone.map(({ status }) => status)).toEqual([200, 200]);
    await settled();
    expect(work.events()).toHaveLength(1);
    expect((await records.theStream(uid)).filter((type) => type === 'CalendarEventRestoreRequested')).toHaveLength(1);
    await runa.cancels(uid);
    await settled();
    const late = await hostPage('restore');
    expect(late.status).toBe(409);
    expect(late.text).toContain('The event was not written again');
    expect(work.events()).toEqual([]);
  });
});
