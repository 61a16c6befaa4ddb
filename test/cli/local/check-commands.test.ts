import { writeFile } from 'node:fs/promises';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkCalendars, sendTestMail } from '../../../src/cli/local/check-commands.ts';
import { makeCalendar, rawRequest } from '../../support/caldav-server.ts';
import { aHost } from '../../support/configuration/files.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { startRadicale } from '../../support/radicale.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { freePort } from '../../support/server-process.ts';
import { startSmtpServer } from '../../support/smtp-server.ts';

/** A configuration file, and a terminal that keeps what a command says. */
const given = async (file: object, env: Readonly<Record<string, string>> = {}) => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const config = join(path, 'holdfast.json');
  await writeFile(config, JSON.stringify(file));
  const terminal = recordingTerminal();
  const all = {
    HOLDFAST_CONFIG: config,
    HOLDFAST_DATA: join(path, 'data'),
    HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1',
    ...env,
  };
  return { path, terminal, context: { terminal, env: all, end: () => undefined } };
};

type Step = { readonly tried: string; readonly outcome: string; readonly said: string; readonly why?: string };
type Checked = { readonly calendar: string; readonly steps: ReadonlyArray<Step> };

it('calendar check tells apart a server that works, a wrong password, address, port and name', async () => {
  const radicale = await startRadicale();
  onTestFinished(radicale.stop);
  const url = await makeCalendar(radicale, 'work');
  const closed = await freePort();
  const login = { type: 'caldav', label: 'L', username: radicale.credentials.username, password: { env: 'RIGHT' } };
  const calendars = [
    { ...login, id: 'work', url },
    { ...login, id: 'by_name', url: radicale.origin, calendarName: 'work' },
    { ...login, id: 'wrong_password', url, password: { env: 'WRONG' } },
    { ...login, id: 'not_there', url: `${radicale.homeUrl}nothing/` },
    { ...login, id: 'no_calendar', url: radicale.homeUrl },
    { ...login, id: 'closed', url: `http://127.0.0.1:${closed}/` },
    { ...login, id: 'no_name', url: 'http://calendar.invalid/' },
    { id: 'own', type: 'local', label: 'Own' },
  ];
  const file = { hosts: [{ ...aHost(), calendars: calendars.map(({ id }) => id) }], calendars };
  const { terminal, context } = await given(file, { RIGHT: radicale.credentials.password, WRONG: 'wrong' });
  expect([await checkCalendars(context, undefined, { write: true, json: true }), terminal.written.err]).toEqual([
    1,
    [],
  ]);
  const checked: ReadonlyArray<Checked> = JSON.parse(terminal.written.out.join('\n'));
  const stepsOf = (id: string) => checked.find(({ calendar }) => calendar === id)?.steps ?? [];
  for (const id of ['work', 'by_name']) {
    expect(stepsOf(id).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(stepsOf(id)[0]?.said).toContain(url);
  }
  expect(stepsOf('own').map(({ outcome }) => outcome)).toEqual(['skipped']);
  const why = (id: string) => stepsOf(id).find(({ outcome }) => outcome === 'failed')?.why;
  expect(why('wrong_password')).toContain('(401)');
  expect(why('not_there')).toContain('(404)');
  expect(why('no_calendar')).toContain('it is no calendar');
  expect(why('closed')).toContain('Nothing listens');
  expect(why('no_name')).toContain('(DNS)');
  // Nothing of the test is left in the calendar.
  const listed = await rawRequest(radicale, 'PROPFIND', url, undefined, { depth: '1' });
  expect(listed.body).not.toContain('.ics');
  expect(await checkCalendars(context, 'work', {})).toBe(0);
  expect(await checkCalendars(context, 'nothing', {})).toBe(2);
  expect(terminal.written.err.join('\n')).toContain('has no calendar "nothing"');
});

it('mail test says what came of a server that takes it, one that refuses, and of no server at all', async () => {
  const smtp = await startSmtpServer();
  onTestFinished(smtp.stop);
  const mailOf = (port: number) => ({
    hosts: [aHost()],
    mail: {
      from: { name: 'Holdfast', address: 'holdfast@example.com' },
      smtp: { host: '127.0.0.1', port, security: 'none' },
    },
  });
  const taken = await given(mailOf(smtp.port));
  expect(await sendTestMail(taken.context, 'ann@example.com', {})).toBe(0);
  expect(taken.terminal.written.out.join('\n')).toMatch(/^ok: the server took the mail for ann@example\.com/m);
  expect(smtp.received).toHaveLength(1);
  const closed = await given(mailOf(await freePort()));
  expect(await sendTestMail(closed.context, 'ann@example.com', { json: true })).toBe(1);
  expect(JSON.parse(closed.terminal.written.out.join('\n'))).toMatchObject({
    outcome: 'failed',
    why: expect.stringContaining('Nothing listens'),
  });
  const folder = await given({ hosts: [aHost()] });
  expect(await sendTestMail(folder.context, 'ann@example.com', {})).toBe(0);
  expect(await readdir(join(folder.path, 'data', 'mail'))).toHaveLength(1);
  expect(await sendTestMail(folder.context, 'no address', {})).toBe(2);
});
