import * as E from 'fp-ts/lib/Either.js';
import { PUSH_PATH } from '../http/operating/calendars.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { WatchPolicy } from '../domain/booking/watch-commands.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { CalendarSightings } from '../application/watching/sightings.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { BookingList, CalendarHealthReader } from '../application/ports/read-models.ts';
import type { Report } from '../application/saga/effect-context.ts';
import type { Leasing } from '../application/consumers/leasing.ts';
import type { BookingBuses } from '../application/commands/booking-buses.ts';
import type { CalendarWatching } from '../application/watching/calendar-watching.ts';
import { makePushChannels } from '../application/watching/push-channels.ts';
import { channelTokens } from '../adapters/identity/channel-token.ts';
import type { ServerSecret } from '../adapters/identity/server-secret.ts';
import { watchCalendars } from '../application/watching/watch-calendars.ts';

type Deps = {
  readonly configuration: Configuration;
  /** As it was loaded last. */
  readonly current: () => Configuration;
  readonly secret: ServerSecret;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly store: Pick<EventStore, 'head'>;
  readonly reader: Pick<CalendarHealthReader, 'watchedBookings'> & Pick<BookingList, 'waitFor'>;
  readonly sightings: CalendarSightings;
  readonly buses: Pick<BookingBuses, 'bookings' | 'calendars'>;
  readonly clock: Clock;
  readonly identity: Pick<Identity, 'newCommandId' | 'jitter'>;
  readonly leasing: Leasing;
  readonly report: Report;
};

/** For a calendar that a test hands in, and that no entry of the configuration describes. */
const DEFAULT_POLICY: WatchPolicy = { deleted: 'cancel', moved: 'follow', graceMs: 120_000 };

/**
 * Where providers tell of changes. They are told only where the configuration says how this server is reached, and Google
 * wants https: https://developers.google.com/workspace/calendar/api/guides/push
 */
const pushAddress = (current: () => Configuration) => (): string | null => {
  const { publicUrl } = current();
  return publicUrl?.startsWith('https://') === true ? `${publicUrl}${PUSH_PATH}` : null;
};

/** Milliseconds that a round waits for the read model to get to the end of the log. */
const CATCH_UP_MS = 20_000;

/** Watches the connected calendars by the policies of the configuration. */
export const startWatching = ({ configuration, current, secret, store, ...deps }: Deps): CalendarWatching => {
  const policyOf = (calendarId: string): WatchPolicy => {
    const settings = current().calendars.find(({ id }) => id === calendarId);
    if (settings === undefined) return DEFAULT_POLICY;
    return { deleted: settings.whenDeleted, moved: settings.whenMoved, graceMs: settings.deletedGraceMs };
  };
  const { calendarWatchMs, calendarConfirmMs } = configuration.timings;
  const { mostDifferences, mostDifferencesPercent } = configuration.limits;
  const { clock, identity, report } = deps;
  const channels = makePushChannels({
    clock,
    identity,
    report,
    address: pushAddress(current),
    tokens: channelTokens(secret),
  });
  return watchCalendars({
    ...deps,
    caughtUp: async (signal) => {
      const head = await store.head()();
      return E.isRight(head) && deps.reader.waitFor(head.right, CATCH_UP_MS, signal);
    },
    channels,
    policyOf,
    everyMs: calendarWatchMs,
    confirmMs: calendarConfirmMs,
    limits: { bookings: mostDifferences, percent: mostDifferencesPercent },
  });
};

/** Calendars whose readings hint at a round: whoever is asked for busy times looks at the bookings in them as well. */
export const hinting = (
  calendars: ReadonlyMap<string, Calendar>,
  hint: CalendarWatching['hint'],
): ReadonlyMap<string, Calendar> =>
  new Map(
    [...calendars].map(([id, calendar]): [string, Calendar] => [
      id,
      {
        ...calendar,
        busy: (window, except, signal) => async () => {
          const read = await calendar.busy(window, except, signal)();
          if (E.isRight(read))
            hint(id, { window, busy: read.right.busy, except: new Set(except.map(({ bookingUid }) => bookingUid)) });
          return read;
        },
      },
    ]),
  );
