import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { backUp } from '../../src/cli/local/backup-command.ts';
import { restore } from '../../src/cli/local/restore-command.ts';
import { givenServer, KEY, SUBSCRIPTION } from '../invariants/given-server.ts';
import { book, cancel, minutesAfter9, statusOf, uidOf } from '../invariants/guests.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at } from '../support/http-client.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

/** `docs/backup.md`, "What an older copy does", is this test in words. */
it('given a backup from before two bookings changed, when it is restored, then nobody is told twice', async () => {
  const calendar = scriptedCalendar({ calendarId: 'work' });
  const server = await givenServer({ calendars: [calendar] });
  const folder = await temporaryFolder();
  const file = join(folder.path, 'backup');
  const quiet = () =>
    expect.poll(() => unfinished(server.log(), SUBSCRIPTION), { timeout: 15_000, interval: 25 }).toEqual([]);
  const context = (data: string) => ({
    terminal: recordingTerminal(),
    env: { HOLDFAST_DATA: data },
    end: () => undefined,
  });
  const standing = async (uid: string) => {
    const reply = await server.client().get(`/v2/bookings/${uid}`, { key: KEY });
    return reply.status === 200 ? statusOf(reply) : reply.status;
  };

  const [kept, cancelled] = [uidOf(await book(server.client())), uidOf(await book(server.client(), { minutes: 60 }))];
  await quiet();
  await server.restart(async (data) => {
    expect(await backUp(context(data), file, {})).toBe(0);
  });
  const later = uidOf(await book(server.client(), { minutes: 120 }));
  await cancel(server.client(), cancelled);
  await quiet();
  await server.idle();
  const told = server.mails.map(({ messageId }) => messageId);

  await server.restart(async (data) => {
    for (const name of readdirSync(data)) await rm(join(data, name), { recursive: true });
    expect(await restore(context(data), file, {})).toBe(0);
  });
  await quiet();
  await server.idle();

  // As they were then; the calendar is as it is now.
  expect(await Promise.all([kept, cancelled, later].map(standing))).toEqual(['accepted', 'accepted', 404]);
  expect(calendar.events().map(({ bookingUid }) => bookingUid)).toEqual([kept, later]);
  expect(server.mails.map(({ messageId }) => messageId)).toEqual(told);
  // The time of the booking that is not known any more is taken all the same: its event is in the calendar.
  const slots = await server.client().get(`/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05&timeZone=UTC`);
  const starts = JSON.stringify(at(slots.body, 'data'));
  expect(starts).not.toContain(minutesAfter9(120).slice(0, 16));
  expect(starts).toContain(minutesAfter9(180).slice(0, 16));
  await folder.remove();
});
