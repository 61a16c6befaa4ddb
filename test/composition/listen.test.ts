import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/composition/listen.ts';
import { mustRun } from '../support/must.ts';

const listening = async (host: string) => {
  const server = await mustRun(listen((_request, response) => response.end('here'), host, 0));
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
    const again = await listen(() => undefined, '127.0.0.1', Number(url.port))();
    expect(again).toMatchObject({ left: { type: 'CannotListen', reason: expect.stringContaining('EADDRINUSE') } });
  });
});
