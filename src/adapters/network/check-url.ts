import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { addressNotAllowed } from './address-not-allowed.ts';
import { isAllowedAddress } from './address-rules.ts';

export type UrlProblem = {
  readonly code: 'not_a_url' | 'scheme_not_allowed' | 'credentials_in_url' | 'address_not_allowed';
  readonly message: string;
};

/** RFC 6761 section 6.3: these names are loopback everywhere. */
const isLocalhost = (host: string): boolean => /(^|\.)localhost\.?$/.test(host);

/** The URL parser has turned decimal, octal and hexadecimal hosts into plain IPv4 by now; IPv6 stands in brackets. */
const isRefusedHost = (hostname: string, allowPrivate: boolean): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? isLocalhost(host) && !allowPrivate : !isAllowedAddress(host, allowPrivate);
};

/**
 * What can be said of a configured URL before anything is sent; names are judged when they are connected to
 * (`guardedDispatcher`). Credentials are refused because URLs are shown and logged; no message repeats them.
 */
export const checkUrl = (
  text: string,
  { allowPrivateAddresses }: { readonly allowPrivateAddresses: boolean },
): E.Either<UrlProblem, URL> => {
  const url = URL.parse(text);
  if (url === null) return E.left({ code: 'not_a_url', message: 'is not an absolute URL' });
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return E.left({ code: 'scheme_not_allowed', message: `must be http or https, not ${url.protocol.slice(0, -1)}` });
  if (url.username !== '' || url.password !== '')
    return E.left({ code: 'credentials_in_url', message: 'must not contain a user name or password' });
  if (isRefusedHost(url.hostname, allowPrivateAddresses))
    return E.left({ code: 'address_not_allowed', message: addressNotAllowed(url.hostname).message });
  return E.right(url);
};
