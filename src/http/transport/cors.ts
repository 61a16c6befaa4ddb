import type { RequestHandler } from 'express';

const METHODS = 'GET, PATCH, DELETE, HEAD, POST, PUT, OPTIONS';
const REQUEST_HEADERS =
  'Accept, Authorization, Content-Type, Idempotency-Key, Prefer, cal-api-version, x-cal-client-id, x-cal-secret-key, Holdfast-Position, Holdfast-Guest-Token';
const ANSWER_HEADERS =
  'Location, Retry-After, Preference-Applied, Holdfast-Position, Idempotency-Replayed, X-Request-Id, X-RateLimit-Limit-Default, X-RateLimit-Remaining-Default, X-RateLimit-Reset-Default';
/** Seconds a browser may keep the answer to a preflight. */
const PREFLIGHT_MAX_AGE_S = '86400';

/** Any origin may call, as with Cal.com: keys travel in a header, never in a cookie. Answers preflights itself. */
export const cors: RequestHandler = (req, res, next) => {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Expose-Headers', ANSWER_HEADERS);
  if (req.method !== 'OPTIONS') {
    next();
    return;
  }
  res.setHeader('Access-Control-Allow-Methods', METHODS);
  res.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
  res.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_S);
  res.status(204).end();
};
