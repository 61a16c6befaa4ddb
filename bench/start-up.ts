/**
 * P15 and P16: `holdfast serve` as users start it, with the demo configuration. Start-up: from the start of the process
 * to the first answered request, over an empty data folder and over a log of `--events=n` events whose read model and
 * consumers are up to date, against importing express, io-ts and better-sqlite3 alone. Memory: resident, idle, and after
 * `--commands=n` bookings over a thousand hosts (goal: after a million; say so on the command line and wait for it).
 */
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { makeSqliteConsumerState } from '../src/adapters/consumers/sqlite-consumer-state.ts';
import { DATA_FILE } from '../src/composition/open-storage.ts';
import { book, caughtUp, freshBookings } from './support/booking-load.ts';
import { makeLog } from './support/make-log.ts';
import { configurationOf, HOSTS } from './support/many-hosts.ts';
import { interleave, numberFlag, quick, report, spread } from './support/measure.ts';
import { API_KEY, bareImportsMs, startAsUsersDo, startHoldfast } from './support/processes.ts';
import { must, openStore, temporaryFolder } from './support/store.ts';

const ROUNDS = numberFlag('rounds', quick ? 3 : 10);
const EVENTS = numberFlag('events', quick ? 20_000 : 1_000_000);
const COMMANDS = numberFlag('commands', quick ? 2_000 : 20_000);
const IDLE_GOAL_MB = 120;
const BUSY_GOAL_MB = 250;
const BYTES_PER_MB = 1_000_000;

type Folder = ReturnType<typeof temporaryFolder>;

/** Until the first answer; the server says where it listens a little earlier. */
const firstAnswerMs = async (folder: Folder): Promise<number> => {
  const begun = performance.now();
  const server = await startAsUsersDo(folder);
  const answer = await fetch(`${server.url}/health/live`);
  const ms = performance.now() - begun;
  await answer.text();
  await server.stop();
  if (answer.status !== 200) throw new Error(`the first answer was ${answer.status}`);
  return ms;
};

const fromNothing = async (): Promise<number> => {
  const folder = temporaryFolder();
  const ms = await firstAnswerMs(folder);
  folder.remove();
  return ms;
};

/** A log that the consumers have dealt with already. */
const fillLog = async (folder: Folder): Promise<void> => {
  const { file, store } = openStore(join(folder.path, 'data', DATA_FILE));
  await makeLog(store, EVENTS);
  const checkpoint = await must(store.head());
  const state = makeSqliteConsumerState(file);
  if (E.isLeft(state)) throw new Error('the consumer state cannot be opened');
  for (const group of ['saga', 'hold-keeper'])
    await state.right.save(group, { checkpoint, put: [], park: [], remove: [] });
  await store.close();
  await file.close();
};

/** The first start over a log builds the read model, which later starts find. */
const buildReadModel = async (folder: Folder): Promise<void> => {
  const server = await startAsUsersDo(folder);
  const headers = { authorization: `Bearer ${API_KEY}` };
  const deadline = performance.now() + 600_000;
  for (let status = 0; status !== 200;) {
    if (performance.now() > deadline) throw new Error('the read model was not built in time');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const answer = await fetch(`${server.url}/v2/bookings?take=1`, { headers });
    await answer.text();
    status = answer.status;
  }
  await server.stop();
};

const startUp = async (): Promise<boolean> => {
  const folder = temporaryFolder();
  try {
    await fillLog(folder);
    await buildReadModel(folder);
    const names = ['bare imports', 'empty data folder', `log of ${EVENTS} events`] as const;
    const rounds = await interleave(
      [
        { name: names[0], run: bareImportsMs },
        { name: names[1], run: fromNothing },
        { name: names[2], run: () => firstAnswerMs(folder) },
      ],
      ROUNDS,
    );
    const goals = [
      { id: 'P16', what: names[1], variant: names[1], anchor: names[0], goal: 1.7, sense: 'at-most' },
      { id: 'P16', what: names[2], variant: names[2], anchor: names[0], goal: 3, sense: 'at-most' },
    ] as const;
    return report('start-up, milliseconds', rounds, goals, quick ? 0.5 : 1);
  } finally {
    folder.remove();
  }
};

const residentMb = async (server: Awaited<ReturnType<typeof startAsUsersDo>>): Promise<number> =>
  (await server.usage()).residentBytes / BYTES_PER_MB;

const memory = async (): Promise<boolean> => {
  const folder = temporaryFolder();
  const idleServer = await startAsUsersDo(folder);
  await fetch(`${idleServer.url}/health/ready`).then((answer) => answer.text());
  const idle = await residentMb(idleServer);
  await idleServer.stop();
  folder.remove();

  const busyServer = await startHoldfast(configurationOf(HOSTS, 'none'));
  await book(busyServer, freshBookings()(COMMANDS), 64);
  const atOnce = await residentMb(busyServer);
  await caughtUp(busyServer);
  const busy = await residentMb(busyServer);
  await busyServer.stop();
  const figures = {
    'idle, demo configuration': spread([idle]),
    [`after ${COMMANDS} commands`]: spread([atOnce]),
    [`after ${COMMANDS} commands, all mails written`]: spread([busy]),
  };
  process.stdout.write('\nmemory, resident MB\n');
  for (const [name, { median }] of Object.entries(figures))
    process.stdout.write(`  ${name.padEnd(52)} ${median.toFixed(0)}\n`);
  const results = [
    { id: 'P15', what: 'idle', median: idle, goal: IDLE_GOAL_MB, reached: idle <= IDLE_GOAL_MB },
    { id: 'P15', what: `after ${COMMANDS} commands`, median: busy, goal: BUSY_GOAL_MB, reached: busy <= BUSY_GOAL_MB },
  ];
  process.stdout.write(`${JSON.stringify({ bench: 'memory, resident MB', figures, results })}\n`);
  return results.every(({ reached }) => reached);
};

const reached = [await startUp(), await memory()];
process.exitCode = reached.every(Boolean) ? 0 : 1;
