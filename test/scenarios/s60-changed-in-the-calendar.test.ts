import { describe, expect, it } from 'vitest';
import { put } from '../support/google-stand-in/calendar-state.ts';
import { notify } from '../support/google-stand-in/channels.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { standInGoogle } from '../support/scenario-google.ts';
import { until, type World, world } from '../support/scenario-world.ts';

/** The clock goes on until the booking reads so, and all that follows is done. */
const reads = async (scene: World, uid: string, status: string): Promise<void> => {
  const { clock, runa, settled } = scene;
  await until(`the booking is ${status}`, async () => (await runa.looksAt(uid)).status === status, {
    clock,
    stepMs: 5_000,
  });
  await settled();
};

/** A quarter of an hour before the meeting its event is asked for, whatever was said before. */
const isVerifiedBefore = async ({ clock, runa, records }: World, uid: string): Promise<void> => {
  const verified = async () => (await records.theStream(uid)).filter((type) => type === 'CalendarEventVerified').length;
  const before = await verified();
  clock.advance(Date.parse(String(at((await runa.looksAt(uid)).body, 'data', 'start'))) - clock.now() - 840_000);
  await until('its event was asked for', async () => (await verified()) === before + 1, { clock, stepMs: 5_000 });
};

type Times = { readonly previous: { readonly start: string }; readonly start: string };

const anHourLater = (text: string): string =>
  text.replace(
    /(DTSTART|DTEND):(\d{8}T)(\d{2})/g,
    (_, name: string, day: string, hour: string) => `${name}:${day}${String(Number(hour) + 1).padStart(2, '0')}`,
  );

describeWith('radicale', 'a person changes the event in a real CalDAV calendar', () => {
  const server = runningServer(startRadicale);

  const booked = async (policy: { readonly whenDeleted?: 'restore' | 'pending' } = {}) => {
    const work = await realCalendar(server());
    const scene = await world({ configured: [{ ...work.settings, ...policy }] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    return { work, scene, uid };
  };

  it('deleted: pending from the fact on, cancelled two minutes later, and everybody is told once', async () => {
    const { work, scene, uid } = await booked();
    await work.empty();
    await reads(scene, uid, 'pending');
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed', 'Action needed']);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    const foundAt = scene.clock.now();
    await reads(scene, uid, 'cancelled');
    expect(scene.clock.now() - foundAt).toBeGreaterThanOrEqual(110_000);
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed', 'Action needed', 'Cancelled']);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Cancelled']);
    const [, told] = await scene.mails.to('runa');
    expect(told?.text).toContain('the host removed it from their calendar');
    expect(await work.uids()).toEqual([]);
  });

  it('deleted, with the policy to restore: it is written again, and stands', async () => {
    const { work, scene, uid } = await booked({ whenDeleted: 'restore' });
    await work.empty();
    await until('it is written again', async () => (await work.uids()).length === 1, {
      clock: scene.clock,
      stepMs: 5_000,
    });
    await reads(scene, uid, 'accepted');
    expect((await scene.records.theStream(uid)).filter((type) => type.startsWith('CalendarEventM'))).toEqual([
      'CalendarEventMissing',
    ]);
  });

  it('deleted, with the policy to ask: the guest reads so, and the event from the trash settles it', async () => {
    const { work, scene, uid } = await booked({ whenDeleted: 'pending' });
    const [text] = await work.objects();
    await work.empty();
    await reads(scene, uid, 'pending');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Not certain any more']);
    await work.put(String(text));
    await reads(scene, uid, 'accepted');
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Not certain any more', 'Confirmed']);
  });

  it('shortly before the meeting its event is asked for', async () => {
    const { scene, uid } = await booked();
    await isVerifiedBefore(scene, uid);
  });

  it('another title changes nothing; another organizer ends nothing, and the host is told once', async () => {
    const { work, scene, uid } = await booked();
    const facts = async () =>
      (await scene.records.theStream(uid)).filter((type) => /^CalendarEvent(Missing|Moved|Changed)/.test(type));
    const changed = (name: string, line: string) => (text: string) =>
      text.replace(/\r\n[ \t]/g, '').replace(new RegExp(`${name}[:;][^\r\n]*`), line);
    const { clock } = scene;
    await work.edit(changed('SUMMARY', 'SUMMARY:Lunch with Runa'));
    const later = clock.now() + 900_000;
    await until('three rounds are over', () => clock.now() >= later, { clock, stepMs: 5_000 });
    expect(await facts()).toEqual([]);
    await work.edit(changed('ORGANIZER', 'ORGANIZER:mailto:siri@else.example'));
    await until('it is found', async () => (await facts()).length > 0, { clock, stepMs: 5_000 });
    await scene.settled();
    expect(await scene.records.dataOf(uid, 'CalendarEventChanged')).toMatchObject([{ change: 'organizer' }]);
    expect((await scene.runa.looksAt(uid)).status).toBe('accepted');
    expect(await scene.mails.kindsTo('odd')).toEqual(['Confirmed', 'Changed in your calendar']);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect((await work.objects()).join()).toContain('SUMMARY:Lunch with Runa');
  });

  it('shown as cancelled there: as a deletion; moved into another collection: as one too', async () => {
    for (const take of ['cancelled', 'elsewhere'] as const) {
      const { work, scene, uid } = await booked();
      const other = await realCalendar(server(), 'other');
      if (take === 'cancelled') await work.edit((text) => text.replace(/STATUS:[^\r\n]*/, 'STATUS:CANCELLED'));
      else {
        await other.put(String((await work.objects())[0]));
        await work.empty();
      }
      await reads(scene, uid, 'cancelled');
      const fact = take === 'cancelled' ? 'CalendarEventChanged' : 'CalendarEventMissing';
      expect(await scene.records.theStream(uid)).toContain(fact);
      expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Cancelled']);
      expect(await work.uids()).toEqual([]);
    }
  });

  it('moved: the booking follows, under the same uid, and everybody is told', async () => {
    const { work, scene, uid } = await booked();
    await work.edit(anHourLater);
    await until(
      'the booking has followed',
      async () => (await scene.records.theStream(uid)).includes('BookingRescheduled'),
      { clock: scene.clock, stepMs: 5_000 },
    );
    await scene.settled();
    const after = await scene.runa.looksAt(uid);
    const [{ previous, start }] = (await scene.records.dataOf(uid, 'BookingRescheduled')) as [Times];
    expect(Date.parse(start) - Date.parse(previous.start)).toBe(3_600_000);
    expect(after.status).toBe('accepted');
    expect((await scene.mails.kindsTo('runa')).length).toBe(2);
    const [, moved] = await scene.mails.to('runa');
    expect(moved?.calendarParts[0]?.calendar.getFirstSubcomponent('vevent')?.getFirstPropertyValue('sequence')).toBe(1);
  });
});

