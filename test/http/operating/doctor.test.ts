import { expect, test } from 'vitest';
import { runDoctor } from '../../../src/cli/api/doctor-command.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { mustRun } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { booked, testApps } from '../../support/test-apps.ts';

const started = testApps();

/** A booking that Odd's calendar holds, and a doctor who is asked over HTTP. */
const given = async (betweenLooks: () => Promise<void> = async () => undefined) => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const app = await started({ calendars: [work.calendar], betweenLooks });
  const uid = await booked(app, introBody());
  const terminal = recordingTerminal();
  const context = { terminal, env: {}, end: () => undefined };
  const doctor = (more: object = {}) =>
    runDoctor(context, { url: app.url, apiKey: 'cal_operate', json: true, ...more });
  const said = () => JSON.parse(terminal.written.out.at(-1) ?? '');
  return { work, app, uid, doctor, said: said as () => { differences: object[]; notCompared: object[] }, terminal };
};

test('given that all agree, then nothing differs, and what cannot be listed is said to be not compared', async () => {
  const { doctor, said, app } = await given();
  expect(await doctor()).toBe(1);
  expect(said()).toEqual({
    differences: [],
    notCompared: [{ calendarId: 'work', reason: 'its provider cannot list events with our mark' }],
  });
  const reply = await app.get('/v2/holdfast/doctor?step=0', { key: 'cal_operate' });
  expect(at(reply.body, 'data')).toMatchObject({ done: 1, total: 3, what: 'the log' });
});

test('I10 given an event that is back at the second look, then --fix makes no fact of the first', async () => {
  let putBack = async (): Promise<void> => undefined;
  const { work, doctor, said, app } = await given(() => putBack());
  const [event] = work.events();
  if (event === undefined) throw new Error('it is not there');
  work.removeByHand(event.icsUid);
  putBack = async () => void (await mustRun(work.calendar.create(event, AbortSignal.timeout(1_000))));
  await doctor({ fix: true });
  expect(said().differences).toMatchObject([{ kind: 'missing', outcome: 'not-there' }]);
  const types = (await mustRun(app.store.readAll(0, 1_000))).map(({ type }) => type);
  expect(types).not.toContain('CalendarEventMissing');
});

test('given an event that a person took away, then it is missing, and --fix has it written again', async () => {
  const { work, doctor, said, uid, app } = await given();
  for (const { icsUid } of work.events()) work.removeByHand(icsUid);
  await doctor();
  expect(said().differences).toMatchObject([{ kind: 'missing', bookingUid: uid, calendarId: 'work', canFix: true }]);
  expect(work.events()).toHaveLength(0);
  await doctor({ fix: true });
  expect(said().differences).toMatchObject([{ kind: 'missing', outcome: 'settled' }]);
  await app.settled();
  expect(work.events().map(({ bookingUid }) => bookingUid)).toEqual([uid]);
  const types = (await mustRun(app.store.readAll(0, 1_000))).map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['CalendarEventMissing', 'CalendarEventRestoreRequested']));
  await doctor();
  expect(said().differences).toEqual([]);
});

test('given a calendar that cannot be asked, then the booking is not compared, and never missing', async () => {
  const { work, doctor, said } = await given();
  work.always('find', { type: 'refuse', kind: 'network' });
  expect(await doctor()).toBe(1);
  expect(said().differences).toEqual([]);
  await doctor({ fix: true });
  expect(said().notCompared).toHaveLength(2);
});

test('given that it is there at the second answer, then it is not missing', async () => {
  const { work, doctor, said, app, uid } = await given();
  const settled = await app.post(
    '/v2/holdfast/doctor/settle',
    { kind: 'missing', bookingUid: uid, calendarId: 'work' },
    { key: 'cal_operate' },
  );
  expect(at(settled.body, 'data', 'outcome')).toBe('not-there');
  expect(work.asked('create')).toBe(1);
  await doctor();
  expect(said().differences).toEqual([]);
});

test('given people who look, then each difference stands with what settles it', async () => {
  const { work, doctor, terminal, uid } = await given();
  for (const { icsUid } of work.events()) work.removeByHand(icsUid);
  expect(await doctor({ json: undefined })).toBe(1);
  const text = terminal.written.out.join('\n');
  expect(text).toContain(`missing, booking ${uid}, calendar work`);
  expect(text).toContain('settle it: holdfast doctor --fix');
  expect(text).toContain('1 differences, 1 of them to be settled');
});

test('given a body that names no difference, then it is refused with the field', async () => {
  const { app } = await given();
  const reply = await app.post('/v2/holdfast/doctor/settle', { kind: 'nothing' }, { key: 'cal_operate' });
  expect([reply.status, reply.text.includes('kind')]).toEqual([400, true]);
  const stranger = await app.get('/v2/holdfast/doctor');
  expect(stranger.status).toBe(401);
});
