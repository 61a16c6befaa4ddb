import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import { abandonable } from '../../network/abandonable.ts';
import { type CallFailure, callFailure, NO_TOKEN, toTokenFailure } from './failure-mapping.ts';
import { DEFAULT_TIME_LIMIT_MS, type GoogleCalendarConfig, SCOPES } from './google-calendar-config.ts';
import type { GoogleLibrary } from './google-library.ts';

/** A token this near to its end is renewed before it is used. Google's tokens live an hour. */
const RENEW_BEFORE_MS = 60_000;

/** `token`: a valid access token, kept until it is about to end. `refuse`: Google did not take it, fetch another. */
export type TokenSource = {
  readonly token: (signal: AbortSignal) => Promise<E.Either<CallFailure, string>>;
  readonly refuse: (token: string) => void;
};

const clientFor = ({ auth }: GoogleLibrary, config: GoogleCalendarConfig) => {
  const { credentials, tokenUrl } = config;
  const common = {
    eagerRefreshThresholdMillis: RENEW_BEFORE_MS,
    transporterOptions: { timeout: config.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS },
  };
  const client =
    credentials.type === 'oauth'
      ? new auth.OAuth2({ ...common, clientId: credentials.clientId, clientSecret: credentials.clientSecret })
      : new auth.JWT({
          ...common,
          email: credentials.clientEmail,
          key: credentials.privateKey,
          scopes: [...SCOPES],
          ...(credentials.subject === undefined ? {} : { subject: credentials.subject }),
        });
  // The library tries token requests again by itself and cannot be told another address for service accounts.
  client.transporter.interceptors.request.add({
    resolved: async (request) => ({
      ...request,
      ...(tokenUrl === undefined ? {} : { url: new URL(tokenUrl) }),
      retry: false,
      redirect: 'manual' as const,
      retryConfig: { retry: 0 },
    }),
  });
  return client;
};

const startingPoint = ({ credentials }: GoogleCalendarConfig) =>
  credentials.type === 'oauth'
    ? { refresh_token: credentials.refreshToken }
    : // What the library itself starts a service account with: a token that ended long ago.
      { refresh_token: 'jwt-placeholder', expiry_date: 1 };

const isEmpty = ({ credentials }: GoogleCalendarConfig): boolean =>
  credentials.type === 'oauth'
    ? credentials.refreshToken === '' || credentials.clientId === ''
    : credentials.privateKey === '' || credentials.clientEmail === '';

/**
 * Access tokens by refresh grant (RFC 6749 section 6) or signed assertion (RFC 7523). A token request is shared by all
 * calls that wait for it: it has its own time limit, and a call that is aborted only stops waiting.
 */
export const makeTokenSource = (google: GoogleLibrary, config: GoogleCalendarConfig, clock: Clock): TokenSource => {
  const client = clientFor(google, config);
  client.setCredentials(startingPoint(config));
  return {
    token: async (signal) => {
      if (isEmpty(config)) return E.left(callFailure('no-credential', 'Google Calendar: the credential is empty'));
      try {
        const { token } = await abandonable(client.getAccessToken(), signal);
        return typeof token === 'string' && token !== '' ? E.right(token) : E.left(NO_TOKEN);
      } catch (error) {
        return E.left(toTokenFailure(error, clock.now()));
      }
    },
    refuse: (token) => {
      // Another call may have fetched a fresh one meanwhile: that one stays.
      if (client.credentials.access_token === token) client.setCredentials(startingPoint(config));
    },
  };
};
