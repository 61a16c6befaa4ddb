import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { describeConfiguration } from '../../../src/adapters/configuration/load-configuration.ts';
import { givenSecret, loadSettings } from '../../../src/adapters/configuration/load-configuration.ts';
import { reveal } from '../../../src/application/secret.ts';
import { aFile } from '../../support/configuration/files.ts';
import { configurationOf, errorsOf, filesOf, placesOf } from '../../support/configuration/load-text.ts';

const SECRET = 'q1pX0m3fTz1Vd0mYb2Jq3h1r9Jx7m2c5s8a4k6u0wEY=';
const FILE = '/etc/holdfast.yaml';
const settingsOf = (env: Readonly<Record<string, string>>, file: unknown) =>
  loadSettings({ ...env, HOLDFAST_CONFIG: FILE }, filesOf({ [FILE]: JSON.stringify(file) }))();

describe('the secret that all nodes share', () => {
  it('is referred to by the file as every secret is, and shown by no dump', async () => {
    const files = { '/etc/holdfast/secret': `${SECRET}\n` };
    const configuration = await configurationOf(aFile({ secret: { file: 'secret' } }), { files });
    expect(configuration.secret !== null && reveal(configuration.secret)).toBe(SECRET);
    expect(JSON.stringify(describeConfiguration(configuration))).not.toContain(SECRET);
  });

  it('is refused when it is short, without being repeated', async () => {
    const errors = await errorsOf(aFile({ secret: { env: 'SHORT' } }), { env: { SHORT: 'hunter2' } });
    expect(errors).toMatchObject([{ path: 'secret', code: 'weak_key' }]);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  it('must not stand in the file', async () => {
    expect(await placesOf(aFile({ secret: SECRET }))).toEqual(['secret literal_secret']);
  });

  it.each([
    [{ HOLDFAST_SECRET: SECRET }, aFile()],
    [{ MY_OWN: SECRET }, aFile({ secret: { env: 'MY_OWN' } })],
  ])('is taken from where it is given: %j', async (env, file) => {
    const settings = await settingsOf(env, file);
    const secret = E.isRight(settings) ? givenSecret(settings.right) : null;
    expect(secret !== null && reveal(secret)).toBe(SECRET);
  });

  it('is not given twice', async () => {
    const both = await settingsOf({ HOLDFAST_SECRET: SECRET, MY_OWN: SECRET }, aFile({ secret: { env: 'MY_OWN' } }));
    expect(both).toMatchObject(E.left([{ path: 'HOLDFAST_SECRET', code: 'conflict' }]));
  });
});

describe('how long a node has an effect for itself', () => {
  it.each([
    [{}, 15_000],
    [{ leaseInSeconds: 2 }, 2_000],
    [{ leaseInSeconds: 300 }, 300_000],
  ])('with timings %j is %i ms', async (timings, leaseMs) => {
    expect((await configurationOf(aFile({ timings }))).timings.leaseMs).toBe(leaseMs);
  });

  it.each([1.9, 300.1])('is not %d s', async (leaseInSeconds) => {
    expect(await placesOf(aFile({ timings: { leaseInSeconds } }))).toEqual(['timings.leaseInSeconds out_of_range']);
  });
});
