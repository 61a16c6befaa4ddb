import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeJitsi } from '../../../src/adapters/conferencing/jitsi.ts';

const roomKey = new Uint8Array(32).fill(7);
const live = (): AbortSignal => new AbortController().signal;
const urlOf = async (baseUrl: string, requestId: string, key = roomKey): Promise<string> => {
  const room = await makeJitsi({ baseUrl, roomKey: key }).createRoom({ requestId, title: 'Intro' }, live())();
  return E.isRight(room) ? room.right.url : `failed: ${room.left.message}`;
};

describe('a Jitsi room', () => {
  it('is a link whose name nobody can guess from the request', async () => {
    const url = await urlOf('https://meet.example.test', 'bk1');
    expect(url).toMatch(/^https:\/\/meet\.example\.test\/[0-9a-z]{26}$/);
    expect(await urlOf('https://meet.example.test', 'bk1', new Uint8Array(32).fill(8))).not.toBe(url);
  });

  it('is the same for the same request and another for another', async () => {
    const first = await urlOf('https://meet.example.test', 'bk1');
    expect(await urlOf('https://meet.example.test', 'bk1')).toBe(first);
    expect(await urlOf('https://meet.example.test', 'bk2')).not.toBe(first);
  });

  it.each(['https://example.test/meet', 'https://example.test/meet/', 'https://example.test/meet/?a=b#c'])(
    'stands below the path of %s',
    async (baseUrl) => {
      expect(await urlOf(baseUrl, 'bk1')).toMatch(/^https:\/\/example\.test\/meet\/[0-9a-z]{26}$/);
    },
  );

  it.each(['', 'meet.example.test', 'javascript:alert(1)', 'https://user:secret@example.test/'])(
    'is refused where the base URL is %j, without repeating it',
    async (baseUrl) => {
      expect(await urlOf(baseUrl, 'bk1')).toBe('failed: Jitsi: the base URL in the configuration is no web address');
    },
  );
});
