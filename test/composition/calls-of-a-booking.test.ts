import { describe, expect, it } from 'vitest';
import { measureFootprint, type World } from '../support/footprint.ts';

/** P25: calls to the log a booking, by the one node on it. */
const MOST_APPENDS = 7;
const MOST_READS = 2;
const BOOKINGS = 12;

/** Four at a time meet in one schedule, as a busy host's guests do. */
const cases: ReadonlyArray<readonly [World, number, string]> = [
  ['plain', 1, 'hosts without calendars, one booking after the other'],
  ['plain', 4, 'hosts without calendars, four bookings at a time'],
  ['calendar', 1, 'a calendar and a webhook, one booking after the other'],
];

describe('what a booking costs the log in EventStoreDB (the stand-in), until everybody is told', () => {
  it.each(cases)('P25 %s, %i at a time: at most 7 appends and 2 reads a booking (%s)', async (world, inFlight) => {
    const { appends, reads, written } = await measureFootprint(world, BOOKINGS, inFlight);
    const calls = { appends: appends / BOOKINGS, reads: reads / BOOKINGS };
    expect(written.get('  BookingAccepted')?.events).toBe(BOOKINGS);
    expect(calls.appends, JSON.stringify([...written])).toBeLessThanOrEqual(MOST_APPENDS);
    expect(calls.reads).toBeLessThanOrEqual(MOST_READS);
  });
});
