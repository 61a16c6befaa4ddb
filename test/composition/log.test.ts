import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { makeLog } from '../../src/composition/log.ts';

const WARN = 40;
const ERROR = 50;

it('given an outage of what we need, then it is a warning; only a fault of ours is an error', () => {
  const lines: Array<string> = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  const log = makeLog('warn', destination);
  const about = { requestId: 'id', route: '/v2/bookings' };
  log.http({ type: 'outage', ...about, reason: '14 UNAVAILABLE: Server Is Not Ready' });
  log.http({ type: 'fault', ...about, reason: 'TypeError' });
  log.http({ type: 'request', ...about, method: 'GET', status: 503, ms: 1 });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: WARN, msg: 'outage', reason: '14 UNAVAILABLE: Server Is Not Ready', route: '/v2/bookings' },
    { level: ERROR, msg: 'fault', reason: 'TypeError' },
  ]);
});
