import { makeKnownDays } from './reading/unreadable-days.ts';
import { limited } from '../../clock/time-limit.ts';
import type { Dispatcher } from 'undici';
import type { Calendar } from '../../../application/ports/calendar.ts';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import { calendarCall, statusIn } from './failures.ts';
import { sender } from './dav-client.ts';
import { discoverCalendar, withSlash } from './discovery.ts';
import { isGone } from './locate-event.ts';
import { readDavBusyTimes, type Remembered } from './read-busy-times.ts';
import { listMarkedEvents } from './list-marked.ts';
import type { CalendarReader } from './reading/calendar-reader.ts';
import { type AtCalendar, ensureCalendar } from './session.ts';
import { davChanges, davVersions, lookAtDavEvent } from './watch-calendar.ts';
import { changeDavEvent, createDavEvent, findEvent, removeDavEvent } from './write-event.ts';

/** Milliseconds that one call may take, all its requests together. */
const DEFAULT_TIME_LIMIT_MS = 10_000;

/**
 * `url`: the calendar's own, or with `calendarName` that of the server or of the user's principal, from where the
 * calendar with this display name is looked up. `hostTimeZone`: IANA zone of floating times and of dates.
 */
export type CalDavConfig = {
  readonly calendarId: string;
  readonly url: string;
  readonly calendarName?: string;
  readonly username: string;
  readonly password: string;
  readonly hostTimeZone: string;
  readonly timeLimitMs?: number;
};

/** `dispatcher`: guards addresses, carries certificate authorities (a CA of the host's own too), and pools connections. */
export type CalDavDependencies = {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  /** Shared by all calendars. */
  readonly reader: CalendarReader;
};

/** A calendar on a CalDAV server (RFC 4791). Nothing is sent before the first call. */
export const makeCalDavCalendar =
  ({ dispatcher, clock, reader }: CalDavDependencies) =>
  (config: CalDavConfig): Calendar => {
    const { username, password, calendarName, hostTimeZone, timeLimitMs = DEFAULT_TIME_LIMIT_MS } = config;
    const url = new URL(config.url);
    const remembered: Remembered = { days: makeKnownDays(), token: null };
    let discovered: URL | null = calendarName === undefined ? withSlash(url) : null;
    const sight: AtCalendar['sight'] = { lastMs: null };

    const open = async (signal: AbortSignal): Promise<AtCalendar> => {
      const session = {
        send: sender({ dispatcher, username, password, timeLimitMs }, signal),
        nowMs: clock.now,
      };
      discovered ??= await discoverCalendar(session, url, calendarName ?? '');
      return { ...session, collection: discovered, sight };
    };

    /** One call. Where a calendar that was found by its name is answered 404, the next call looks for it anew. */
    const call = <A>(signal: AbortSignal, run: (at: AtCalendar) => Promise<A>) =>
      calendarCall(async () => {
        const at = await open(signal);
        try {
          return await run(at);
        } catch (error) {
          if (calendarName !== undefined && isGone(statusIn(error) ?? 0)) discovered = null;
          throw error;
        }
      });

    return {
      calendarId: config.calendarId,
      provider: 'caldav',
      locate: (signal) =>
        call(signal, async (at) => {
          await ensureCalendar(at);
          return at.collection.href;
        }),
      listMarked: (window, signal) => call(signal, (at) => listMarkedEvents(at, window)),
      create: (event, signal) => call(signal, (at) => createDavEvent(at, event)),
      find: (own, signal) => call(signal, (at) => findEvent(at, own)),
      change: (event, stored, signal) => call(signal, (at) => changeDavEvent(at, event, stored)),
      remove: (own, signal) => call(signal, (at) => removeDavEvent(at, own)),
      watch: {
        versions: (ids, signal) => call(signal, (at) => davVersions(at, ids)),
        changes: (token, signal) => call(signal, (at) => davChanges(at, token)),
        look: (own, signal) => call(signal, (at) => lookAtDavEvent(at, own, hostTimeZone)),
      },
      busy: (window, except, signal) => {
        const limit = limited(signal, timeLimitMs);
        const deps = { reader, calendarId: config.calendarId, hostTimeZone, signal: limit, remembered };
        return call(limit, (at) => readDavBusyTimes(at, window, except, deps));
      },
    };
  };
