import type { Json } from '../../../src/domain/log/envelope.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp, TestAppOptions } from '../../support/test-app.ts';
import { booked } from '../../support/test-apps.ts';

export const host = { key: 'cal_host_odd' };

/** An accepted booking in a calendar, with one guest of the request, and the token of its mail. */
export const acceptedIn = async (
  started: (options: TestAppOptions) => Promise<TestApp>,
  options: TestAppOptions = {},
) => {
  const work = scriptedCalendar({ calendarId: 'work' });
  const app = await started({ calendars: [work.calendar], ...options });
  const uid = await booked(app, introBody({ guests: ['gro@example.com'] }));
  const path = `/v2/bookings/${uid}`;
  const bookingEndMs = app.clock.now() + 86_400_000;
  const token = app.bookingTokens.issue({ bookingUid: uid, party: 'attendee', purpose: 'manage', bookingEndMs });
  return { app, uid, path, token, work };
};
export type Accepted = Awaited<ReturnType<typeof acceptedIn>>;

/** How many events of a type the booking's history has. */
export const countOf = async ({ app, path }: Pick<Accepted, 'app' | 'path'>, type: string): Promise<number> => {
  const events: Json = at((await app.get(`${path}/events`, host)).body, 'data');
  return Array.isArray(events) ? events.filter((event) => at(event, 'type') === type).length : 0;
};
