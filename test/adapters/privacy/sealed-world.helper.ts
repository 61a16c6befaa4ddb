import * as TE from 'fp-ts/lib/TaskEither.js';
import { cancelBooking } from '../../../src/application/commands/change-booking.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { OwnEvent } from '../../../src/application/ports/calendar.ts';
import type { BookingNotifications, NotificationQuery } from '../../../src/application/ports/read-models.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { elsewhereConsumer } from '../../../src/application/privacy/erase-elsewhere.ts';
import { exportPerson } from '../../../src/application/privacy/export-person.ts';
import { forgetByAge } from '../../../src/application/privacy/forget-by-age.ts';
import { forgetPerson } from '../../../src/application/privacy/forget-person.ts';
import { makeAppendGate } from '../../../src/application/privacy/append-gate.ts';
import { openedStore } from '../../../src/application/privacy/opened-store.ts';
import { makeSealing } from '../../../src/application/privacy/sealing.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';

const toldIn = (telling: Readonly<Record<string, string>>, uid: string | null): ReadonlyArray<BookingNotifications> => {
  const recipient = telling[uid ?? ''];
  if (uid === null || recipient === undefined) return [];
  const [channel, state, at] = ['mail', 'pending', '2050-09-05T10:00:00Z'] as const;
  const told = { causedBy: 'an-event', channel, notification: 'accepted', recipient, state, plannedAt: at };
  return [{ bookingUid: uid, notifications: [{ ...told, settledAt: null, detail: null }] }];
};

type Options = {
  /** By booking: who of it is still told something. */
  readonly telling?: Readonly<Record<string, string>>;
  /** Called before anything is erased in calendars. */
  readonly eraseInCalendars?: (uid: string) => void;
  readonly mostInARound?: number;
  /** Whether the files keep nothing of what was written over; false: somebody reads them. */
  readonly purge?: () => boolean;
};

/** The log of a server that seals, with what exports and forgets people. The clock stands at 10:00 on the day of the bookings. */
export const sealedWorld = (
  stored: EventStore,
  keys: SubjectKeys,
  { telling = {}, eraseInCalendars = () => undefined, mostInARound = 1_000, purge = () => true }: Options = {},
) => {
  const gate = makeAppendGate();
  const store = openedStore(stored, keys, gate);
  const buses = makeBookingBuses({ store, identity: systemIdentity, sealing: makeSealing(keys) });
  const clock = makeTestClock(epochMs('10:00:00'));
  const deps = { buses, clock, identity: systemIdentity };
  const cancel = cancelBooking(deps)({ by: 'guest', reason: null, cancellable: true, hostMustGiveReason: false });
  const removed: string[] = [];
  const privacy = {
    ...deps,
    stored,
    keys,
    gate,
    cancel: (uid: string, context: Parameters<typeof cancel>[1]) => cancel(uid, context)(),
    readModel: {
      list: () => TE.right({ rows: [], total: 0, position: 0 }),
      waitFor: () => Promise.resolve(true),
      notifications: ({ bookingUid }: NotificationQuery) =>
        TE.right({ bookings: toldIn(telling, bookingUid), next: null }),
    },
    copies: {
      removeMails: async (ids: ReadonlyArray<string>) => removed.push(...ids),
      eraseInCalendars: async ({ bookingUid: uid }: OwnEvent) => {
        eraseInCalendars(uid);
        removed.push(uid);
      },
      purge: async () => purge(),
    },
  };
  const byAge = forgetByAge({ ...privacy, mostInARound, inTurn: (work) => work() });
  return {
    store,
    buses,
    clock,
    removed,
    elsewhere: elsewhereConsumer(privacy),
    forget: forgetPerson(privacy),
    forgetByAge: (days: number, signal = new AbortController().signal) => byAge(days, signal),
    export: exportPerson(privacy),
  };
};
