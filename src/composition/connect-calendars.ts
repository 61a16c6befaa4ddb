import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { CalendarReader } from '../adapters/calendars/caldav/reading/calendar-reader.ts';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { connectCalendar } from '../adapters/calendars/providers.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';

type Deps = {
  readonly configuration: Configuration;
  readonly local: LocalCalendars;
  readonly clock: Clock;
  readonly allowPrivateAddresses: boolean;
};

export type ConnectedCalendars = {
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly close: () => Promise<void>;
};

/** Times without a zone mean the zone of the host whose calendar it is. */
const zoneOf = ({ hosts }: Configuration, calendarId: string): string =>
  hosts.find(({ calendarIds }) => calendarIds.includes(calendarId))?.timeZone ?? 'UTC';

/** Every configured calendar, ready to be called; nothing is sent yet. */
export const openCalendars = async (deps: Deps): Promise<ConnectedCalendars> => {
  const { calendarTimeLimitMs } = deps.configuration.timings;
  const dispatchers = new Map<string | null, Dispatcher>();
  const dispatcher = async (ca: string | null): Promise<Dispatcher> => {
    const known = dispatchers.get(ca);
    if (known !== undefined) return known;
    const { guardedDispatcher } = await import('../adapters/network/guarded-dispatcher.ts');
    const made = guardedDispatcher({
      allowPrivateAddresses: deps.allowPrivateAddresses,
      connectTimeLimitMs: calendarTimeLimitMs,
      ...(ca === null ? {} : { ca: [ca, ...rootCertificates].join('\n') }),
    });
    dispatchers.set(ca, made);
    return made;
  };
  let openedReader: CalendarReader | null = null;
  const reader = async (): Promise<CalendarReader> => {
    const { makeCalendarReader } = await import('../adapters/calendars/caldav/reading/calendar-reader.ts');
    openedReader ??= makeCalendarReader();
    return openedReader;
  };
  const calendars = new Map<string, Calendar>();
  const { local, clock, configuration } = deps;
  const shared = { local, clock, timeLimitMs: calendarTimeLimitMs, dispatcher, reader };
  for (const settings of configuration.calendars) {
    const resources = { ...shared, hostTimeZone: zoneOf(configuration, settings.id) };
    calendars.set(settings.id, await connectCalendar(settings, resources));
  }
  return {
    calendars,
    close: async () => {
      await Promise.all([...dispatchers.values()].map((opened) => opened.destroy()));
      await openedReader?.close();
    },
  };
};
