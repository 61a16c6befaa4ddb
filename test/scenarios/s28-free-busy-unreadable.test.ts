import { describe, expect, it } from 'vitest';
import { at } from '../support/http-client.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const SUBJECT = 'Action needed: nobody can book you while your calendar "home" cannot be read';

const given = async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const home = scriptedCalendar({ calendarId: 'home' });
  return { work, home, scene: await world({ calendars: [work.calendar, home.calendar] }) };
};

/** Everybody whom Odd's calendars are told of, after what is due now was done. */
const alertsOf = async (scene: World): Promise<ReadonlyArray<string | undefined>> => {
  await scene.settled();
  return (await scene.mails.to('odd')).map(({ subject }) => subject);
};

describe('S28 free/busy of one of two calendars cannot be read', () => {
  it.each(['network', 'auth-revoked', 'provider-error'] as const)(
    'given %s, then no slot is shown, no booking is made, the guest hears why, the host once',
    async (kind) => {
      const { home, scene } = await given();
      home.always('busy', { type: 'refuse', kind });

      const shown = await scene.client().get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05');
      const refused = [await scene.runa.books(), await scene.runa.books(), await scene.runa.books()];
      const alerts = await alertsOf(scene);

      expect([shown.status, at(shown.body, 'error', 'code')]).toEqual([503, 'calendar_unreadable']);
      expect(refused.map(({ http, code }) => [http, code])).toEqual(Array(3).fill([503, 'calendar_unreadable']));
      expect(refused[0]?.reply.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(at(refused[0]?.body ?? null, 'message')).toBe(
        "The host's calendar cannot be read now, so nothing is known to be free.",
      );
      expect(alerts).toEqual([SUBJECT]);
      expect(await scene.mails.to('runa')).toEqual([]);
      expect(await scene.records.list()).toEqual([]);
      expect(scene.hooks()).toEqual([]);
      const [mail] = await scene.mails.to('odd');
      for (const text of [mail?.text ?? '', mail?.html ?? ''])
        for (const said of ['There is no booking', 'Why: ', 'What to do: ', `The calendar said: scripted: ${kind}`])
          expect(text).toContain(said);
      expect(mail?.text).toContain('Monday, 5 September 2050, 09:00 Europe/Oslo');
      expect(mail?.text).not.toContain('Runa');
    },
  );

  it('given it can be read again, then the same request is booked; a day later a new refusal is told anew', async () => {
    const { home, scene } = await given();
    home.plan('busy', { type: 'refuse', kind: 'network' });
    expect((await scene.runa.books()).code).toBe('calendar_unreadable');
    expect(await scene.runa.books()).toMatchObject({ http: 201, status: 'accepted' });

    home.plan('busy', { type: 'refuse', kind: 'network' });
    expect((await scene.runa.books({ start: '2050-09-05T09:00:00Z' })).code).toBe('calendar_unreadable');
    expect((await alertsOf(scene)).filter((subject) => subject === SUBJECT)).toHaveLength(1);
    await scene.passes(86_400_000);
    home.plan('busy', { type: 'refuse', kind: 'network' });
    expect((await scene.runa.books({ start: '2050-09-05T09:00:00Z' })).code).toBe('calendar_unreadable');
    expect((await alertsOf(scene)).filter((subject) => subject === SUBJECT)).toHaveLength(2);
  });

  it('given a move, then the old time stays, the guest hears why, and the host once', async () => {
    const { home, scene } = await given();
    const { uid } = await scene.runa.books();
    home.always('busy', { type: 'refuse', kind: 'rate-limited' });
    const move = { start: '2050-09-05T09:00:00Z', rescheduledBy: 'runa@example.com' };
    for (const attempt of [1, 2]) {
      const refused = await scene.client().post(`/v2/bookings/${uid}/reschedule`, move);
      expect([attempt, refused.status, at(refused.body, 'error', 'code')]).toEqual([
        attempt,
        503,
        'calendar_unreadable',
      ]);
    }
    expect((await alertsOf(scene)).filter((subject) => subject === SUBJECT)).toHaveLength(1);
    expect(await scene.records.theStream(uid)).not.toContain('RescheduleRequested');
    expect(await scene.runa.looksAt(uid)).toMatchObject({ status: 'accepted' });
  });

  it('given the server ends before the mail goes out, then it goes out after the next start, once', async () => {
    const { home, scene } = await given();
    home.plan('busy', { type: 'refuse', kind: 'network' });
    await scene.runa.books();
    await scene.restarts();
    // The end may have cut an attempt off, which is made again after a wait.
    await scene.passes(3_600_000);
    expect(await alertsOf(scene)).toEqual([SUBJECT]);
  });

  it('given a calendar that is not connected any more, then its host is told to connect it', async () => {
    const scene = await world({ calendarIds: ['gone'] });
    expect((await scene.runa.books()).code).toBe('calendar_unreadable');
    const [subject] = await alertsOf(scene);
    expect(subject).toBe('Action needed: nobody can book you while your calendar "gone" cannot be read');
    expect((await scene.mails.to('odd'))[0]?.text).toContain('Connect the calendar again');
  });
});
