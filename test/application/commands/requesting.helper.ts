import type { BookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { BookingRequest } from '../../../src/application/commands/booking-request.ts';
import type { RequestBookingDeps } from '../../../src/application/commands/hold-and-request.ts';
import { requestBooking } from '../../../src/application/commands/request-booking.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { epochMs, requestData } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { intro, odd } from '../../support/hosts.ts';
import { type ScriptedCalendar, scriptedCalendar } from '../../support/scripted-calendar.ts';
import { bootBuses, contextOf, countingIdentity } from '../process.helper.ts';

/** A request for 10:00 in Oslo, in the name of Runa. */
export const requestFor = (uid: string, changes: Partial<BookingRequest> = {}): BookingRequest => ({
  uid,
  repeatable: false,
  fingerprint: `fingerprint of ${uid}`,
  host: odd,
  eventType: intro,
  start: epochMs('08:00'),
  lengthInMinutes: 30,
  attendee: requestData().personal.attendee,
  guests: [],
  location: { type: 'none' },
  responses: {},
  metadata: {},
  invitesOnceVerified: false,
  ...changes,
});

/** One process that takes requests, on a store that may be shared; 06:00 UTC on a Monday. `node`: as in `bootBuses`. */
export const bootDesk = (
  store: EventStore,
  work: ScriptedCalendar = scriptedCalendar({ calendarId: 'work' }),
  node?: string,
) => {
  const buses: BookingBuses = bootBuses(store, node);
  const deps: RequestBookingDeps = {
    store,
    buses,
    calendars: new Map([['work', work.calendar]]),
    clock: makeTestClock(epochMs('06:00')),
    identity: countingIdentity(node),
    timings: { settleWindowMs: 3_000, syncDeadlineMs: 86_400_000 },
    report: ({ where, reason }) => {
      throw new Error(`${where}: ${reason}`);
    },
  };
  const request = (wanted: BookingRequest, commandId = `command ${wanted.uid}`) =>
    requestBooking(deps)(wanted, contextOf(commandId), new AbortController().signal)();
  return { buses, request, work, deps };
};
