import type { FailureCause } from '../../domain/calendar/calendar-failure.ts';

/** Codes of Node (`dns`, `errno`, `tls`; https://nodejs.org/api/errors.html) by what an operator can look at. */
const byCode: Readonly<Record<string, FailureCause>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  address_not_allowed: 'address-not-allowed',
  EPROTO: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  HOSTNAME_MISMATCH: 'tls',
};

/** Why a connection failed, from the code of its error; null: the code says nothing that helps. */
export const connectionCause = (code: string): FailureCause | null =>
  byCode[code] ?? (/^(CERT_|ERR_TLS_|ERR_SSL_)/.test(code) ? 'tls' : null);

/** The first code in an error and its causes, also among those of several addresses; undefined where none has one. */
export const codeIn = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError)
    for (const one of error.errors) {
      const code = codeIn(one);
      if (code !== undefined) return code;
    }
  return codeIn(error.cause);
};
