import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { readEnvironment, unknownVariables } from '../../../src/adapters/configuration/environment.ts';
import { reveal } from '../../../src/application/secret.ts';

describe('the environment', () => {
  it('has a default for everything, also for what is set to nothing', () => {
    const defaults = {
      port: 3000,
      host: '127.0.0.1',
      dataFolder: './data',
      configFile: null,
      apiKey: null,
      node: null,
      secret: null,
      keyFolder: null,
      allowPrivateAddresses: false,
      trustedProxies: [],
      noColor: false,
    };
    expect(readEnvironment({})).toEqual(E.right(defaults));
    expect(readEnvironment({ PORT: '', HOST: '', HOLDFAST_API_KEY: '', NO_COLOR: '' })).toEqual(E.right(defaults));
  });

  it.each([
    ['PORT', '0', 'port', 0],
    ['PORT', '65535', 'port', 65_535],
    ['HOST', '::1', 'host', '::1'],
    ['HOST', '0.0.0.0', 'host', '0.0.0.0'],
    ['HOST', 'localhost', 'host', 'localhost'],
    ['HOLDFAST_DATA', '/var/lib/holdfast', 'dataFolder', '/var/lib/holdfast'],
    ['HOLDFAST_CONFIG', 'holdfast.yaml', 'configFile', 'holdfast.yaml'],
    ['HOLDFAST_ALLOW_PRIVATE_ADDRESSES', '1', 'allowPrivateAddresses', true],
    ['HOLDFAST_ALLOW_PRIVATE_ADDRESSES', '0', 'allowPrivateAddresses', false],
    ['HOLDFAST_NODE', 'n', 'node', 'n'],
    ['HOLDFAST_NODE', 'oslo-1.example.org', 'node', 'oslo-1.example.org'],
    ['HOLDFAST_NODE', 'a'.repeat(63), 'node', 'a'.repeat(63)],
    ['HOLDFAST_TRUSTED_PROXIES', 'uniquelocal', 'trustedProxies', ['uniquelocal']],
    ['HOLDFAST_TRUSTED_PROXIES', '10.1.2.3, 192.0.2.0/24,::1', 'trustedProxies', ['10.1.2.3', '192.0.2.0/24', '::1']],
    ['NO_COLOR', 'anything', 'noColor', true],
  ])('takes %s=%s', (name, value, key, expected) => {
    expect(readEnvironment({ [name]: value })).toMatchObject(E.right({ [key]: expected }));
  });

  it.each([
    ['HOLDFAST_TRUSTED_PROXY', 'HOLDFAST_TRUSTED_PROXIES'],
    ['HOLDFAST_ALLOW_PRIVATE_ADRESSES', 'HOLDFAST_ALLOW_PRIVATE_ADDRESSES'],
    ['HOLDFAST_CONFG', 'HOLDFAST_CONFIG'],
    ['holdfast_secret', 'HOLDFAST_SECRET'],
    ['HOLDFAST_DATA_DIR', 'HOLDFAST_DATA'],
  ])('%s is refused, with %s in its place', (name, suggested) => {
    const [error] = unknownVariables({ [name]: 'x' }, '');
    expect(error).toMatchObject({
      path: name,
      code: 'unknown_key',
      message: expect.stringContaining(`"${suggested}"`),
    });
  });

  it('a variable that the configuration names for a secret is known, and so are all of ours and of others', () => {
    const file =
      'mail: { password: { env: HOLDFAST_SMTP_PASSWORD } }\ncalendars:\n  - password:\n      env: "HOLDFAST_DAV"\n';
    expect(unknownVariables({ HOLDFAST_SMTP_PASSWORD: 'x', HOLDFAST_DAV: 'x', PATH: 'x', HOLD: 'x' }, file)).toEqual(
      [],
    );
    expect(unknownVariables({ HOLDFAST_LOG_LEVEL: 'info', HOLDFAST_NODE: 'a', HOLDFAST_EMPTY: '' }, '')).toEqual([]);
    expect(unknownVariables({ HOLDFAST_SMTP: 'x' }, file)).toHaveLength(1);
  });

  it.each([
    ['PORT', '65536', 'out_of_range'],
    ['PORT', '-1', 'out_of_range'],
    ['PORT', '3e3', 'out_of_range'],
    ['HOST', '127.0.0.1:3000', 'bad_format'],
    ['HOST', 'http://localhost', 'bad_format'],
    ['HOLDFAST_ALLOW_PRIVATE_ADDRESSES', 'true', 'not_one_of'],
    ['HOLDFAST_API_KEY', 'seven-7', 'weak_key'],
    ['HOLDFAST_API_KEY', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'weak_key'],
    ['HOLDFAST_API_KEY', 'with a space in the middle', 'bad_format'],
    ['HOLDFAST_API_KEY', 'cal_'.repeat(65), 'bad_format'],
    ['HOLDFAST_NODE', 'a'.repeat(64), 'bad_format'],
    ['HOLDFAST_NODE', '-oslo', 'bad_format'],
    ['HOLDFAST_NODE', 'two words', 'bad_format'],
    ['HOLDFAST_TRUSTED_PROXIES', 'proxy.example.org', 'bad_format'],
    ['HOLDFAST_TRUSTED_PROXIES', '10.0.0.0/33', 'bad_format'],
    ['HOLDFAST_TRUSTED_PROXIES', '0.0.0.0/0', 'bad_format'],
    ['HOLDFAST_TRUSTED_PROXIES', '10.0.0.1,', 'bad_format'],
    ['HOLDFAST_TRUSTED_PROXIES', Array(101).fill('::1').join(','), 'out_of_range'],
    ['HOLDFAST_SECRET', 'abcdefghijklmnopqrstuvwxyz0123456789abcdef', 'weak_key'],
    ['HOLDFAST_SECRET', 'abcdefghi'.repeat(8), 'weak_key'],
    ['HOLDFAST_SECRET', `${'abcdefghijklmnopqrstuvwxyz'.repeat(2)}\n`, 'bad_format'],
    ['HOLDFAST_SECRET', 'abcdefghijklmnop'.repeat(65), 'bad_format'],
  ])('refuses %s=%s by name', (name, value, code) => {
    expect(readEnvironment({ [name]: value })).toMatchObject(E.left([{ path: name, code }]));
  });

  it('takes any API key of sixteen characters, and hides it', () => {
    const read = readEnvironment({ HOLDFAST_API_KEY: 'sixteen-letters!' });
    expect(E.isRight(read) && read.right.apiKey !== null && reveal(read.right.apiKey)).toBe('sixteen-letters!');
    expect(JSON.stringify(read)).not.toContain('sixteen');
  });

  it.each([
    ['base64', 'q1pX0m3fTz1Vd0mYb2Jq3h1r9Jx7m2c5s8a4k6u0wEY='],
    ['base64 without padding', 'q1pX0m3fTz1Vd0mYb2Jq3h1r9Jx7m2c5s8a4k6u0wEY'],
    ['hex', '0123456789abcdef'.repeat(4)],
    ['a long text', 'correct horse battery staple, and a few words more'],
  ])('takes a server secret of 32 bytes as %s, and hides it', (_, given) => {
    const read = readEnvironment({ HOLDFAST_SECRET: given });
    expect(E.isRight(read) && read.right.secret !== null && reveal(read.right.secret)).toBe(given);
    expect(JSON.stringify(read)).not.toContain(given.slice(0, 12));
  });

  it('does not repeat a refused server secret', () => {
    expect(JSON.stringify(readEnvironment({ HOLDFAST_SECRET: 'hunter2' }))).not.toContain('hunter2');
  });

  it('does not repeat a refused API key', () => {
    expect(JSON.stringify(readEnvironment({ HOLDFAST_API_KEY: 'hunter2' }))).not.toContain('hunter2');
  });

  it('tells all errors at once', () => {
    const read = readEnvironment({ PORT: 'x', HOST: 'a b', HOLDFAST_API_KEY: 'short' });
    const paths = E.isLeft(read) ? read.left.map(({ path }) => path) : [];
    expect(paths.toSorted()).toEqual(['HOLDFAST_API_KEY', 'HOST', 'PORT']);
  });
});
