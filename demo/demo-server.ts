import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretOf } from '../src/application/secret.ts';
import { mailFolder } from '../src/composition/connect-providers.ts';
import type { ServerAccess } from '../src/cli/api/client.ts';
import { type Patience, brokenPromise, until } from './narrator.ts';
import type { StandInCalendar } from './stand-in-calendar.ts';

/** Environment variable with the stand-in's password: secrets do not stand in configuration files. */
const PASSWORD_VARIABLE = 'HOLDFAST_DEMO_CALENDAR_PASSWORD';

export const hostEmail = 'odd@example.com';
export const guestEmail = 'runa@example.com';

/** One host with one CalDAV calendar, as a configuration file in JSON. Retries are short, so that nobody waits for them. */
const demoConfigurationFile = (calendar: StandInCalendar): string =>
  JSON.stringify({
    hosts: [
      {
        id: 'odd',
        number: 1,
        username: 'odd',
        name: 'Odd Hansen',
        email: hostEmail,
        timeZone: 'Europe/Oslo',
        calendars: ['work'],
        eventTypes: [{ id: 1, slug: 'intro', title: 'Introduction', lengthInMinutes: 30, minimumNoticeInMinutes: 30 }],
      },
    ],
    calendars: [
      {
        id: 'work',
        label: 'Work (stand-in)',
        type: 'caldav',
        url: calendar.url,
        username: calendar.username,
        password: { env: PASSWORD_VARIABLE },
      },
    ],
    timings: { settleWindowInSeconds: 0 },
    retries: { calendar: { baseInSeconds: 0.5, capInSeconds: 1, deadlineInHours: 1 } },
  });

const LAUNCHER = fileURLToPath(new URL('../bin/holdfast.js', import.meta.url));
/** A server that was asked to stop has so long, then it is killed. */
const STOP_WITHIN_MS = 10_000;
/** Characters of the server's output that are kept for a failure. */
const KEPT_OUTPUT = 4_000;

export type DemoServer = {
  readonly server: ServerAccess;
  readonly mails: string;
  readonly stop: () => Promise<void>;
};

/** Nothing of the caller's own Holdfast may reach the demo's. */
const environment = (own: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
  return { ...Object.fromEntries(others), PORT: '0', HOST: '127.0.0.1', ...own };
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const stop = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(kill);
};

/** `holdfast serve` as a process of its own in `folder`, up and listening. It ends when this process does, however that comes. */
export const startDemoServer = async (
  folder: string,
  calendar: StandInCalendar,
  patience: Patience,
): Promise<DemoServer> => {
  const config = join(folder, 'holdfast.json');
  const data = join(folder, 'data');
  const apiKey = `demo_${crypto.randomUUID()}`;
  await writeFile(config, demoConfigurationFile(calendar), { mode: 0o600 });
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment({
      HOLDFAST_DATA: data,
      HOLDFAST_CONFIG: config,
      HOLDFAST_API_KEY: apiKey,
      HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1',
      [PASSWORD_VARIABLE]: calendar.password,
    }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString('utf8')}`.slice(-KEPT_OUTPUT);
    });
  try {
    const listening = await until(async () => {
      const [, url] = /^listening on (http:\S+)$/m.exec(output) ?? [];
      if (url !== undefined) return { found: true, value: url };
      if (hasEnded(child)) throw brokenPromise('the server starts', `it ended: ${output.trim()}`);
      return { found: false, seen: output.trim() };
    }, patience);
    if (!listening.found) throw brokenPromise('the server starts', listening.seen);
    const server = { url: listening.value, apiKey: secretOf(apiKey) };
    return { server, mails: mailFolder(data), stop: () => stop(child) };
  } catch (thrown) {
    await stop(child);
    throw thrown;
  }
};
