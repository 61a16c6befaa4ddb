import { createVerify } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Answer, oauthRefusal, ok } from './google-answers.ts';

export type Grants = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly serviceAccount: {
    readonly clientEmail: string;
    readonly publicKey: string;
    readonly subjects: ReadonlyArray<string>;
  };
};

/** Who a token acts for: a service account without a user may not invite anybody. */
export type Bearer = 'user' | 'service-account';

export type TokenEndpoint = {
  readonly handle: (form: URLSearchParams) => Answer;
  readonly bearer: (authorization: string | undefined) => Bearer | undefined;
  /** The host withdrew the consent: the refresh token is refused from now on, and so is every token made from it. */
  readonly revokeGrant: () => void;
  /** Tokens end before their time; the grant stays good. */
  readonly expireTokens: () => void;
};

const TOKEN_LIFE_SECONDS = 3599;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const MAX_ASSERTION_SECONDS = 3600;

const claimsCodec = t.intersection([
  t.type({ iss: t.string, scope: t.string, aud: t.string, iat: t.number, exp: t.number }),
  t.partial({ sub: t.string }),
]);

const claimsOf = (assertion: string, publicKey: string) => {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const genuine = createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(publicKey, signature, 'base64url');
  const decoded = claimsCodec.decode(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  return genuine && E.isRight(decoded) ? decoded.right : undefined;
};

/**
 * Refreshing: https://developers.google.com/identity/protocols/oauth2/web-server#offline
 * Signed assertions: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export const createTokenEndpoint = (grants: Grants): TokenEndpoint => {
  const issued = new Map<string, Bearer>();
  let revoked = false;
  let count = 0;

  const issue = (bearer: Bearer): Answer => {
    count += 1;
    const token = `stand-in-access-token-${count}`;
    issued.set(token, bearer);
    return ok({ access_token: token, expires_in: TOKEN_LIFE_SECONDS, token_type: 'Bearer' });
  };

  const refresh = (form: URLSearchParams): Answer => {
    if (form.get('client_id') !== grants.clientId || form.get('client_secret') !== grants.clientSecret) {
      return oauthRefusal(401, 'invalid_client');
    }
    return revoked || form.get('refresh_token') !== grants.refreshToken
      ? oauthRefusal(400, 'invalid_grant')
      : issue('user');
  };

  const assertion = (form: URLSearchParams): Answer => {
    const claims = claimsOf(form.get('assertion') ?? '', grants.serviceAccount.publicKey);
    if (revoked || claims === undefined || claims.iss !== grants.serviceAccount.clientEmail) {
      return oauthRefusal(400, 'invalid_grant');
    }
    if (claims.aud !== AUDIENCE || claims.exp - claims.iat > MAX_ASSERTION_SECONDS)
      return oauthRefusal(400, 'invalid_grant');
    if (claims.scope === '') return oauthRefusal(400, 'invalid_scope');
    if (claims.sub === undefined) return issue('service-account');
    return grants.serviceAccount.subjects.includes(claims.sub)
      ? issue('user')
      : oauthRefusal(401, 'unauthorized_client');
  };

  return {
    handle: (form) => {
      if (form.get('grant_type') === 'refresh_token') return refresh(form);
      return form.get('grant_type') === JWT_BEARER ? assertion(form) : oauthRefusal(400, 'unsupported_grant_type');
    },
    bearer: (authorization) => issued.get(authorization?.replace(/^Bearer /, '') ?? ''),
    revokeGrant: () => {
      revoked = true;
      issued.clear();
    },
    expireTokens: () => issued.clear(),
  };
};
