import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../src/adapters/configuration/load-configuration.ts';
import type { ReadFile } from '../../../src/adapters/configuration/sources.ts';
import { readFile } from '../../../src/adapters/configuration/sources.ts';

const example = fileURLToPath(new URL('../../../docs/examples/holdfast.yaml', import.meta.url));
const serviceAccount = JSON.stringify({ client_email: 'robot@example.org', private_key: 'key' });

/** The example and its certificate as they lie in the repository; the secrets it points to are not kept there. */
const withSecrets: ReadFile = (path, maxBytes) =>
  path.includes('/secrets/')
    ? E.right(path.endsWith('.json') ? serviceAccount : 'from-a-file')
    : readFile(path, maxBytes);

const env = {
  HOLDFAST_CONFIG: example,
  ODD_CALDAV_PASSWORD: 'a',
  GOOGLE_CLIENT_SECRET: 'b',
  CRM_WEBHOOK_SECRET: 'c',
  SMTP_PASSWORD: 'd',
};

it('the example in the documentation is valid', async () => {
  const loaded = await loadConfiguration(env, withSecrets)();
  expect(E.isLeft(loaded) ? loaded.left : []).toEqual([]);
  expect(E.isRight(loaded) && loaded.right.hosts.map(({ id }) => id)).toEqual(['odd', 'runa']);
});

it('the example needs these secrets and nothing else', async () => {
  const loaded = await loadConfiguration({ HOLDFAST_CONFIG: example }, readFile)();
  expect(E.isLeft(loaded) && loaded.left.map(({ path, code }) => `${path} ${code}`).toSorted()).toEqual([
    'calendars[0].password secret_unavailable',
    'calendars[1].credentials.clientSecret secret_unavailable',
    'calendars[1].credentials.refreshToken secret_unavailable',
    'calendars[2].credentials.key secret_unavailable',
    'mail.smtp.password secret_unavailable',
    'webhooks[0].secret secret_unavailable',
  ]);
});

const keysIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [...(Array.isArray(value) ? [] : [key]), ...keysIn(inner)]);

it('every key of the example stands in the reference', () => {
  const reference = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  const keys = new Set(keysIn(parse(readFileSync(example, 'utf8'))));
  expect(keys.size).toBeGreaterThan(70);
  expect([...keys].filter((key) => !new RegExp(`[\`.]${key}\``).test(reference))).toEqual([]);
});
