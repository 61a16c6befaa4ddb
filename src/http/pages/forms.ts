import type { RequestHandler } from 'express';
import express from 'express';
import * as E from 'fp-ts/lib/Either.js';
import type { HttpDeps } from '../http-deps.ts';
import { MAX_REASON } from '../bookings/change-bookings.ts';
import { readableText } from '../../domain/visible-text.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import type { HttpRequest } from '../transport/endpoint.ts';
import { type Refuse, bodyOf } from '../transport/middleware.ts';

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/**
 * Whether a browser says that another site sent the form: by `Sec-Fetch-Site` (W3C Fetch Metadata) where it sends it, else
 * by `Origin`. `null` says nothing: our pages send no referrer, and then browsers hide the origin too (Fetch, section 3.2).
 * Programs send neither header, and need the uid and the token all the same.
 */
const isCrossSite = ({ publicUrl }: Pick<HttpDeps, 'publicUrl'>, { header }: HttpRequest): boolean => {
  const site = header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = header('origin');
  if (origin === undefined || origin === 'null') return false;
  const host = hostOf(origin);
  return host === null || (host !== header('host') && host !== hostOf(publicUrl()));
};

const fromElsewhere = apiError('forbidden', 'The form was sent by another site.');

/** Refuses a form that another site sent. */
export const fromOurPage = (deps: Pick<HttpDeps, 'publicUrl'>, request: HttpRequest): E.Either<ApiError, void> =>
  isCrossSite(deps, request) ? E.left(fromElsewhere) : E.right(undefined);

const FORM = 'application/x-www-form-urlencoded';

/** Bytes of a form: room for the longest reason, whose characters may take nine bytes each (`%E2%82%AC`). */
export const MAX_FORM_BYTES = 16_384;

/** Reads forms as they came, as text; `fieldOf` takes them apart. */
export const formBody = (refuse: Refuse): RequestHandler =>
  bodyOf(express.text({ type: FORM, limit: MAX_FORM_BYTES }), FORM, refuse);

/** A field's text with line breaks as LF (forms send CRLF); empty where it is missing. The first one counts. */
export const fieldOf = (body: unknown, name: string): string =>
  typeof body === 'string' ? (new URLSearchParams(body).get(name) ?? '').replaceAll('\r\n', '\n') : '';

const reasonTooLong = apiError('invalid_request', `The reason must be at most ${MAX_REASON} characters.`);

/** The field `reason`; null where nothing was written. */
export const givenReason = (body: unknown): E.Either<ApiError, string | null> => {
  const reason = readableText(fieldOf(body, 'reason')).trim();
  if (reason.length > MAX_REASON) return E.left(reasonTooLong);
  return E.right(reason === '' ? null : reason);
};
