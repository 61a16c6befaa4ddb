import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { secretOf } from '../../src/application/secret.ts';
import { verifyLog } from '../../src/cli/audit/audit-commands.ts';
import { importStore } from '../../src/cli/copy/import-command.ts';
import { printHead } from '../../src/cli/audit/head-commands.ts';
import { backUp } from '../../src/cli/local/backup-command.ts';
import { restore } from '../../src/cli/local/restore-command.ts';
import { sealLog } from '../../src/cli/local/seal-command.ts';
import type { CliContext } from '../../src/cli/terminal.ts';
import { type Log, makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { at, httpClient } from '../support/http-client.ts';
import { openDemo } from '../support/open-demo.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { filesWith as filesIn, writtenAs } from './traces.helper.ts';

const KEY = 'a-key-of-the-test-0123456789';
/** Letters that quoted-printable and base64 write otherwise; each text is found nowhere else. */
const NAME = 'Wíllemijn Quackenbosch';
const EMAIL = 'quackenbosch@zwaan.example';

/** `problems`: what the server has reported so far. */
const started = async (dataFolder: string) => {
  const environment = environmentOf(dataFolder, { apiKey: secretOf(KEY) });
  const problems: string[] = [];
  const log: Log = { ...makeLog('silent'), report: ({ reason }) => void problems.push(reason) };
  const server = await startServer({ configuration: openDemo, environment }, log)();
  if (E.isLeft(server)) throw new Error(describeStartError(server.left));
  onTestFinished(server.right.stop);
  return { ...server.right, problems, client: httpClient(server.right.url) };
};

type Command = (context: CliContext) => Promise<number>;
const ran = async (command: Command, dataFolder: string) => {
  const terminal = recordingTerminal();
  const code = await command({ terminal, env: { HOLDFAST_DATA: dataFolder }, end: () => undefined });
  return { code, text: [...terminal.written.out, ...terminal.written.err].join('\n') };
};

const wanted = [...writtenAs(EMAIL), ...writtenAs(NAME), 'quackenbosch'];

const filesWith = (folder: string, texts = wanted) => filesIn(folder, texts);

it('given somebody who is forgotten, then no file has anything of them, nor a backup without keys', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const run = (command: Command, dataFolder = data) => ran(command, dataFolder);
  const server = await started(data);
  const { client } = server;
  const attendee = { name: NAME, email: EMAIL, timeZone: 'Europe/Oslo' };
  const booked = await client.post('/v2/bookings', { eventTypeId: 1, start: '2050-09-05T08:00:00Z', attendee });
  const uid = String(at(booked.body, 'data', 'uid'));
  const runa = { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' };
  const second = { eventTypeId: 1, start: '2050-09-06T08:00:00Z', attendee: runa, guests: [EMAIL] };
  const ofAnother = String(at((await client.post('/v2/bookings', second)).body, 'data', 'uid'));
  await server.idle();
  expect(await filesWith(data)).toEqual(expect.arrayContaining([expect.stringMatching(/^mail\/.*eml$/)]));
  expect(await filesWith(join(data, 'privacy-keys'))).toEqual([]);
  const asked = { key: KEY };
  const exported = await client.post('/v2/holdfast/privacy/export', { email: EMAIL.toUpperCase() }, asked);
  expect(JSON.stringify(exported.body)).toContain(NAME);
  const read = await client.get('/v2/holdfast/audit/changes', asked);
  expect(JSON.stringify(read.body)).toContain('"person":1');

  const [before, beside] = [join(folder.path, 'before'), join(folder.path, 'beside')];
  expect(await run((context) => backUp(context, before, {}))).toMatchObject({ code: 0 });
  expect(await run((context) => backUp(context, beside, { keys: { to: 'left-out' } }))).toMatchObject({ code: 0 });

  const [apart, apartKeys] = [join(folder.path, 'apart'), join(folder.path, 'apart.keys')];
  const keysApart = { keys: { to: 'file', path: apartKeys } } as const;
  expect(await run((context) => backUp(context, apart, keysApart))).toMatchObject({ code: 0 });
  expect((await stat(apartKeys)).mode & 0o777).toBe(0o600);
  expect(await run((context) => backUp(context, join(folder.path, 'more'), keysApart))).toMatchObject({
    code: 1,
    text: expect.stringContaining('apart.keys is there already'),
  });

  const refused = await client.post('/v2/holdfast/privacy/forget', { email: EMAIL }, asked);
  expect(refused.status).toBe(409);
  const forgotten = await client.post('/v2/holdfast/privacy/forget', { email: EMAIL, cancel: true }, asked);
  expect([forgotten.status, at(forgotten.body, 'data', 'bookings'), at(forgotten.body, 'data', 'keys')]).toEqual([
    200, 2, 1,
  ]);
  await server.idle();
  expect(await filesWith(data)).toEqual([]);
  for (const path of [
    `/v2/bookings/${uid}`,
    `/v2/bookings/${uid}/events`,
    '/v2/bookings',
    '/v2/holdfast/notifications',
  ])
    expect((await client.get(path, asked)).text.toLowerCase()).not.toContain('quackenbosch');
  expect((await client.get(`/v2/bookings/${uid}`, asked)).text).toContain('(erased)');
  expect((await client.post(`/v2/bookings/${ofAnother}/cancel`)).status).toBe(200);
  await server.idle();
  await server.stop();
  expect(await filesWith(data)).toEqual([]);
  expect(await run((context) => verifyLog(context, {}))).toMatchObject({ code: 0 });

  // The read model is made anew from the log alone.
  for (const name of await readdir(data)) if (name.startsWith('read-model')) await rm(join(data, name));
  const again = await started(data);
  await again.idle();
  expect((await again.client.get('/v2/bookings', asked)).text).toContain('(erased)');
  expect(again.problems.join()).not.toContain('put the folder back');
  await again.stop();
  expect(await filesWith(data)).toEqual([]);

  // Of a backup without keys, restored elsewhere, nobody can be read; its log verifies.
  const elsewhere = join(folder.path, 'elsewhere');
  expect(await run((context) => restore(context, beside, {}), elsewhere)).toMatchObject({ code: 0 });
  expect(await run((context) => verifyLog(context, {}), elsewhere)).toMatchObject({ code: 0 });
  // A folder that is there and empty, as an unmounted volume is, has lost its keys as well.
  await mkdir(join(elsewhere, 'privacy-keys'), { mode: 0o700 });
  const without = await started(elsewhere);
  await without.idle();
  expect((await without.client.get(`/v2/bookings/${uid}`, asked)).text).toContain('(erased)');
  expect(without.problems.filter((problem) => problem.includes('put the folder back'))).toHaveLength(1);
  await without.stop();

  // With the keys that were written apart from it, everybody is as they were that day; with another file nothing is done.
  const whole = join(folder.path, 'whole');
  expect(await run((context) => restore(context, apart, { privacyKeys: apart }), whole)).toMatchObject({ code: 1 });
  expect(await run((context) => restore(context, apart, { privacyKeys: apartKeys }), whole)).toMatchObject({
    code: 0,
    text: expect.stringContaining('keys of people are back'),
  });
  const withKeys = await started(whole);
  await withKeys.idle();
  expect((await withKeys.client.get(`/v2/bookings/${uid}`, asked)).text).toContain('Quackenbosch');
  await withKeys.stop();

  // A backup with keys, restored beside the folder that knows who was forgotten: they stay so.
  const known = join(folder.path, 'known');
  await cp(join(data, 'privacy-keys'), join(known, 'privacy-keys'), { recursive: true });
  expect(await run((context) => restore(context, before, {}), known)).toMatchObject({
    code: 0,
    text: expect.stringContaining('1 who were forgotten since stay so'),
  });
  const knowing = await started(known);
  await knowing.idle();
  const [one, two] = [`/v2/bookings/${uid}`, `/v2/bookings/${ofAnother}`];
  expect((await knowing.client.get(one, asked)).text).toContain('(erased)');
  expect((await knowing.client.get(two, asked)).text).toContain('runa@example.org');
  await knowing.stop();
});

/** Exported by the release before sealing, which had made three bookings, moved and cancelled one, and added a guest. */
const OLD_LOG = join(import.meta.dirname, 'log-before-sealing.ndjson');

it('given a log of the release before, when it is sealed, then it goes on, and people are forgotten', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const run = (command: Command) => ran(command, data);
  const asked = { key: KEY };
  expect(await run((context) => importStore(context, OLD_LOG, { toData: data }))).toMatchObject({ code: 0 });
  const head = join(folder.path, 'head.txt');
  await writeFile(head, (await run((context) => printHead(context, {}))).text);
  const people = [
    'runa@example.org',
    'ola@example.net',
    'kari@example.net',
    'nils@example.net',
    'train is late',
    'is ill',
  ];
  expect(await filesWith(data, people)).toEqual(['holdfast.sqlite']);

  // Before it is sealed it is served as it is, and nobody in it can be forgotten.
  const early = await started(data);
  await early.idle();
  const list = (await early.client.get('/v2/bookings?sortStart=asc', asked)).body;
  const refused = await early.client.post(
    '/v2/holdfast/privacy/forget',
    { email: 'ola@example.net', cancel: true },
    asked,
  );
  expect([refused.status, at(refused.body, 'error', 'code')]).toEqual([409, 'personal_data_in_clear']);
  await early.stop();

  expect(await run(sealLog)).toMatchObject({ code: 0, text: expect.stringMatching(/\d+ events are sealed now/) });
  const sealed = (await filesWith(data, people)).filter((name) => !/^(mail|read-model)/.test(name));
  expect(sealed).toEqual([]);
  // No hash has changed: a head that was signed before still proves the log.
  expect(await run((context) => verifyLog(context, { since: head }))).toMatchObject({ code: 0 });

  const server = await started(data);
  await server.idle();
  expect(at((await server.client.get('/v2/bookings?sortStart=asc', asked)).body, 'data')).toEqual(at(list, 'data'));
  const [live = ''] = /01m8deshz\w+/.exec(JSON.stringify(list)) ?? [];
  const forget = { email: 'ola@example.net', cancel: true };
  expect((await server.client.post('/v2/holdfast/privacy/forget', forget, asked)).status).toBe(200);
  expect((await server.client.post(`/v2/bookings/${live}/cancel`)).status).toBe(200);
  await server.idle();
  await server.stop();
  expect(await filesWith(data, ['ola@example.net'])).toEqual([]);
  expect(await run((context) => verifyLog(context, {}))).toMatchObject({ code: 0 });
});
