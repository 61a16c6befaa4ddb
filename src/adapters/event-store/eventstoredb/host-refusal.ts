import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ServerAddress } from './connection-string.ts';

/** Stable codes for scripts. Waiting changes none of these. */
export type RefusalCode =
  | 'user_missing'
  | 'user_unknown'
  | 'right_missing'
  | 'server_too_old'
  | 'host_unknown'
  | 'certificate_not_trusted'
  | 'certificate_expired'
  | 'certificate_of_other_name'
  | 'no_tls'
  | 'only_tls';

/** `reason` is a sentence for the operator: what is wrong, and what to do. It never holds credentials. */
export type HostRefusal = { readonly code: RefusalCode; readonly reason: string };

/** How names are looked up: the machine's own way (`/etc/hosts` too), and its DNS servers. */
export type Names = Readonly<Record<'lookup' | 'resolve4' | 'resolve6', (host: string) => Promise<unknown>>>;

type Way = { readonly tls: boolean; readonly ca: Buffer | null };

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

const rejectionOf = (promise: Promise<unknown>): Promise<string | null> =>
  promise.then(
    () => null,
    (thrown: unknown) => codeOf(thrown),
  );

/** What a DNS server answers for a name that does not exist, or that has no address of the kind. */
const NO_SUCH_NAME: ReadonlySet<string | null> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Whether a DNS server says that there is no such host. The machine's own look-up says `ENOTFOUND` without a network
 * too, so it is not enough; a DNS server that is down, refuses or fails is no answer.
 */
const isUnknown = async (names: Names, host: string): Promise<boolean> => {
  if (isIP(host) !== 0 || (await rejectionOf(names.lookup(host))) !== 'ENOTFOUND') return false;
  const answers = await Promise.all([rejectionOf(names.resolve4(host)), rejectionOf(names.resolve6(host))]);
  return answers.every((answer) => NO_SUCH_NAME.has(answer));
};

/**
 * Codes of OpenSSL's check of a certificate chain (`X509_V_ERR_*`). Not among them: a certificate that is not valid
 * yet, since it becomes valid by waiting.
 */
const NOT_TRUSTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
]);

/** Codes of a TLS handshake with a server that does not speak TLS. */
const NO_TLS: ReadonlySet<string> = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_HTTP_REQUEST']);

const HANDSHAKE_LIMIT_MS = 2_000;

/** Null after a complete handshake. Otherwise the code of the error, `''` where it has none. */
const handshake = ({ address, port }: ServerAddress, options: ConnectionOptions): Promise<string | null> =>
  new Promise((resolve) => {
    const host = address.replace(/[[\]]/g, '');
    // No name for an address: RFC 6066, section 3. What it has to match in the certificate is then the address.
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ ...options, ...named, host, port, ALPNProtocols: ['h2'] });
    const settle = (how: string | null): void => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(HANDSHAKE_LIMIT_MS, () => settle(''));
    socket.on('secureConnect', () => settle(null));
    socket.on('error', (thrown) => settle(codeOf(thrown)));
    socket.on('close', () => settle(''));
  });

const overTls = async (endpoint: ServerAddress, ca: Buffer | null): Promise<HostRefusal | null> => {
  const place = `${endpoint.address}:${endpoint.port}`;
  const fault = await handshake(endpoint, ca === null ? {} : { ca });
  if (fault === null) return null;
  if (fault === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      code: 'certificate_of_other_name',
      reason: `the certificate of ${place} is for other names: use one that is in it, or put this one into it`,
    };
  if (fault === 'CERT_HAS_EXPIRED')
    return { code: 'certificate_expired', reason: `the certificate of ${place} has expired: renew it` };
  if (NOT_TRUSTED.has(fault))
    return {
      code: 'certificate_not_trusted',
      reason: `the certificate of ${place} is not trusted (${fault}): name the PEM file of the authority that signed it in store.caFile`,
    };
  if (NO_TLS.has(fault))
    return {
      code: 'no_tls',
      reason: `${place} does not speak TLS: say tls=false in the connection string if it runs without`,
    };
  return null;
};

const withoutTls = async (endpoint: ServerAddress): Promise<HostRefusal | null> =>
  (await handshake(endpoint, { rejectUnauthorized: false })) === null
    ? {
        code: 'only_tls',
        reason: `${endpoint.address}:${endpoint.port} speaks TLS: leave tls=false out of the connection string`,
      }
    : null;

const refusalOf = async (names: Names, way: Way, endpoint: ServerAddress): Promise<HostRefusal | null> => {
  if (await isUnknown(names, endpoint.address))
    return {
      code: 'host_unknown',
      reason: `DNS knows no host named ${endpoint.address}: correct it in the connection string`,
    };
  return way.tls ? overTls(endpoint, way.ca) : withoutTls(endpoint);
};

/**
 * Why none of these hosts can ever be reached: an unknown name, or a certificate that is not trusted. Null as soon as
 * one of them may still come.
 */
export const hostsRefusal = async (
  hosts: ReadonlyArray<ServerAddress>,
  way: Way,
  names: Names = dns,
): Promise<HostRefusal | null> => {
  const refusals = await Promise.all(hosts.map((host) => refusalOf(names, way, host)));
  const [first = null] = refusals;
  return refusals.includes(null) ? null : first;
};
