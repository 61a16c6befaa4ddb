import { generateKeyPairSync } from 'node:crypto';
import { type GoogleCalendarConfig } from '../../../src/adapters/calendars/google/google-client.ts';
import { makeGoogleCalendar } from '../../../src/adapters/calendars/google/google-calendar.ts';
import { loadGoogle } from '../../../src/adapters/calendars/google/google-client.ts';
import type { Calendar } from '../../../src/application/ports/calendar.ts';
import { makeTestClock } from '../clock.ts';
import { type GoogleStandIn, startGoogleStandIn } from './google-stand-in.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export const OAUTH = {
  type: 'oauth',
  clientId: 'stand-in-client',
  clientSecret: 'secret-of-the-client',
  refreshToken: 'secret-refresh-token',
} as const;

export const SERVICE_ACCOUNT = {
  type: 'service-account',
  clientEmail: 'robot@stand-in.example',
  privateKey: keys.privateKey,
} as const;

export const DELEGATED = { ...SERVICE_ACCOUNT, subject: 'odd@example.test' } as const;

export const GRANTS = {
  clientId: OAUTH.clientId,
  clientSecret: OAUTH.clientSecret,
  refreshToken: OAUTH.refreshToken,
  serviceAccount: {
    clientEmail: SERVICE_ACCOUNT.clientEmail,
    publicKey: keys.publicKey,
    subjects: [DELEGATED.subject],
  },
};

export type Connected = { readonly google: GoogleStandIn; readonly calendar: Calendar };

export const CALENDAR_ID = 'google_odd';

export const configFor = (
  google: Pick<GoogleStandIn, 'rootUrl' | 'tokenUrl'>,
  overrides: Partial<GoogleCalendarConfig> = {},
): GoogleCalendarConfig => ({
  calendarId: CALENDAR_ID,
  googleCalendarId: 'primary',
  hostTimeZone: 'Europe/Oslo',
  credentials: OAUTH,
  rootUrl: google.rootUrl,
  tokenUrl: google.tokenUrl,
  ...overrides,
});

/** The adapter, connected to a fresh stand-in. The library is loaded already, so that short time limits measure calls. */
export const connectGoogle = async (
  overrides: Partial<GoogleCalendarConfig> = {},
  standIn: { readonly timeZone?: string; readonly largestPage?: number } = {},
): Promise<Connected> => {
  await loadGoogle();
  const google = await startGoogleStandIn(GRANTS, standIn);
  return { google, calendar: makeGoogleCalendar(configFor(google, overrides), { clock: makeTestClock() }) };
};
