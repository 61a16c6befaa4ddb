import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen, SERVER_TIMES } from '../../src/composition/listen.ts';
import { makeTestClock } from '../support/clock.ts';
import { parserRefusal } from '../../src/http/transport/middleware.ts';
import { mustRun } from '../support/must.ts';

const refusal = parserRefusal({ clock: makeTestClock(), newRequestId: () => 'request-1' });

const listening = async (host: string) => {
  const server = await mustRun(listen({ handler: (_request, response) => response.end('here'), refusal }, host, 0));
  onTestFinished(server.stop);
  return server.url;
};

describe('where a server says that it listens', () => {
  it.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['::', /^http:\/\/\[::1\]:\d+$/],
  ])('given %s, then the address can be pasted into a command', async (host, expected) => {
    const url = await listening(host);
    expect(url).toMatch(expected);
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it('given a port that is taken, then it is an error, not a throw', async () => {
    const url = new URL(await listening('127.0.0.1'));
    const again = await listen({ handler: () => undefined, refusal }, '127.0.0.1', Number(url.port))();
    expect(again).toMatchObject({ left: { type: 'CannotListen', reason: expect.stringContaining('EADDRINUSE') } });
  });
});

/** Everything that comes back for these bytes until the other side ends. */
const answerTo = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.write(bytes);
  });

describe('what is refused before there is a request', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'headers of 20 KiB',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_480)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'another expectation',
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: tea\r\n\r\n',
      417,
      'expectation_failed',
    ],
  ])('given %s, then it has the documented body', async (_, bytes, status, code) => {
    const answer = await answerTo(await listening('127.0.0.1'), bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head.toLowerCase()).toContain('cache-control: no-store');
    expect(JSON.parse(body)).toMatchObject({ status: 'error', statusCode: status, error: { code } });
  });
});

describe('whoever is slow', () => {
  const quick = {
    headersTimeout: 200,
    requestTimeout: 500,
    keepAliveTimeout: 200,
    connectionsCheckingInterval: 20,
    stalledTimeout: 400,
  };
  /** A server of which everything is as it is but the times; it answers with what it was sent, once that is whole. */
  const slowed = async (size = 0) => {
    const server = await mustRun(
      listen(
        {
          handler: (request, response) => {
            request.resume();
            request.on('end', () => response.end(Buffer.alloc(size, 'x')));
            request.on('error', () => undefined);
          },
          refusal,
          times: quick,
        },
        '127.0.0.1',
        0,
      ),
    );
    onTestFinished(server.stop);
    return server.url;
  };
  /** Sends the beginning, then a byte every 20 ms for as long as the other side takes it. */
  const dripping = (url: string, beginning: string, byte: string): Promise<{ answer: string; ms: number }> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url);
      const begun = performance.now();
      const socket = connect(Number(port), hostname, () => socket.write(beginning));
      const drip = setInterval(() => socket.writable && socket.write(byte), 20);
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      // What is sent after the answer may be refused.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(drip);
        resolve({ answer: Buffer.concat(chunks).toString('utf8'), ms: performance.now() - begun });
      });
    });

  it('the times are 30 seconds for a request, 10 for its headers, 60 without reading', () => {
    expect(SERVER_TIMES).toEqual({
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      stalledTimeout: 60_000,
    });
  });

  it('given a body that comes byte by byte, then it ends with 408 at the time, though bytes still come', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n';
    const { answer, ms } = await dripping(await slowed(), head, 'x');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
    expect(ms).toBeGreaterThan(quick.requestTimeout - 50);
  });

  it('given a body in chunks of one byte, then the same', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect((await dripping(await slowed(), head, '1\r\nx\r\n')).answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('given headers that come byte by byte, then 408 sooner', async () => {
    const { answer, ms } = await dripping(await slowed(), 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(ms).toBeGreaterThan(quick.headersTimeout - 50);
  });

  it('given a reader who takes nothing of its answer, then the connection ends', async () => {
    const { hostname, port } = new URL(await slowed(64 * 1024 * 1024));
    const socket = connect(Number(port), hostname, () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.pause();
    const closed = new Promise<string>((resolve) => {
      socket.once('error', () => resolve('cut off'));
      socket.once('close', () => resolve('cut off'));
    });
    // Only what is in the buffers by then is left; a reader who comes back finds the connection gone before the end.
    setTimeout(() => socket.resume(), quick.stalledTimeout * 20);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.pause();
    expect(await closed).toBe('cut off');
    expect(bytes).toBeLessThan(64 * 1024 * 1024);
  });
});

it('given as many connections as are kept, then the next one is closed without an answer', async () => {
  const handler = () => undefined;
  const server = await mustRun(listen({ handler, refusal, maxConnections: 2 }, '127.0.0.1', 0));
  onTestFinished(server.stop);
  const { port } = new URL(server.url);
  const held = [0, 1].map(() => connect(Number(port), '127.0.0.1'));
  onTestFinished(() => held.forEach((socket) => socket.destroy()));
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  expect(await answerTo(server.url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => '')).toBe('');
});
