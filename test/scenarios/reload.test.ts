import { createHmac } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import type { Errors } from '../../src/adapters/configuration/errors.ts';
import { secretOf } from '../../src/application/secret.ts';
import { startServer } from '../../src/composition/server.ts';
import { systemIdentity } from '../../src/composition/identity.ts';
import { makeTestClock } from '../support/clock.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at, httpClient } from '../support/http-client.ts';
import { mustRun } from '../support/must.ts';
import { settingsFor } from '../support/scenario-configuration.ts';
import { HOUSE_KEY } from '../support/scenario-configuration.ts';
import { until } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';

/** A server whose file a test changes while it runs. */
const given = async () => {
  const { path, remove } = await temporaryFolder();
  const subscriber = await startWebhookReceiver();
  const clock = makeTestClock();
  const work = scriptedCalendar({ calendarId: 'work' });
  const settings = settingsFor({ calendars: [work.calendar] }, path, subscriber.url);
  let file: E.Either<Errors, Configuration> = E.right(settings.configuration);
  const said: string[] = [];
  const server = await mustRun(
    startServer(
      settings,
      {
        report: ({ where, reason }) => void said.push(`${where}: ${reason}`),
        http: () => undefined,
        info: (line) => void said.push(line),
      },
      {
        clock,
        identity: { ...systemIdentity, jitter: () => 0 },
        calendars: new Map([['work', work.calendar]]),
        reload: async () => file,
      },
    ),
  );
  onTestFinished(async () => {
    let isOver = false;
    const stopping = server.stop().then(() => {
      isOver = true;
    });
    await until('the server has stopped', () => isOver, { clock, stepMs: 1_000 });
    await stopping;
    await subscriber.close();
    await remove();
  });
  const client = httpClient(server.url);
  const write = (change: (configuration: Configuration) => Configuration) => {
    file = E.right(change(settings.configuration));
  };
  return {
    work,
    said,
    clock,
    subscriber,
    client,
    server,
    write,
    refuse: () => {
      file = E.left([{ path: 'hosts[0].id', code: 'bad_format', message: 'must be an id' }]);
    },
    reload: () => client.post('/v2/holdfast/reload', {}, { key: HOUSE_KEY }),
    types: async () => (await client.get('/v2/event-types?username=odd')).body,
  };
};

const [first] = [0];
const changedHost = (configuration: Configuration, change: (host: Configuration['hosts'][number]) => object) => ({
  ...configuration,
  hosts: configuration.hosts.map((host, index) => (index === first ? { ...host, ...change(host) } : host)),
});

it('given a file with errors, or one that needs a restart, then all of it is refused', async () => {
  const { reload, refuse, write, types, said } = await given();
  const before = JSON.stringify(await types());
  refuse();
  const refused = await reload();
  expect(refused.status).toBe(422);
  expect(at(refused.body, 'error', 'code')).toBe('configuration_refused');
  expect(refused.text).toContain('hosts[0].id');
  write((configuration) => ({
    ...changedHost(configuration, () => ({ eventTypes: [] })),
    timings: { ...configuration.timings, answerWaitMs: 1 },
  }));
  const fixed = await reload();
  expect([fixed.status, fixed.text.includes('timings')]).toEqual([422, true]);
  expect(JSON.stringify(await types())).toBe(before);
  expect(said.filter((line) => line.startsWith('reload: refused'))).toHaveLength(2);
});

it('given an event type that is renamed while a booking lives, then it goes on and is told', async () => {
  const { reload, write, types, client, server, said } = await given();
  const slots = await client.get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-06');
  const day = at(slots.body, 'data', '2050-09-05');
  const start = Array.isArray(day) ? at(day[0], 'start') : null;
  const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
  const booked = await client.post('/v2/bookings', { eventTypeId: 1, start, attendee });
  expect(booked.status).toBe(201);
  await server.idle();
  write((configuration) =>
    changedHost(configuration, ({ eventTypes }) => ({
      timeZone: 'Asia/Tokyo',
      eventTypes: eventTypes.map((type) => (type.id === 1 ? { ...type, title: 'Another', slug: 'another' } : type)),
    })),
  );
  const done = await reload();
  expect(done.status).toBe(200);
  expect(done.text).toContain('has another time zone');
  expect(JSON.stringify(await types())).toContain('another');
  const uid = String(at(booked.body, 'data', 'uid'));
  expect(said.join('\n')).toContain(uid);
  const shown = await client.get(`/v2/bookings/${uid}`, { key: HOUSE_KEY });
  expect([shown.status, at(shown.body, 'data', 'start')]).toEqual([200, at(booked.body, 'data', 'start')]);
  const cancelled = await client.post(`/v2/bookings/${uid}/cancel`, {}, { key: HOUSE_KEY });
  expect(cancelled.status).toBe(200);
});

