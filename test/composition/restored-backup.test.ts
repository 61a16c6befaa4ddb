import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, it, onTestFinished } from 'vitest';
import { backUp } from '../../src/cli/local/backup-command.ts';
import { restore } from '../../src/cli/local/restore-command.ts';
import { verifyLog } from '../../src/cli/audit/audit-commands.ts';
import { showTimeline } from '../../src/cli/audit/show-commands.ts';
import type { Mailer } from '../../src/application/ports/delivery.ts';
import { type GivenServer, givenServer, KEY, SUBSCRIPTION } from '../invariants/given-server.ts';
import { book, cancel, minutesAfter9, statusOf, uidOf } from '../invariants/guests.ts';
import { recordingMailer } from '../invariants/recording-mailer.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at } from '../support/http-client.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const context = (data: string) => ({
  terminal: recordingTerminal(),
  env: { HOLDFAST_DATA: data },
  end: () => undefined,
});
const waitsFor = { timeout: 15_000, interval: 25 };

/** A file for a backup, gone after the test. */
const backupFile = async (): Promise<string> => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  return join(folder.path, 'backup');
};

const restored = async (data: string, file: string): Promise<void> => {
  for (const name of readdirSync(data)) await rm(join(data, name), { recursive: true });
  expect(await restore(context(data), file, {})).toBe(0);
};

/** What the server answers of a booking: its status, or that it has none. */
const standingAt = (server: GivenServer) => async (uid: string) => {
  const reply = await server.client().get(`/v2/bookings/${uid}`, { key: KEY });
  return reply.status === 200 ? statusOf(reply) : reply.status;
};

/** A key that was made, and whether it opens something. */
const makeApiKey = async (server: GivenServer) => {
  const made = await server.client().post('/v2/holdfast/keys', { name: 'desk', roles: ['read'] }, { key: KEY });
  const [id, key] = [String(at(made.body, 'data', 'id')), String(at(made.body, 'data', 'key'))];
  return {
    opens: async () => (await server.client().get('/v2/me', { key })).status === 200,
    revoke: async () => void (await server.client().delete(`/v2/holdfast/keys/${id}`, { key: KEY })),
  };
};

/** `docs/backup.md`, "What an older copy does", is this test in words. */
it('given a backup from before bookings changed, when it is restored, then what the guide says of each', async () => {
  const calendar = scriptedCalendar({ calendarId: 'work' });
  const server = await givenServer({ calendars: [calendar] });
  const file = await backupFile();
  const quiet = async () => {
    // The subscription of these servers does not ask for moves.
    const open = () => unfinished(server.log(), SUBSCRIPTION).filter((what) => !what.includes('BOOKING_RESCHEDULED'));
    await expect.poll(open, waitsFor).toEqual([]);
    await server.idle();
  };
  const asked = async (minutes: number) => uidOf(await book(server.client(), { minutes }));
  const standing = standingAt(server);

  const [kept, cancelled, moved] = [await asked(0), await asked(60), await asked(240)];
  const revoked = await makeApiKey(server);
  await quiet();
  calendar.always('create', { type: 'refuse', kind: 'provider-error' });
  const waiting = await asked(300);
  expect(await standing(waiting)).toBe('pending');
  await server.restart(async (data) => {
    expect(await backUp(context(data), file, {})).toBe(0);
  });

  calendar.always('create', { type: 'accept' });
  await expect.poll(() => standing(waiting), waitsFor).toBe('accepted');
  const later = await asked(120);
  await cancel(server.client(), cancelled);
  const there = minutesAfter9(360);
  const move = await server.client().post(`/v2/bookings/${moved}/reschedule`, { start: there }, { key: KEY });
  expect(move.status, move.text).toBe(201);
  const made = await makeApiKey(server);
  await revoked.revoke();
  await quiet();
  const told = server.mails.map(({ messageId }) => messageId);
  const events = () => calendar.events().map(({ bookingUid, start }) => [bookingUid, start]);
  const inCalendar = events();

  await server.restart((data) => restored(data, file));
  await expect.poll(() => standing(waiting), waitsFor).toBe('accepted');
  await quiet();

  // As they were then; the calendar is as it is now, and has nothing twice.
  const all = [kept, cancelled, moved, waiting, later];
  expect(await Promise.all(all.map(standing))).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 404]);
  expect(events()).toEqual(inCalendar);
  expect(inCalendar.map(([uid]) => uid).toSorted()).toEqual([kept, moved, waiting, later].toSorted());
  const { body } = await server.client().get(`/v2/bookings/${moved}`, { key: KEY });
  expect(at(body, 'data', 'start')).toBe(minutesAfter9(240).replace('Z', '.000Z'));
  // Nobody is told again but those of the booking that was decided again.
  const ofWaiting = server
    .log()
    .filter(({ stream, type }) => stream === `booking-${waiting}` && type === 'NotificationSent');
  const again = server.mails.slice(told.length).map(({ messageId }) => messageId);
  expect(again.length).toBeGreaterThan(0);
  expect(ofWaiting.map(({ data }) => data.messageId)).toEqual(expect.arrayContaining(again));
  expect([await made.opens(), await revoked.opens()]).toEqual([false, true]);
  // The time of the booking that is not known any more is taken all the same: its event is in the calendar.
  const slots = await server.client().get(`/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-05&timeZone=UTC`);
  const starts = JSON.stringify(at(slots.body, 'data'));
  expect(starts).not.toContain(minutesAfter9(120).slice(0, 16));
  expect(starts).toContain(minutesAfter9(180).slice(0, 16));
});

