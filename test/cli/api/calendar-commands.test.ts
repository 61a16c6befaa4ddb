import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type { CalendarReport } from '../../../src/application/ports/read-models.ts';
import { listCalendars, listUnconfigured, showCalendar } from '../../../src/cli/api/calendar-commands.ts';
import { odd } from '../../support/hosts.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { timesWithoutZone } from '../../support/times-without-zone.ts';
import { testApps } from '../../support/test-apps.ts';

const started = testApps();

const troubled: CalendarReport = {
  calendarId: 'work',
  place: { provider: 'caldav', address: 'https://dav.example/odd/, as odd', since: '2050-09-01T08:00:00Z' },
  lastSuccessAt: '2050-09-01T08:00:00Z',
  lastFailure: {
    task: 'remove',
    kind: 'forbidden',
    message: 'read only',
    at: '2050-09-01T09:00:00Z',
    bookingUid: 'four',
    hostId: 'odd',
  },
  failuresInRow: 2,
  outage: null,
  held: { count: 22, uids: ['one'] },
  missing: { count: 1, uids: ['two'] },
  elsewhere: { count: 1, uids: ['three'] },
  removals: {
    count: 1,
    first: [
      {
        bookingUid: 'four',
        since: '2050-09-01T09:00:00Z',
        attempts: 2,
        failure: { kind: 'forbidden', message: 'read only', retryAt: '2050-09-01T09:10:00Z' },
      },
    ],
    acknowledged: { count: 1, uids: ['seven'] },
  },
  unreadable: {
    objects: [
      {
        // A file's name comes from whoever wrote it: this one would turn the terminal red.
        href: '/odd/\u001b[31m.ics',
        reason: 'it has no DTSTART',
        start: '2050-09-05T09:00:00Z',
        end: '2050-09-05T10:00:00Z',
        since: '2050-09-01T08:00:00Z',
      },
    ],
    more: 3,
  },
};

const given = async (reports: ReadonlyArray<CalendarReport>) => {
  const app = await started({
    hosts: [{ ...odd, calendarIds: ['work'] }],
    calendars: [scriptedCalendar({ calendarId: 'work' }).calendar],
    deps: {
      calendarHealth: () => TE.right(reports),
      leftOvers: () =>
        TE.right([{ kind: 'host', id: 'eva', bookings: { count: 2, uids: ['five', 'six'] }, removals: 0 } as const]),
    },
  });
  const terminal = recordingTerminal();
  const context = { terminal, env: {}, end: () => undefined };
  return { context, written: terminal.written, options: { url: app.url, apiKey: 'cal_operate' } };
};

describe('holdfast calendar', () => {
  it('lists calendars with what anybody has to look at, in text that cannot command the terminal', async () => {
    const { context, written, options } = await given([troubled]);
    expect(await listCalendars(context, options)).toBe(0);
    const text = written.out.join('\n');
    expect(text).toMatch(
      /^work +local +- +2050-09-01 08:00:00 UTC +2050-09-01 09:00:00 UTC remove: forbidden +22 +1 +1 +1, and 3 more$/m,
    );
    expect(text).toMatch(/missing bookings +1: two$/m);
    expect(text).toMatch(/at the old address +1: three$/m);
    expect(text).toMatch(/to be removed +four, since .*, tried 2 times: read only, again at 2050-09-01 09:10:00 UTC$/m);
    expect(text).toMatch(/acknowledged +1: seven$/m);
    expect(text).toMatch(
      /cannot be read .*it has no DTSTART; busy from 2050-09-05 09:00 UTC to 2050-09-05 10:00 UTC$/m,
    );
    expect(text).not.toContain('\u001b');
    expect(timesWithoutZone(text)).toEqual([]);
  });

  it('says nothing more of a calendar where all is well', async () => {
    const { context, written, options } = await given([]);
    await listCalendars(context, options);
    expect(written.out).toHaveLength(2);
  });

  it('shows one, with its address and what it said last; one that is not there is an error', async () => {
    const { context, written, options } = await given([troubled]);
    expect(await showCalendar(context, 'work', options)).toBe(0);
    expect(written.out.join('\n')).toMatch(/^address +https:\/\/dav\.example\/odd\/, as odd$/m);
    expect(written.out.join('\n')).toMatch(/^it said +read only$/m);
    expect(await showCalendar(context, 'nothing', options)).toBe(1);
    expect(written.err.join('\n')).toContain('calendar_not_found');
  });

  it('names what bookings need and the configuration has no more', async () => {
    const { context, written, options } = await given([]);
    await listUnconfigured(context, options);
    expect(written.out[1]).toMatch(/^host +eva +2 +0 +five six$/);
  });
});
