import type { RequestHandler } from 'express';
import * as E from 'fp-ts/lib/Either.js';
import { oneText } from '../decoding/decode.ts';
import type { HttpDeps } from '../http-deps.ts';
import { privately } from './page.ts';

/** Every address of the API that mails and answers have ever led people to, and those beside them. */
export const OLD_LINKS = '/v2/bookings/:uid{/*below}';

/**
 * Mails of earlier versions led to the API: people read JSON there. A browser (`Accept` names HTML before JSON, and no key is
 * sent) is led to the page of the booking, with the token that it came with; the page tells what is wrong with that, if
 * anything is. Programs go on to the API. The address is relative, so that it holds behind any prefix.
 */
export const leadBrowsersToPages =
  ({ bookingTokens, clock }: Pick<HttpDeps, 'bookingTokens' | 'clock'>): RequestHandler =>
  (req, res, next) => {
    if (req.headers.authorization !== undefined || req.accepts(['json', 'html']) !== 'html') {
      next();
      return;
    }
    const bookingUid = String(req.params.uid ?? '');
    const token = oneText(req.query.token) ?? null;
    const demand = { bookingUid, party: 'host', purpose: 'manage', nowMs: clock.now() } as const;
    const isHosts = token !== null && E.isRight(bookingTokens.verify(token, demand));
    const up = '../'.repeat(req.path.replace(/^\//, '').split('/').length - 1);
    const search = token === null ? '' : `?token=${encodeURIComponent(token.toWellFormed())}`;
    for (const name in privately) res.setHeader(name, privately[name] ?? '');
    res.setHeader('Vary', 'Accept, Authorization');
    res.statusCode = 303;
    res.setHeader('Location', `${up}bookings/${encodeURIComponent(bookingUid)}${isHosts ? '/host' : ''}${search}`);
    res.end();
  };