it('given mails that waited at the backup, when restored, then they go out again as the same mails', async () => {
  const { mailer, mails } = recordingMailer();
  const link = { isDown: true };
  const away = { type: 'try-later', message: 'the mail server is away' } as const;
  const send: Mailer['send'] = (mail, signal) => (link.isDown ? TE.left(away) : mailer.send(mail, signal));
  const server = await givenServer({ mailer: { ...mailer, send } });
  const file = await backupFile();
  const uid = uidOf(await book(server.client()));
  await server.restart(async (data) => {
    expect(await backUp(context(data), file, {})).toBe(0);
  });
  expect(mails).toEqual([]);
  link.isDown = false;
  await expect.poll(() => mails.length, waitsFor).toBe(2);
  const told = mails.map(({ messageId }) => messageId).toSorted();

  await server.restart((data) => restored(data, file));
  await expect.poll(() => mails.length, waitsFor).toBe(4);
  await server.idle();
  expect(
    mails
      .slice(2)
      .map(({ messageId }) => messageId)
      .toSorted(),
  ).toEqual(told);
  expect(await standingAt(server)(uid)).toBe('accepted');
});

it('given a backup made while guests book, when restored, then it verifies, with all who had an answer', async () => {
  const server = await givenServer();
  const file = await backupFile();
  let data = '';
  await server.restart((folder) => {
    data = folder;
  });
  const answered: string[] = [];
  const all = Array.from({ length: 16 }, (_, index) => 30 * index);
  const booking = async (): Promise<void> => {
    for (let minutes = all.shift(); minutes !== undefined; minutes = all.shift())
      answered.push(uidOf(await book(server.client(), { minutes, name: `Guest ${minutes}` })));
  };
  const guests = Promise.all([booking(), booking()]);
  await expect.poll(() => answered.length, waitsFor).toBeGreaterThan(2);
  const before = [...answered];
  expect(await backUp(context(data), file, {})).toBe(0);
  await guests;
  expect(answered).toHaveLength(16);

  const empty = await temporaryFolder();
  onTestFinished(empty.remove);
  const other = join(empty.path, 'restored');
  expect(await restore(context(other), file, {})).toBe(0);
  const verifying = context(other);
  expect(await verifyLog(verifying, { json: true })).toBe(0);
  const report = JSON.parse(verifying.terminal.written.out.join(''));
  // Nobody whose key is not there: the keys are read after the log is.
  expect(report).toMatchObject({ findings: [], erased: 0 });
  for (const uid of before) {
    const shown = context(other);
    expect(await showTimeline(shown, uid, { json: true })).toBe(0);
    const { guest } = JSON.parse(shown.terminal.written.out.join('')).standing;
    expect(guest.name).toMatch(/^Guest \d+$/);
  }
});
