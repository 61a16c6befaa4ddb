import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/composition/listen.ts';
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

  it('given headers that never end, then the sender is cut off after ten seconds, with 408', async () => {
    const begun = performance.now();
    const answer = await answerTo(await listening('127.0.0.1'), 'GET / HTTP/1.1\r\nHost: x\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - begun).toBeGreaterThan(9_000);
  }, 25_000);
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
