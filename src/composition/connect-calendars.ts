import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { CalendarReader } from '../adapters/calendars/caldav/reading/calendar-reader.ts';
import type { GoogleCalendarConfig } from '../adapters/calendars/google/google-calendar-config.ts';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import type { CalendarSettings, Configuration, GoogleCredentials } from '../application/configuration.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import { reveal } from '../application/secret.ts';

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

const credentialsOf = (credentials: GoogleCredentials): GoogleCalendarConfig['credentials'] =>
  credentials.type === 'oauth'
    ? {
        type: 'oauth',
        clientId: credentials.clientId,
        clientSecret: reveal(credentials.clientSecret),
        refreshToken: reveal(credentials.refreshToken),
      }
    : {
        type: 'service-account',
        clientEmail: credentials.clientEmail,
        privateKey: reveal(credentials.privateKey),
        ...(credentials.subject === null ? {} : { subject: credentials.subject }),
      };

/** Times without a zone mean the zone of the host whose calendar it is. */
const zoneOf = ({ hosts }: Configuration, calendarId: string): string =>
  hosts.find(({ calendarIds }) => calendarIds.includes(calendarId))?.timeZone ?? 'UTC';

/** A kind of calendar is loaded only where one is configured: each brings libraries that a start can do without. */
const connect = async (
  deps: Deps,
  settings: CalendarSettings,
  dispatcherFor: (ca: string | null) => Promise<Dispatcher>,
  reader: () => Promise<CalendarReader>,
): Promise<Calendar> => {
  const { clock, configuration } = deps;
  const common = {
    calendarId: settings.id,
    hostTimeZone: zoneOf(configuration, settings.id),
    timeLimitMs: configuration.timings.calendarTimeLimitMs,
  };
  switch (settings.type) {
    case 'local':
      return deps.local.calendar(settings.id);
    case 'caldav': {
      const { makeCalDavCalendar } = await import('../adapters/calendars/caldav/caldav-calendar.ts');
      return makeCalDavCalendar({ dispatcher: await dispatcherFor(settings.ca), clock, reader: await reader() })({
        ...common,
        url: settings.url,
        username: settings.username,
        password: reveal(settings.password),
        ...(settings.calendarName === null ? {} : { calendarName: settings.calendarName }),
      });
    }
    case 'google': {
      const { makeGoogleCalendar } = await import('../adapters/calendars/google/google-calendar.ts');
      return makeGoogleCalendar(
        {
          ...common,
          googleCalendarId: settings.calendar,
          credentials: credentialsOf(settings.credentials),
          ...(settings.rootUrl === null ? {} : { rootUrl: settings.rootUrl }),
          ...(settings.tokenUrl === null ? {} : { tokenUrl: settings.tokenUrl }),
        },
        { clock },
      );
    }
  }
};

/** Every configured calendar, ready to be called; nothing is sent yet. */
export const openCalendars = async (deps: Deps): Promise<ConnectedCalendars> => {
  const { calendarTimeLimitMs } = deps.configuration.timings;
  const dispatchers = new Map<string | null, Dispatcher>();
  const dispatcherFor = async (ca: string | null): Promise<Dispatcher> => {
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
  let opened: CalendarReader | null = null;
  const reader = async (): Promise<CalendarReader> => {
    const { makeCalendarReader } = await import('../adapters/calendars/caldav/reading/calendar-reader.ts');
    opened ??= makeCalendarReader();
    return opened;
  };
  const calendars = new Map<string, Calendar>();
  for (const settings of deps.configuration.calendars)
    calendars.set(settings.id, await connect(deps, settings, dispatcherFor, reader));
  return {
    calendars,
    close: async () => {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
      await opened?.close();
    },
  };
};
