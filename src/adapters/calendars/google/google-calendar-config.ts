/** A user's consent (OAuth 2.0 web or desktop client) with the refresh token that it gave. */
export type OAuthCredentials = {
  readonly type: 'oauth';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
};

/** A service account's key. `subject`: the user it acts for, where the domain's administrator delegated that. */
export type ServiceAccountCredentials = {
  readonly type: 'service-account';
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly subject?: string;
};

/**
 * `calendarId`: ours. `googleCalendarId`: `primary` or Google's id of the calendar. `hostTimeZone`: IANA zone for
 * all-day events when Google does not name the calendar's own. `rootUrl` and `tokenUrl` replace Google's addresses.
 * `timeLimitMs` bounds one call of the port, token requests included.
 */
export type GoogleCalendarConfig = {
  readonly calendarId: string;
  readonly googleCalendarId: string;
  readonly hostTimeZone: string;
  readonly credentials: OAuthCredentials | ServiceAccountCredentials;
  readonly rootUrl?: string;
  readonly tokenUrl?: string;
  readonly timeLimitMs?: number;
};

export const DEFAULT_TIME_LIMIT_MS = 10_000;

/** https://developers.google.com/workspace/calendar/api/auth: all that is needed to read and write events and busy times. */
export const SCOPES: ReadonlyArray<string> = [
  'https://www.googleapis.com/auth/calendar.events',
  'https://www.googleapis.com/auth/calendar.freebusy',
];

/**
 * A service account may list guests and open Meet rooms only when it acts for a user.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events (attendees[])
 */
export const mayInvite = (credentials: GoogleCalendarConfig['credentials']): boolean =>
  credentials.type === 'oauth' || credentials.subject !== undefined;
