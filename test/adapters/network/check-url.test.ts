import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { checkUrl } from '../../../src/adapters/network/address-rules.ts';

const codeOf = (url: string, allowPrivateAddresses = false) => {
  const checked = checkUrl(url, { allowPrivateAddresses });
  return E.isLeft(checked) ? checked.left.code : 'ok';
};

describe('a configured URL', () => {
  test.each(['https://hooks.example/cal?x=1', 'http://hooks.example:8080/', 'https://93.184.216.34/'])(
    '%s is fine',
    (url) => {
      expect(codeOf(url)).toBe('ok');
    },
  );

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://127。0。0。1/',
    'http://[::1]/',
    'http://localhost:3000/',
    'http://LOCALHOST./',
    'http://calendar.localhost/',
  ])('%s names this machine or its network', (url) => {
    expect(codeOf(url)).toBe('address_not_allowed');
    expect(codeOf(url, true)).toBe('ok');
  });

  test.each(['http://169.254.169.254/latest/meta-data/', 'http://[::ffff:127.0.0.1]/', 'http://0.0.0.0/'])(
    '%s is refused also where private addresses are allowed',
    (url) => {
      expect(codeOf(url)).toBe('address_not_allowed');
      expect(codeOf(url, true)).toBe('address_not_allowed');
    },
  );

  test.each(['ftp://hooks.example/', 'file:///etc/passwd', 'unix:/run/docker.sock', 'javascript:alert(1)'])(
    '%s has the wrong scheme',
    (url) => {
      expect(codeOf(url)).toBe('scheme_not_allowed');
    },
  );

  test('is absolute', () => {
    expect(codeOf('hooks.example/cal')).toBe('not_a_url');
    expect(codeOf('')).toBe('not_a_url');
  });

  test('holds no password, and the message does not repeat it', () => {
    const checked = checkUrl('https://odd:hunter2@hooks.example/', { allowPrivateAddresses: false });
    expect(checked).toStrictEqual(
      E.left({ code: 'credentials_in_url', message: 'must not contain a user name or password' }),
    );
  });
});
