import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { createCalDavCalendar } from '../adapters/calendars/caldav/caldav-calendar.ts';
import { createGoogleCalendar } from '../adapters/calendars/google/google-calendar.ts';
import type { GoogleCalendarConfig } from '../adapters/calendars/google/google-calendar-config.ts';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { guardedDispatcher } from '../adapters/network/guarded-dispatcher.ts';
import type { CalendarSettings, Configuration, GoogleCredentials } from '../application/configuration.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock } from '../application/ports/clock.ts';
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

const connect = (
  deps: Deps,
  settings: CalendarSettings,
  dispatcherFor: (ca: string | null) => Dispatcher,
): Calendar => {
  const { clock, configuration } = deps;
  const common = {
    calendarId: settings.id,
    hostTimeZone: zoneOf(configuration, settings.id),
    timeLimitMs: configuration.timings.calendarTimeLimitMs,
  };
  switch (settings.type) {
    case 'local':
      return deps.local.calendar(settings.id);
    case 'caldav':
      return createCalDavCalendar({ dispatcher: dispatcherFor(settings.ca), clock })({
        ...common,
        url: settings.url,
        username: settings.username,
        password: reveal(settings.password),
        ...(settings.calendarName === null ? {} : { calendarName: settings.calendarName }),
      });
    case 'google':
      return createGoogleCalendar(
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
};

/** Every configured calendar, ready to be called; nothing is sent yet. */
export const connectCalendars = (deps: Deps): ConnectedCalendars => {
  const { calendarTimeLimitMs } = deps.configuration.timings;
  const dispatchers = new Map<string | null, Dispatcher>();
  const dispatcherFor = (ca: string | null): Dispatcher => {
    const known = dispatchers.get(ca);
    if (known !== undefined) return known;
    const made = guardedDispatcher({
      allowPrivateAddresses: deps.allowPrivateAddresses,
      connectTimeLimitMs: calendarTimeLimitMs,
      ...(ca === null ? {} : { ca: [ca, ...rootCertificates].join('\n') }),
    });
    dispatchers.set(ca, made);
    return made;
  };
  return {
    calendars: new Map(
      deps.configuration.calendars.map((settings) => [settings.id, connect(deps, settings, dispatcherFor)]),
    ),
    close: async () => {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.close()));
    },
  };
};
