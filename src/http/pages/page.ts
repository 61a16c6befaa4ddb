import type { ErrorStatus } from '../errors/api-error.ts';
import type { Answer, Headers } from '../transport/endpoint.ts';
import { contentSecurityPolicy } from './render/content-security-policy.ts';

/** For everything below `/bookings`: the address holds a token, so it is neither kept, nor found, nor passed on. */
const privately: Headers = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
};

const pageHeaders: Headers = {
  ...privately,
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
};

export const page = (html: string, status: 200 | ErrorStatus = 200): Answer => ({
  type: 'page',
  status,
  html,
  headers: pageHeaders,
});

/** 303 (RFC 9110 section 15.4.4): the browser gets the address, so reloading never sends a form again. */
export const seeOther = (location: string): Answer => ({ type: 'see-other', location, headers: privately });
