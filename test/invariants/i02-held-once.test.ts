import { describe, expect, it } from 'vitest';
import { type Interval, overlaps } from '../../src/domain/time/time.ts';
import { seeded } from '../support/faulty-event-store.ts';
import { bookingsIn, wrongClaims } from '../support/log-checks.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { eventTypes, givenServer } from './given-server.ts';
import { book, codeOf, uidOf } from './guests.ts';

const REQUESTS = 50;

/** Minutes after nine that a booking takes of the host's time, buffers included, by the configuration alone. */
const claimOf = ({ minutes, eventTypeId, lengthInMinutes }: Asked): Interval => {
  const type = eventTypes.find(({ id }) => id === eventTypeId);
  const { beforeBuffer = 0, afterBuffer = 0 } = type ?? {};
  return { start: minutes - beforeBuffer, end: minutes + lengthInMinutes + afterBuffer };
};

type Asked = { readonly minutes: number; readonly eventTypeId: number; readonly lengthInMinutes: number };

/** Requests of all event types and lengths, on their grids, within one morning. */
const manyRequests = (random: () => number): ReadonlyArray<Asked> =>
  Array.from({ length: REQUESTS }, () => {
    const eventTypeId = 1 + Math.floor(random() * 4);
    const step = [30, 30, 10, 15][eventTypeId - 1] ?? 30;
    const minutes = Math.floor((random() * 180) / step) * step;
    const lengths = eventTypeId === 4 ? [15, 45, 60] : [eventTypeId === 3 ? 20 : 30];
    return { minutes, eventTypeId, lengthInMinutes: lengths[Math.floor(random() * lengths.length)] ?? 30 };
  });

describe("I2 one host's time is held at most once", () => {
  it(`${REQUESTS} requests at once for one slot: one wins`, async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    const server = await givenServer({ calendars: [calendar] });
    const replies = await Promise.all(Array.from({ length: REQUESTS }, () => book(server.client())));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(replies.filter(({ status }) => status !== 201).map(codeOf))).toEqual(new Set(['slot_unavailable']));
    expect(bookingsIn(server.log())).toHaveLength(1);
    await server.idle();
    expect(calendar.events()).toHaveLength(1);
  });

  it.each([20500905, 7, 31337])(
    'overlapping requests of all types, lengths and buffers at once (seed %i)',
    async (seed) => {
      const server = await givenServer();
      const asked = manyRequests(seeded(seed));
      const replies = await Promise.all(asked.map((wanted) => book(server.client(), wanted)));
      // Who asks for the same time again that waits for approval is answered with that request (S21).
      const uids = replies.map((reply) => (reply.status === 201 ? uidOf(reply) : null));
      const isFirst = (uid: string | null, at: number) => uid !== null && uids.indexOf(uid) === at;
      const won = asked.filter((_, at) => isFirst(uids[at] ?? null, at)).map(claimOf);
      const lost = asked.filter((_, index) => replies[index]?.status !== 201);
      for (const [index, claim] of won.entries())
        expect(won.filter((other, at) => at !== index && overlaps(claim, other))).toEqual([]);
      // Nobody was refused without a winner in the way; type 3 does not start before its buffer fits into nothing but time.
      expect(lost.filter((one) => !won.some((claim) => overlaps(claim, claimOf(one))))).toEqual([]);
      expect(won.length).toBeGreaterThan(1);
      expect(lost.length).toBeGreaterThan(1);
      await server.idle();
      expect(wrongClaims(server.log())).toEqual([]);
      expect(bookingsIn(server.log())).toHaveLength(won.length);
    },
  );
});