it('given a call to a calendar that is under way, then it ends as it began, and no request is dropped', async () => {
  const { work, reload, write, client } = await given();
  const slots = await client.get('/v2/slots?eventTypeId=1&start=2050-09-05&end=2050-09-06');
  const day = at(slots.body, 'data', '2050-09-05');
  const start = Array.isArray(day) ? at(day[0], 'start') : null;
  work.plan('create', { type: 'stall' });
  const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
  const booking = client.post('/v2/bookings', { eventTypeId: 1, start, attendee });
  await until('the calendar is asked', () => work.asked('create') === 1);
  write((configuration) => ({ ...configuration, webhooks: [], operator: { name: 'Ops', email: 'ops@example.com' } }));
  expect((await reload()).status).toBe(200);
  work.release();
  const answer = await booking;
  expect([answer.status, at(answer.body, 'data', 'status')]).toEqual([201, 'accepted']);
  expect(work.asked('create')).toBe(1);
});

it('webhooks: one that is added gets what comes, one that is removed nothing more, also not what waited', async () => {
  const { reload, write, client, server, said, clock, subscriber } = await given();
  const another = await startWebhookReceiver();
  onTestFinished(another.close);
  const books = async (start: string): Promise<void> => {
    const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
    expect((await client.post('/v2/bookings', { eventTypeId: 1, start, attendee })).status).toBe(201);
    await server.idle();
  };
  const data = async (path: string) => at((await client.get(`/v2/holdfast/${path}`, { key: HOUSE_KEY })).body, 'data');
  const group = async (name: string) => {
    const groups = at(await data('consumers'), 'groups');
    return Array.isArray(groups) ? groups.find((one) => at(one, 'name') === `webhook-${name}`) : undefined;
  };
  const nextTries = async () => {
    const attempts = at(await data('deliveries?subscriptionId=subscriber'), 'attempts');
    return Array.isArray(attempts) ? attempts.map((one) => at(one, 'nextTryAt')) : null;
  };
  const subscribes = (...ids: ReadonlyArray<string>) =>
    write((configuration) => ({
      ...configuration,
      webhooks: configuration.webhooks.flatMap((one) =>
        ids.map((id) => (id === one.id ? one : { ...one, id, url: another.url, secret: secretOf(`secret of ${id}`) })),
      ),
    }));
  subscriber.answerWith(Array.from({ length: 50 }, () => ({ status: 500 })));
  await books('2050-09-05T10:00:00Z');
  expect(await nextTries()).toEqual(['2050-09-01T00:00:10Z']);

  subscribes('another');
  expect((await reload()).text).toContain('is not configured any more');
  clock.advance(3_600_000);
  await server.idle();
  expect([subscriber.received.length, another.received.length]).toEqual([1, 0]);
  expect(said.join('\n')).toContain(
    'webhook "subscriber" is not configured any more; 1 delivery that waits for it is not sent',
  );
  expect(await nextTries()).toEqual([null]);
  expect(await group('subscriber')).toMatchObject({ isRunning: false, retrying: 1 });
  await books('2050-09-05T11:00:00Z');
  expect([subscriber.received.length, another.received.length]).toEqual([1, 1]);
  expect(await group('another')).toMatchObject({ isRunning: true, retrying: 0 });

  // Another secret: the group goes on where it was, and signs with the secret of now.
  write((configuration) => ({
    ...configuration,
    webhooks: configuration.webhooks.map((one) => ({
      ...one,
      id: 'another',
      url: another.url,
      secret: secretOf('the new one'),
    })),
  }));
  expect((await reload()).text).toContain('webhook \\"another\\" has another credential');
  await books('2050-09-05T12:00:00Z');
  const [before, after, ...more] = another.received;
  expect(more).toEqual([]);
  const signedWith = (secret: string, sent: typeof before) =>
    createHmac('sha256', secret).update(String(sent?.body)).digest('hex') === sent?.headers['x-cal-signature-256'];
  expect([signedWith('secret of another', before), signedWith('the new one', before)]).toEqual([true, false]);
  expect([signedWith('secret of another', after), signedWith('the new one', after)]).toEqual([false, true]);
});
