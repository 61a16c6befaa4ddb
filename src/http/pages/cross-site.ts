import type { HttpDeps } from '../http-deps.ts';
import type { ApiRequest } from '../transport/endpoint.ts';

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/**
 * Whether a browser says that another site sent the form: by `Sec-Fetch-Site` (W3C Fetch Metadata) where it sends it, else
 * by `Origin`. `null` says nothing: our pages send no referrer, and then browsers hide the origin too (Fetch, section 3.2).
 * Programs send neither header, and need the uid and the token all the same.
 */
export const isCrossSite = ({ publicUrl }: Pick<HttpDeps, 'publicUrl'>, { header }: ApiRequest): boolean => {
  const site = header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = header('origin');
  if (origin === undefined || origin === 'null') return false;
  const host = hostOf(origin);
  return host === null || (host !== header('host') && host !== hostOf(publicUrl()));
};
