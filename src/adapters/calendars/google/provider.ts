import type { TypeOf } from 'io-ts';
import { reveal } from '../../../application/secret.ts';
import { checked, mapped, nullable, object, variants, withDefault } from '../../../domain/decoding/codec.ts';
import { line, literal, operatorEmail } from '../../../domain/decoding/values.ts';
import { type Sources, calledUrl, secret, serviceAccountKey } from '../../configuration/sources.ts';
import { defineProvider, entry, plainUrl } from '../provider.ts';
import { GOOGLE_LIBRARY, type GoogleCalendarConfig, hasGoogleLibrary } from './google-client.ts';

const credentials = (sources: Sources) =>
  variants({
    oauth: object({
      type: literal('oauth'),
      clientId: line(300),
      clientSecret: secret(sources),
      refreshToken: secret(sources),
    }),
    'service-account': mapped(
      object({
        type: literal('service-account'),
        key: serviceAccountKey(sources),
        /** The user that it acts for (domain-wide delegation). */
        subject: nullable(operatorEmail),
      }),
      ({ type, key, subject }) => ({ type, ...key, subject }),
    ),
  });
type Credentials = TypeOf<ReturnType<typeof credentials>>;

const revealed = (hidden: Credentials): GoogleCalendarConfig['credentials'] =>
  hidden.type === 'oauth'
    ? { ...hidden, clientSecret: reveal(hidden.clientSecret), refreshToken: reveal(hidden.refreshToken) }
    : {
        type: hidden.type,
        clientEmail: hidden.clientEmail,
        privateKey: reveal(hidden.privateKey),
        ...(hidden.subject === null ? {} : { subject: hidden.subject }),
      };

/** Google's library is not part of the package: said before a start, not by the first booking. */
const notInstalled = {
  at: ['type'],
  code: 'not_installed',
  message: `needs the package ${GOOGLE_LIBRARY}, which is not installed: npm install ${GOOGLE_LIBRARY}`,
} as const;

/** Google Calendar, through Google's own library. */
export const googleProvider = defineProvider({
  settings: (sources) =>
    checked(
      object({
        type: literal('google'),
        ...entry,
        /** Google's calendar id: `primary` or an address. */
        calendar: withDefault(line(300), 'primary'),
        credentials: credentials(sources),
        /** Instead of Google's own addresses; for a stand-in. */
        rootUrl: nullable(calledUrl(sources)),
        tokenUrl: nullable(calledUrl(sources)),
      }),
      () => (hasGoogleLibrary() ? [] : [notInstalled]),
    ),
  addressOf: ({ calendar, credentials: account, rootUrl }) =>
    [
      calendar,
      ...(account.type === 'oauth' ? [] : [`as ${account.subject ?? account.clientEmail}`]),
      ...(rootUrl === null ? [] : [`at ${plainUrl(rootUrl)}`]),
    ].join(', '),
  connect: async ({ id, calendar, credentials: account, rootUrl, tokenUrl }, { clock, hostTimeZone, timeLimitMs }) => {
    const { makeGoogleCalendar } = await import('./google-calendar.ts');
    const config = {
      calendarId: id,
      hostTimeZone,
      timeLimitMs,
      googleCalendarId: calendar,
      credentials: revealed(account),
      ...(rootUrl === null ? {} : { rootUrl }),
      ...(tokenUrl === null ? {} : { tokenUrl }),
    };
    return makeGoogleCalendar(config, { clock });
  },
  makesRoom: 'google-meet',
});
