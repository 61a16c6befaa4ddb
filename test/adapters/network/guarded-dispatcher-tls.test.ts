import { createServer } from 'node:https';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedDispatcher } from '../../../src/adapters/network/guarded-dispatcher.ts';
import { localhostCertificate, localhostKey } from '../../support/localhost-certificate.ts';

const server = createServer({ cert: localhostCertificate, key: localhostKey }, (_request, response) =>
  response.end('hello'),
);
let port: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  port = address.port;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** Every name leads to the server of this test. */
const get = async (host: string, ca?: string): Promise<string> => {
  const dispatcher = guardedDispatcher({
    allowPrivateAddresses: true,
    connectTimeLimitMs: 5000,
    lookup: (_hostname, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    return await (await request(`https://${host}:${port}/`, { dispatcher })).body.text();
  } finally {
    await dispatcher.close();
  }
};

describe('TLS through the guarded dispatcher', () => {
  test('trusts the certificate authority that it was given, for names and for addresses', async () => {
    expect(await get('localhost', localhostCertificate)).toBe('hello');
    expect(await get('127.0.0.1', localhostCertificate)).toBe('hello');
  });

  test('trusts no certificate of its own making otherwise', async () => {
    await expect(get('localhost')).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  test('checks that the certificate is for the name in the URL, not for the address behind it', async () => {
    await expect(get('other.example', localhostCertificate)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
});