describe('a person changes the event in a Google calendar (stand-in)', () => {
  it('moved: the booking follows; deleted, with the policy to restore: it is written under a new id', async () => {
    const { google, settings } = await standInGoogle();
    const scene = await world({ configured: [{ ...settings, whenDeleted: 'restore' }] });
    const { clock } = scene;
    const { uid } = await scene.runa.books();
    await scene.settled();
    const [event] = google.primary.events.values();
    const later = (time: { readonly dateTime?: string | null } | undefined) => ({
      dateTime: Temporal.Instant.from(String(time?.dateTime)).add({ hours: 1 }).toString(),
    });
    put(google.primary, { ...event, start: later(event?.start), end: later(event?.end) });
    const stream = () => scene.records.theStream(uid);
    await until('it has followed', async () => (await stream()).includes('BookingRescheduled'), {
      clock,
      stepMs: 5_000,
    });
    await reads(scene, uid, 'accepted');
    // Told of it on the channel, the server asks within seconds.
    const [channel] = google.channels.all();
    expect(channel?.address).toBe('https://book.example/calendars/push');
    const deletedAt = clock.now();
    put(google.primary, { ...google.primary.events.get(String(event?.id)), status: 'cancelled' });
    const lists = google.received('list').length;
    if (channel !== undefined) expect(await notify(channel, scene.url(), 'exists')).toBe(200);
    await until('it asks', async () => google.received('list').length > lists, { clock, stepMs: 1_000 });
    expect(clock.now() - deletedAt).toBeLessThan(60_000);
    const live = () => [...google.primary.events.values()].filter(({ status }) => status !== 'cancelled');
    await until('it is written again', async () => live().length === 1, { clock, stepMs: 5_000 });
    await reads(scene, uid, 'accepted');
    expect(live()[0]?.id).not.toBe(event?.id);
    expect((await stream()).filter((type) => type.startsWith('CalendarEventM'))).toEqual([
      'CalendarEventMoved',
      'CalendarEventMissing',
    ]);
    expect(await scene.mails.kindsTo('runa')).toEqual(['Confirmed', 'Rescheduled']);
    await scene.stops();
    expect(google.channels.all()).toEqual([]);
  });

  it('shortly before the meeting its event is asked for', async () => {
    const { settings } = await standInGoogle();
    const scene = await world({ configured: [settings] });
    const { uid } = await scene.runa.books();
    await scene.settled();
    await isVerifiedBefore(scene, uid);
  });
});
