import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { at } from '../support/http-client.ts';
import { startKillable } from '../support/killable-server.ts';
import { brokenStreams, readLog } from '../support/log-checks.ts';
import type { Acknowledged } from '../support/log-checks-outside.ts';
import { lostOrMisstated } from '../support/log-checks-outside.ts';

const CLIENTS = 16;
const KILL_AFTER = [1, 9, 25];

/** Half hours of weekdays from Monday, nine in Oslo, on: what the demo host offers. */
const startOf = (index: number): string => {
  const day = Math.floor(index / 16);
  const monday = Temporal.ZonedDateTime.from('2027-03-01T09:00[Europe/Oslo]');
  const date = monday.add({ weeks: Math.floor(day / 5), days: day % 5 });
  return date
    .add({ minutes: (index % 16) * 30 })
    .toInstant()
    .toString();
};

describe('I8 what was answered with 2xx is in the log after kill -9', () => {
  it(`killed after ${KILL_AFTER.join(', ')} answers, with ${CLIENTS} requests under way`, async () => {
    const folder = await temporaryFolder();
    onTestFinished(() => folder.remove());
    const acknowledged: Acknowledged[] = [];
    let next = 0;
    for (const killAfter of KILL_AFTER) {
      const server = await startKillable({ folder: folder.path });
      let answers = 0;
      const kills: Array<Promise<unknown>> = [];
      const bookOn = async (): Promise<void> => {
        while (kills.length === 0) {
          const start = startOf(next);
          next += 1;
          const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
          const sent = server.client.post('/v2/bookings', { eventTypeId: 1, start, attendee });
          // Cut by the kill: nothing was acknowledged.
          const reply = await sent.catch(() => null);
          if (reply === null) return;
          expect(reply.status).toBe(201);
          const said = (name: string) => String(at(reply.body, 'data', name));
          const position = Number(reply.headers.get('holdfast-position'));
          acknowledged.push({ what: 'book', key: null, uid: said('uid'), start, status: said('status'), position });
          answers += 1;
          if (answers === killAfter) kills.push(server.kill());
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, bookOn));
      await Promise.all(kills);
      const log = readLog(`${folder.path}/data`);
      expect(lostOrMisstated(log, acknowledged)).toEqual([]);
      expect(brokenStreams(log)).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILL_AFTER.reduce((sum, count) => sum + count, 0));
  }, 60_000);
});
