import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Agent } from 'undici';
import { fetch, request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { isAddressNotAllowed } from '../../../src/adapters/network/address-rules.ts';
import type { GuardOptions, LookupAll } from '../../../src/adapters/network/guarded-dispatcher.ts';
import { guardedDispatcher } from '../../../src/adapters/network/guarded-dispatcher.ts';

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const startServer = async (headers: Readonly<Record<string, string>> = {}, status = 200) => {
  const server = createServer((_request, response) =>
    response.writeHead(status, { ...headers, Connection: 'close' }).end('hello'),
  );
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
};

const guarded = (options: Partial<GuardOptions>): Agent => {
  const dispatcher = guardedDispatcher({ allowPrivateAddresses: false, connectTimeLimitMs: 5000, ...options });
  closing.push(() => dispatcher.close());
  return dispatcher;
};

/** A name server that gives the answers in turn, the last one for ever. */
const answering = (...answers: ReadonlyArray<ReadonlyArray<string>>) => {
  let asked = 0;
  const lookup: LookupAll = (_hostname, callback) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked: () => asked };
};

const get = async (dispatcher: Agent, url: string): Promise<string> => {
  const response = await request(url, { dispatcher });
  return response.body.text();
};

const refusal = expect.objectContaining({ code: 'address_not_allowed' });

describe('the guarded dispatcher', () => {
  test.each(['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:127.0.0.1]'])(
    'opens no connection to the literal address %s',
    async (host) => {
      const server = await startServer();
      await expect(get(guarded({}), `http://${host}:${server.port}/`)).rejects.toEqual(refusal);
      expect(server.connections()).toBe(0);
    },
  );

  test('opens no connection to a name that resolves to a private address', async () => {
    const server = await startServer();
    const dispatcher = guarded({ lookup: answering(['127.0.0.1']).lookup });
    const url = `http://innocent.example:${server.port}/`;
    await expect(get(dispatcher, url)).rejects.toEqual(refusal);
    await expect(get(dispatcher, url)).rejects.toThrow('innocent.example is a private or reserved address');
    await expect(get(dispatcher, url)).rejects.not.toThrow('127.0.0.1');
    expect(server.connections()).toBe(0);
  });

  test('refuses a name when only one of its addresses is private', async () => {
    const dispatcher = guarded({ lookup: answering(['93.184.216.34', '10.0.0.1']).lookup });
    await expect(get(dispatcher, 'http://mixed.example/')).rejects.toEqual(refusal);
  });

  test('refuses TLS connections in the same way', async () => {
    const dispatcher = guarded({ lookup: answering(['127.0.0.1']).lookup });
    await expect(get(dispatcher, 'https://innocent.example/')).rejects.toEqual(refusal);
    await expect(get(dispatcher, 'https://127.0.0.1/')).rejects.toEqual(refusal);
  });

  test('reaches private addresses when they are allowed, and still not the cloud metadata', async () => {
    const server = await startServer();
    const dispatcher = guarded({ allowPrivateAddresses: true, lookup: answering(['127.0.0.1']).lookup });
    expect(await get(dispatcher, `http://127.0.0.1:${server.port}/`)).toBe('hello');
    expect(await get(dispatcher, `http://calendar.example:${server.port}/`)).toBe('hello');
    await expect(get(dispatcher, 'http://169.254.169.254/')).rejects.toEqual(refusal);
  });

  test('asks the name server once per connection and judges that very answer, so rebinding gains nothing', async () => {
    const server = await startServer();
    const dns = answering(['127.0.0.1'], ['169.254.169.254']);
    const dispatcher = guarded({ allowPrivateAddresses: true, lookup: dns.lookup });
    const url = `http://rebinding.example:${server.port}/`;
    expect(await get(dispatcher, url)).toBe('hello');
    expect(dns.asked()).toBe(1);
    await expect(get(dispatcher, url)).rejects.toEqual(refusal);
  });

  test('judges where a redirect leads, for clients that follow redirects', async () => {
    const server = await startServer({ Location: 'http://169.254.169.254/' }, 302);
    const dispatcher = guarded({ allowPrivateAddresses: true });
    const error: unknown = await fetch(`http://127.0.0.1:${server.port}/`, { dispatcher }).catch(
      (reason: unknown) => reason,
    );
    expect(isAddressNotAllowed(error)).toBe(true);
  });

  test('speaks http and https only', async () => {
    await expect(get(guarded({}), 'ftp://hooks.example/')).rejects.toThrow(/protocol/i);
  });

  test('hands on what the name server says of a name that does not exist', async () => {
    const lookup: LookupAll = (_hostname, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []);
    await expect(get(guarded({ lookup }), 'http://nowhere.example/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('gives up a connection that is not made within its time limit', async () => {
    const dispatcher = guarded({ connectTimeLimitMs: 50, lookup: () => undefined });
    await expect(get(dispatcher, 'http://silent.example/')).rejects.toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' });
  });
});
