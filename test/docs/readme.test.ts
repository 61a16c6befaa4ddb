import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { holdfast, startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { projectFolder } from '../support/source-files.ts';

const run = promisify(execFile);
const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.trim().split('\n'));

/** A shell as a newcomer has it, in the project's folder. */
const shell = (line: string, env: Readonly<Record<string, string>> = {}): Promise<{ readonly stdout: string }> =>
  run('sh', ['-c', line], {
    cwd: projectFolder,
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`, ...env },
  });

it('shows no command that is not run here, by another test, or by continuous integration', () => {
  expect(commands).toEqual([
    'npm ci',
    'npm start',
    "curl -s 'http://127.0.0.1:3000/v2/bookings/UID/events?token=TOKEN'",
    'HOLDFAST_API_KEY=KEY npx holdfast booking events UID',
    'npm run demo',
    'npm ci && npm test',
    'npm run test:unit',
  ]);
  const ci = readFileSync(join(projectFolder, '.ci/run'), 'utf8');
  expect(ci).toContain('npm ci\nnpm test\n');
});

it('given a started server, when its line is pasted, then the booking is accepted and has its history', async () => {
  const { path, remove } = await temporaryFolder();
  const server = startHoldfast(['serve'], { PORT: '0', HOLDFAST_DATA: path });
  onTestFinished(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
    await remove();
  });
  const [, line = ''] = await server.says(/^ {2}(curl -s \S+\/v2\/bookings -H .*)$/m);
  const [, key = ''] = await server.says(/^API key with all roles, shown this once: (\S+)$/m);
  const [url = ''] = /http:\/\/[^/ ]+/.exec(line) ?? [];
  const booked = JSON.parse((await shell(line)).stdout);
  expect(booked).toMatchObject({ status: 'success', data: { status: 'accepted' } });

  const uid: string = booked.data.uid;
  const pasted = (commands[2] ?? '')
    .replace('UID', uid)
    .replace('TOKEN', booked.data.guestToken)
    .replace('http://127.0.0.1:3000', url);
  const history: { readonly data: ReadonlyArray<{ readonly type: string }> } = JSON.parse((await shell(pasted)).stdout);
  expect(history.data.map(({ type }) => type)).toContain('BookingAccepted');

  const example =
    /^## Booking\n\n```sh\n([\s\S]*?)^```/m.exec(readFileSync(join(projectFolder, 'docs/http.md'), 'utf8'))?.[1] ?? '';
  const asPasted = JSON.parse((await shell(example.replace('http://127.0.0.1:3000', url))).stdout);
  expect(asPasted).toMatchObject({ status: 'success', data: { status: 'accepted' } });

  const words = await holdfast(['booking', 'events', uid, '--url', url], { HOLDFAST_API_KEY: key });
  expect(words.code).toBe(0);
  expect(words.stdout).toContain('The booking is accepted');
});
