import { limited } from '../../clock/time-limit.ts';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Calendar } from '../../../application/ports/calendar.ts';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { CalendarFailure } from '../../../domain/calendar/calendar-failure.ts';
import { overlaps } from '../../../domain/time/time.ts';
import { closeChannel, openChannel } from './channel-requests.ts';
import { toStored } from './event-mapping.ts';
import { toCallFailure } from './failure-mapping.ts';
import { DEFAULT_TIME_LIMIT_MS, type GoogleCalendarConfig } from './google-client.ts';
import { type GoogleAnswer, makeGoogleClient, type Google } from './google-client.ts';
import { listMarkedBetween } from './list-events.ts';
import { iCalUidOf, locateOwnEvents } from './locate-own-events.ts';
import { readGoogleBusyTimes } from './read-busy-times.ts';
import { googleChanges, lookAtGoogleEvent } from './watch-calendar.ts';
import { changeGoogleEvent, createGoogleEvent, removeGoogleEvent } from './write-event.ts';

export type GoogleCalendarDeps = { readonly clock: Clock };

/**
 * A Google calendar, through Google's own client library (ADR 0010). Nothing is loaded or sent before the first call.
 * One time limit bounds each call of the port with all the requests that it makes. Guests are never mailed by Google.
 */
export const makeGoogleCalendar = (config: GoogleCalendarConfig, deps: GoogleCalendarDeps): Calendar => {
  const google: Google = { call: makeGoogleClient(config, deps.clock), config };
  const timeLimitMs = config.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;

  const call =
    <A>(write: boolean, signal: AbortSignal, run: (signal: AbortSignal) => GoogleAnswer<A>) =>
    (): Promise<E.Either<CalendarFailure, A>> =>
      run(limited(signal, timeLimitMs)).then(
        E.mapLeft(({ failure }) => failure),
        // Only a fault of ours comes here: it must not escape, and a write may have been in flight.
        (error: unknown) =>
          E.left(toCallFailure(error, { operation: 'adapter', write, nowMs: deps.clock.now() }).failure),
      );

  return {
    calendarId: config.calendarId,
    provider: 'google',
    uidGiven: (bookingUid) => iCalUidOf({ bookingUid }, config.calendarId),
    create: (event, signal) => call(true, signal, (limit) => createGoogleEvent(google, event, limit)),
    find: (own, signal) =>
      pipe(
        call(false, signal, (limit) => locateOwnEvents(google, own, limit)),
        TE.map(RA.head),
        TE.map(O.map(({ event, at }) => toStored(event, at.config.googleCalendarId))),
      ),
    change: (event, stored, signal) => call(true, signal, (limit) => changeGoogleEvent(google, event, stored, limit)),
    remove: (own, signal) => call(true, signal, (limit) => removeGoogleEvent(google, own, limit)),
    listMarked: (window, signal) => call(false, signal, (limit) => listMarkedBetween(google, window, limit)),
    watch: {
      push: {
        open: (wanted, signal) => call(false, signal, (limit) => openChannel(google, wanted, limit)),
        close: (channel, signal) => call(false, signal, (limit) => closeChannel(google, channel, limit)),
      },
      changes: (token, signal) => call(false, signal, (limit) => googleChanges(google, token, limit)),
      look: (own, signal) => call(false, signal, (limit) => lookAtGoogleEvent(google, own, limit)),
    },
    busy: (window, except, signal) =>
      // Google answers an empty range with 400.
      window.start >= window.end
        ? TE.right({ busy: [], unreadable: [] })
        : pipe(
            call(false, signal, (limit) => readGoogleBusyTimes(google, window, except, limit)),
            TE.map((found) => ({ busy: found.filter((interval) => overlaps(interval, window)), unreadable: [] })),
          ),
  };
};
