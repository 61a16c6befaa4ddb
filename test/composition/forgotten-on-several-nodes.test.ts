import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { at, httpClient } from '../support/http-client.ts';
import { type TestClock, makeTestClock } from '../support/clock.ts';
import { stopped, until } from '../support/scenario-world.ts';
import { openDemo } from '../support/open-demo.ts';
import { filesWith, tracesIn, writtenAs } from './traces.helper.ts';

const KEY = { key: 'a-key-of-the-test-0123456789' };
const EMAIL = 'quackenbosch@zwaan.example';
const wanted = [EMAIL, 'Wíllemijn Quackenbosch', 'quackenbosch'].flatMap((text) => writtenAs(text));

/** Two nodes on one log and one folder of keys; the first has the built-in calendar. */
const twoNodes = async (clock: TestClock | null = null) => {
  const [standIn, folder] = [await startEventStoreDbStandIn(), await temporaryFolder()];
  const stops: Array<() => Promise<void>> = [];
  onTestFinished(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await standIn.close();
    await folder.remove();
  });
  const connectionString = secretOf(standIn.connectionString);
  const store = { connectionString, caFile: null, streamPrefix: 'holdfast-', startWaitMs: 10_000 };
  const start = async (name: string) => {
    const dataFolder = join(folder.path, name);
    const environment = environmentOf(dataFolder, {
      ...{ apiKey: secretOf(KEY.key), secret: secretOf('the secret that both of these nodes are given') },
      ...{ node: name, keyFolder: join(folder.path, 'keys') },
    });
    const isFirst = name === 'one';
    const configuration = {
      ...openDemo,
      privacy: { forgetAfterDays: 30 },
      store: { type: 'eventstoredb', ...store },
      calendars: isFirst ? openDemo.calendars : [],
      hosts: openDemo.hosts.map((host) => ({ ...host, calendarIds: isFirst ? host.calendarIds : [] })),
    } as const;
    const said: string[] = [];
    const log = makeLog('info', { write: (line: string) => void said.push(line) });
    const server = await startServer({ configuration, environment }, log, clock === null ? {} : { clock })();
    if (E.isLeft(server)) throw new Error(describeStartError(server.left));
    stops.push(() => (clock === null ? server.right.stop() : stopped(server.right, clock)));
    return { ...server.right, said, dataFolder, client: httpClient(server.right.url) };
  };
  return { one: await start('one'), two: await start('two'), folder: folder.path };
};

it('given two nodes, when somebody is forgotten at one, then the other has nothing of them either', async () => {
  const { one, two, folder } = await twoNodes();
  const attendee = { name: 'Wíllemijn Quackenbosch', email: EMAIL, timeZone: 'Europe/Amsterdam' };
  const uids: string[] = [];
  for (const [index, node] of [one, two, one, two].entries()) {
    const body = { eventTypeId: 1, start: `2050-09-0${5 + index}T08:00:00Z`, attendee };
    const booked = await node.client.post('/v2/bookings', body);
    expect(booked.status).toBe(201);
    uids.push(String(at(booked.body, 'data', 'uid')));
  }
  await Promise.all([one.idle(), two.idle()]);
  const history = async (uid: string) =>
    Promise.all(
      [one, two].flatMap(({ client }) =>
        [`/v2/bookings/${uid}/events`, '/v2/bookings', '/v2/holdfast/events'].map(
          async (path) => (await client.get(path, KEY)).text,
        ),
      ),
    );
  for (const text of await history(uids[0] ?? '')) expect(tracesIn(text, wanted)).not.toEqual([]);
  expect((await filesWith(one.dataFolder, wanted)).length).toBeGreaterThan(0);
  expect((await filesWith(two.dataFolder, wanted)).length).toBeGreaterThan(0);

  const forgotten = await two.client.post('/v2/holdfast/privacy/forget', { email: EMAIL, cancel: true }, KEY);
  expect(forgotten.status).toBe(200);
  expect(await filesWith(two.dataFolder, wanted)).toEqual([]);
  await Promise.all([one.idle(), two.idle()]);
  for (const uid of uids) for (const text of await history(uid)) expect(tracesIn(text, wanted)).toEqual([]);
  await expect.poll(() => filesWith(folder, wanted), { timeout: 10_000 }).toEqual([]);
});

it('given two nodes, then one of them does the rounds of forgetting by age', async () => {
  const clock = makeTestClock();
  const { one, two } = await twoNodes(clock);
  await Promise.all([one.idle(), two.idle()]);
  const rounds = () =>
    [one, two].map(({ said }) => said.filter((line) => line.includes('"forgot 0 people"')).length).toSorted();
  clock.advance(61_000);
  // What waits for the log is tried again by the clock.
  await until('a round is done', () => rounds()[1] === 1, { clock, stepMs: 50 });
  let steps = 0;
  await until('the other has had its turn', () => (steps += 1) > 50, { clock, stepMs: 50 });
  expect(rounds()).toEqual([0, 1]);
});
