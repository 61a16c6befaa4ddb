import { request } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { testApps } from '../../support/test-apps.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const json = JSON.stringify(introBody());

type Answer = { readonly status: number; readonly text: string };

/** Bytes as they are, with the headers as they are: `fetch` would mend some of them. */
const send = (url: string, path: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

const gzipped = gzipSync(json);

describe('a body that is not what Content-Encoding says', () => {
  const cases: ReadonlyArray<readonly [string, string, Buffer]> = [
    ['plain text called gzip', 'gzip', Buffer.from(json)],
    ['plain text called br', 'br', Buffer.from(json)],
    ['plain text called deflate', 'deflate', Buffer.from(json)],
    ['plain text called zstd', 'zstd', Buffer.from(json)],
    ['gzip called br', 'br', gzipped],
    ['gzip that is cut', 'gzip', gzipped.subarray(0, -9)],
    ['brotli that is cut', 'br', brotliCompressSync(json).subarray(0, -3)],
    ['deflate that is cut', 'deflate', deflateSync(json).subarray(0, -6)],
    ['gzip with a byte changed', 'gzip', Buffer.from(gzipped).fill(0x7f, 20, 22)],
    ['an empty body called gzip', 'gzip', Buffer.alloc(0)],
  ];
  test.each(cases)('given %s, then it is 4xx and no fault is logged', async (_, encoding, body) => {
    const app = await started(plain);
    for (const [path, type] of [
      ['/v2/bookings', 'application/json'],
      ['/bookings/x/cancel', 'application/x-www-form-urlencoded'],
    ] as const) {
      const reply = await send(app.url, path, body, { 'content-type': type, 'content-encoding': encoding });
      expect({ path, status: Math.floor(reply.status / 100) }).toEqual({ path, status: 4 });
    }
    expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
  });

  test('given an encoding that nobody knows, then it is 415', async () => {
    const app = await started(plain);
    for (const encoding of ['compress', 'gzip, br', 'x', 'gzip;q=1'])
      expect(
        (
          await send(app.url, '/v2/bookings', gzipped, {
            'content-type': 'application/json',
            'content-encoding': encoding,
          })
        ).status,
      ).toBe(415);
    expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
  });

  test('given a small body that unpacks to more than the limit, then it is 413', async () => {
    const app = await started(plain);
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    expect(bomb.byteLength).toBeLessThan(65_536);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await send(app.url, '/v2/bookings', bomb, headers)).status).toBe(413);
  });

  test('given a body that is packed well, then it is taken', async () => {
    const app = await started(plain);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await send(app.url, '/v2/bookings', gzipped, headers)).status).toBe(201);
  });
});

describe('a body in another character set', () => {
  test.each(['utf-7', 'latin1', 'utf-16', 'none', '"', 'utf-8; charset=x'])(
    'charset=%s is no fault',
    async (charset) => {
      const app = await started(plain);
      const headers = { 'content-type': `application/json; charset=${charset}` };
      const reply = await send(app.url, '/v2/bookings', Buffer.from([0xff, 0xfe, 0x7b, 0, 0x80]), headers);
      expect(Math.floor(reply.status / 100)).toBe(4);
      expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
    },
  );
});

describe('a body that is nested deeply', () => {
  const DEEP = 20_000;
  const nested = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;
  const objects = `${'{"a":'.repeat(DEEP / 2)}1${'}'.repeat(DEEP / 2)}`;
  const at = (field: string, deep: string): string => JSON.stringify(introBody({ [field]: '?' })).replace('"?"', deep);
  const fields = [
    'start',
    'attendee',
    'guests',
    'metadata',
    'bookingFieldsResponses',
    'location',
    'eventTypeId',
    'other',
  ];
  test.each([nested, objects])(
    'given it anywhere in a booking, then it is 4xx and no fault is logged',
    async (deep) => {
      const app = await started(plain);
      for (const body of [deep, ...fields.map((field) => at(field, deep)), `{"metadata":{"a":${deep}}}`]) {
        const reply = await send(app.url, '/v2/bookings', Buffer.from(body), { 'content-type': 'application/json' });
        expect({ body: body.slice(0, 80), status: Math.floor(reply.status / 100) }).toEqual({
          body: body.slice(0, 80),
          status: 4,
        });
      }
      expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
    },
  );
});
