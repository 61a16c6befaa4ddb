import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { startServer } from '../../src/composition/server.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at, httpClient } from '../support/http-client.ts';
import { mustRun } from '../support/must.ts';
import { HOUSE_KEY, settingsFor, WEBHOOK_SECRET } from '../support/scenario-configuration.ts';

const key = { key: HOUSE_KEY };
const PASSWORD = 'password-of-the-new-calendar';
type Change = (configuration: Configuration) => Configuration;

const ofFirstHost =
  (change: (host: Configuration['hosts'][number]) => object): Change =>
  (configuration) => ({
    ...configuration,
    hosts: configuration.hosts.map((host, index) => (index === 0 ? { ...host, ...change(host) } : host)),
  });

/** What somebody changes in the file, and how the log names it. */
const RELOADS: ReadonlyArray<readonly [path: string, change: Change]> = [
  ['hosts[odd].weeklyHours', ofFirstHost(() => ({ weeklyHours: [] }))],
  [
    'hosts[odd].eventTypes[intro].title',
    ofFirstHost(({ eventTypes }) => ({
      eventTypes: eventTypes.map((type) => (type.slug === 'intro' ? { ...type, title: 'Other' } : type)),
    })),
  ],
  [
    'webhooks[subscriber].secret',
    (now) => ({ ...now, webhooks: now.webhooks.map((one) => ({ ...one, secret: secretOf(PASSWORD) })) }),
  ],
  ['mail.from.name', (now) => ({ ...now, mail: { ...now.mail, from: { ...now.mail.from, name: 'Others' } } })],
];

it('given settings changed, keys and variables, then the log has who, when and what, and no secret', async () => {
  const { path, remove } = await temporaryFolder();
  const settings = settingsFor({}, path, 'http://127.0.0.1:9/hook');
  let now = settings.configuration;
  const start = (environment = settings.environment) =>
    mustRun(
      startServer(
        { configuration: now, environment },
        { report: () => undefined, http: () => undefined, info: () => undefined },
        { reload: async () => E.right(now) },
      ),
    );
  let server = await start();
  onTestFinished(async () => {
    await server.stop();
    await remove();
  });
  const changes = async () => {
    await server.idle();
    const { body, text } = await httpClient(server.url).get('/v2/holdfast/audit/changes', key);
    for (const secret of [HOUSE_KEY, WEBHOOK_SECRET, PASSWORD]) expect(text).not.toContain(secret);
    const listed = at(body, 'data', 'changes');
    return Array.isArray(listed) ? listed : [];
  };
  const started = await changes();
  expect(JSON.stringify(started)).toContain('"path":"HOLDFAST_API_KEY"');
  const client = httpClient(server.url);
  const reload = async () => expect((await client.post('/v2/holdfast/reload', {}, key)).status).toBe(200);
  await reload();
  expect(await changes()).toEqual(started);
  for (const [named, change] of RELOADS) {
    now = change(now);
    await reload();
    await reload();
    expect((await changes()).at(-1)).toMatchObject({ by: 'HOLDFAST_API_KEY', what: expect.stringContaining(named) });
  }
  expect(await changes()).toHaveLength(started.length + RELOADS.length);

  await server.stop();
  server = await start();
  expect(await changes()).toHaveLength(started.length + RELOADS.length);
  await server.stop();
  const other = { ...settings.environment, trustedProxies: ['loopback'], allowPrivateAddresses: false };
  server = await start(other);
  const [last] = (await changes()).slice(-1);
  expect(last).toMatchObject({ by: null, type: 'ConfigurationChanged' });
  expect(at(last, 'what')).toMatch(/now HOLDFAST_TRUSTED_PROXIES; no more HOLDFAST_ALLOW_PRIVATE_ADDRESSES$/);
});
