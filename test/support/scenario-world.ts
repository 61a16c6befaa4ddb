import * as E from 'fp-ts/lib/Either.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { verifyDataFile } from '../../src/adapters/event-store/embedded/verifying/verify-data-file.ts';
import { KEY_FOLDER } from '../../src/adapters/privacy/key-files.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import { mailFolder } from '../../src/composition/connect-providers.ts';
import { systemIdentity } from '../../src/composition/identity.ts';
import type { Log } from '../../src/composition/log.ts';
import type { RunningServer, Substitutes } from '../../src/composition/running-server.ts';
import { startServer } from '../../src/composition/server.ts';
import { type TestClock, makeTestClock } from './clock.ts';
import { httpClient } from './http-client.ts';
import { mustRun } from './must.ts';
import { type Circumstances, HOUSE_KEY, settingsFor } from './scenario-configuration.ts';
import { emlFiles, mailsFrom } from './scenario-mails.ts';
import { guestOf, hostOf } from './scenario-people.ts';
import { freeSlots, hooksOf, recordsOf } from './scenario-records.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

const DEADLINE_MS = 15_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again until it is so; fails after a while, naming what was waited for. `turning`: moves the clock in between. */
export const until = async (
  what: string,
  isSo: () => boolean | Promise<boolean>,
  turning: { readonly clock: TestClock; readonly stepMs: number } | null = null,
): Promise<void> => {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    turning?.clock.advance(turning.stepMs);
    await pause(5);
  }
};

const logTo = (problems: string[], said: string[]): Log => ({
  report: ({ where, reason }) => void problems.push(`${where}: ${reason}`),
  http: (entry) => ('reason' in entry ? void problems.push(`${entry.route}: ${entry.reason}`) : undefined),
  info: (line) => void said.push(line),
});

/** Graces of a stopping server are counted by its clock, so that has to go on. */
export const stopped = async (server: RunningServer, clock: TestClock): Promise<void> => {
  let isOver = false;
  const stopping = server.stop().then(() => {
    isOver = true;
  });
  await until('the server has stopped', () => isOver, { clock, stepMs: 1_000 });
  await stopping;
};

/**
 * A real server with a data folder of its own, real HTTP, real consumers and read model, on a clock that is turned by
 * hand (from `2050-09-01T00:00:00Z` if not told otherwise), with Odd as its host, a subscriber to every webhook, and mails in a folder.
 */
export const world = async (given: Circumstances = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-scenario-'));
  const clock = makeTestClock(
    given.begins === undefined ? undefined : Temporal.Instant.from(given.begins).epochMilliseconds,
  );
  const subscriber = await startWebhookReceiver();
  const problems: string[] = [];
  const said: string[] = [];
  let circumstances = given;

  const start = (): Promise<RunningServer> => {
    const { calendars = [], conferencing } = circumstances;
    const substitutes: Substitutes = {
      clock,
      identity: { ...systemIdentity, jitter: () => 0 },
      reload: async () => E.right(settingsFor(circumstances, folder, subscriber.url).configuration),
      calendars: new Map(calendars.map((calendar) => [calendar.calendarId, calendar])),
      ...(conferencing === undefined ? {} : { conferencing: new Map(conferencing.map((one) => [one.provider, one])) }),
    };
    return mustRun(startServer(settingsFor(circumstances, folder, subscriber.url), logTo(problems, said), substitutes));
  };
  let server = await start();
  onTestFinished(async () => {
    await subscriber.close();
    await stopped(server, clock);
    const verified = await verifyDataFile(join(folder, DATA_FILE), { keyFolder: join(folder, KEY_FOLDER) })(
      () => undefined,
    );
    await rm(folder, { recursive: true, force: true });
    // Whatever the story was, nobody has touched its log.
    expect(E.isLeft(verified) ? verified : verified.right.findings).toEqual([]);
  });
  const client = () => httpClient(server.url);
  const settled = () => server.idle();
  const leapsTo = async (epochMs: number): Promise<void> => {
    clock.leapTo(epochMs);
    await settled();
  };

  return {
    clock,
    client,
    /** Where the server listens now. */
    url: () => server.url,
    problems,
    /** What the server told beside problems. */
    said,
    subscriber,
    runa: guestOf(client),
    odd: hostOf(client),
    records: recordsOf(client),
    freeSlots: freeSlots(client),
    /** What a subscriber to a built-in calendar's feed reads. */
    feed: async (calendarId: string): Promise<string> =>
      (await fetch(new URL(server.feeds.pathOf(calendarId), server.url))).text(),
    mails: mailsFrom(() => emlFiles(mailFolder(folder))),
    hooks: () => hooksOf(subscriber),
    /** All that is due now has been done, and everybody told. */
    settled,
    /** The clock goes on by so many milliseconds, and what became due is done. */
    passes: (ms: number) => leapsTo(clock.now() + ms),
    /** The clock goes on to that instant, and what became due is done. */
    becomes: (instant: string) => leapsTo(Temporal.Instant.from(instant).epochMilliseconds),
    /** The server is away until it starts again. */
    stops: () => stopped(server, clock),
    /** The file is changed, and the running server is told to read it. Answers its reply. */
    reloads: (changed: Circumstances) => {
      circumstances = { ...circumstances, ...changed };
      return client().post('/v2/holdfast/reload', {}, { key: HOUSE_KEY });
    },
    /** The server is stopped and started again, under changed circumstances. */
    restarts: async (changed: Circumstances = {}): Promise<void> => {
      await stopped(server, clock);
      circumstances = { ...circumstances, ...changed };
      server = await start();
    },
  };
};

export type World = Awaited<ReturnType<typeof world>>;
