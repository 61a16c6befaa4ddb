import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/domain/log/envelope.ts';
import { seeded } from '../support/faulty-event-store.ts';
import { at } from '../support/http-client.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import type { GivenServer } from './given-server.ts';
import { givenServer } from './given-server.ts';
import { book, cancel, MONDAY_9, uidOf } from './guests.ts';

const MINUTE_MS = 60_000;
/** Minutes from nine that are tried: from before the host comes until after they left. */
const FROM = -120;
const UNTIL = 600;
const SAMPLE = 8;

const offeredTo = async (server: GivenServer, eventTypeId: number, duration: number): Promise<ReadonlySet<number>> => {
  const query = `eventTypeId=${eventTypeId}&duration=${duration}&start=2050-09-05&end=2050-09-05`;
  const reply = await server.client().get(`/v2/slots?${query}`);
  expect(reply.status).toBe(200);
  const slots: Json = at(reply.body, 'data', '2050-09-05');
  const starts = Array.isArray(slots) ? slots.map((slot: Json) => String(at(slot, 'start'))) : [];
  return new Set(starts.map((start) => (Temporal.Instant.from(start).epochMilliseconds - MONDAY_9) / MINUTE_MS));
};

const sampleOf = (random: () => number, items: ReadonlyArray<number>): ReadonlyArray<number> =>
  items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, SAMPLE)
    .map(([, item]) => item);

describe('I11 what is offered can be booked, and nothing else', () => {
  it.each([
    [1, 30],
    [2, 30],
    [3, 20],
    [4, 15],
    [4, 45],
    [4, 60],
  ])('event type %i of %i minutes, beside other bookings and busy times', async (eventTypeId, lengthInMinutes) => {
    const random = seeded(eventTypeId * 1000 + lengthInMinutes);
    const calendar = scriptedCalendar({ calendarId: 'work' });
    const busy = MONDAY_9 + 205 * MINUTE_MS;
    calendar.addForeign({ start: busy, end: busy + 50 * MINUTE_MS });
    const server = await givenServer({ calendars: [calendar] });
    await book(server.client(), { minutes: 60 });
    await book(server.client(), { minutes: 120, eventTypeId: 3 });
    await book(server.client(), { minutes: 330, eventTypeId: 4, lengthInMinutes: 45 });
    const before = await offeredTo(server, eventTypeId, lengthInMinutes);
    expect(before.size).toBeGreaterThan(3);
    const all = Array.from({ length: (UNTIL - FROM) / 5 }, (_, index) => FROM + index * 5);
    const tryOut = (minutes: number) => book(server.client(), { minutes, eventTypeId, lengthInMinutes });

    for (const minutes of sampleOf(random, [...before])) {
      const booked = await tryOut(minutes);
      expect([minutes, booked.status]).toEqual([minutes, 201]);
      expect((await offeredTo(server, eventTypeId, lengthInMinutes)).has(minutes)).toBe(false);
      await cancel(server.client(), uidOf(booked));
      expect(await offeredTo(server, eventTypeId, lengthInMinutes)).toEqual(before);
    }
    for (const minutes of sampleOf(
      random,
      all.filter((one) => !before.has(one)),
    )) {
      const refused = await tryOut(minutes);
      expect([minutes, [400, 409].includes(refused.status)]).toEqual([minutes, true]);
    }
  });
});
