import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/adapters/configuration/environment.ts';
import { reveal } from '../../../src/application/secret.ts';

describe('the environment', () => {
  it('has a default for everything, also for what is set to nothing', () => {
    const defaults = {
      port: 3000,
      host: '127.0.0.1',
      dataFolder: './data',
      configFile: null,
      apiKey: null,
      allowPrivateAddresses: false,
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
    ['NO_COLOR', 'anything', 'noColor', true],
  ])('takes %s=%s', (name, value, key, expected) => {
    expect(readEnvironment({ [name]: value })).toMatchObject(E.right({ [key]: expected }));
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
  ])('refuses %s=%s by name', (name, value, code) => {
    expect(readEnvironment({ [name]: value })).toMatchObject(E.left([{ path: name, code }]));
  });

  it('takes any API key of sixteen characters, and hides it', () => {
    const read = readEnvironment({ HOLDFAST_API_KEY: 'sixteen-letters!' });
    expect(E.isRight(read) && read.right.apiKey !== null && reveal(read.right.apiKey)).toBe('sixteen-letters!');
    expect(JSON.stringify(read)).not.toContain('sixteen');
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
