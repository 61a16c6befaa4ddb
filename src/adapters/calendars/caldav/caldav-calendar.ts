import type { Dispatcher } from 'undici';
import type { Calendar } from '../../../application/ports/calendar.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import { calendarCall } from './calendar-failed.ts';
import { sender } from './dav-client.ts';
import { discoverCalendar, withSlash } from './discovery.ts';
import type { AtCalendar } from './put-object.ts';
import { readBusyTimes } from './read-busy-times.ts';
import { changeEvent, createEvent, findEvent, removeEvent } from './write-event.ts';

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
export type CalDavDependencies = { readonly dispatcher: Dispatcher; readonly clock: Clock };

/** A calendar on a CalDAV server (RFC 4791). Nothing is sent before the first call. */
export const createCalDavCalendar =
  ({ dispatcher, clock }: CalDavDependencies) =>
  (config: CalDavConfig): Calendar => {
    const { username, password, calendarName, hostTimeZone, timeLimitMs = DEFAULT_TIME_LIMIT_MS } = config;
    const url = new URL(config.url);
    let discovered: URL | null = calendarName === undefined ? withSlash(url) : null;

    const open = async (signal: AbortSignal): Promise<AtCalendar> => {
      const session = {
        send: sender({ dispatcher, username, password, timeLimitMs }, signal),
        nowMs: clock.now,
      };
      discovered ??= await discoverCalendar(session, url, calendarName ?? '');
      return { ...session, collection: discovered };
    };

    return {
      calendarId: config.calendarId,
      provider: 'caldav',
      create: (event, signal) => calendarCall(async () => createEvent(await open(signal), event)),
      find: (own, signal) => calendarCall(async () => findEvent(await open(signal), own)),
      change: (event, stored, signal) => calendarCall(async () => changeEvent(await open(signal), event, stored)),
      remove: (own, signal) => calendarCall(async () => removeEvent(await open(signal), own)),
      busy: (window, except, signal) =>
        calendarCall(async () => readBusyTimes(await open(signal), window, except, hostTimeZone)),
    };
  };
