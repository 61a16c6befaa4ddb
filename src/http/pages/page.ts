import { oneText } from '../decoding/decode.ts';
import type { ApiError, ErrorCode, ErrorStatus } from '../errors/api-error.ts';
import { statusByCode } from '../errors/api-error.ts';
import type { HttpAnswer, HttpRequest, Headers } from '../transport/endpoint.ts';
import { contentSecurityPolicy, renderMessage } from './render/layout.ts';

/** The address of one of a booking's pages, or of what its forms act on; `to`: what comes after the uid. */
export type LinkTo = (to: '' | `/${string}`, fragment?: string) => string;

/**
 * Relative addresses, so that they hold behind any prefix and proxy: they count from the last slash of the path that was
 * asked for. They pass on the token that the request came with.
 */
export const linksOf = ({ path, params, query }: HttpRequest): LinkTo => {
  const uid = encodeURIComponent(params.uid ?? '');
  const token = oneText(query.token);
  const search = token === null || token === undefined ? '' : `?token=${encodeURIComponent(token.toWellFormed())}`;
  const [, below = ''] = /^\/[^/]+\/(.*)$/.exec(path) ?? [];
  const up = '../'.repeat(below.split('/').length - 1);
  return (to, fragment) => `${up}${uid}${to}${search}${fragment === undefined ? '' : `#${fragment}`}`;
};

/** For everything below `/bookings`: the address holds a token, so it is neither kept, nor found, nor passed on. */
export const privately: Headers = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
};

const pageHeaders: Headers = {
  ...privately,
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
};

export const page = (html: string, status: 200 | ErrorStatus = 200): HttpAnswer => ({
  type: 'page',
  status,
  html,
  headers: pageHeaders,
});

/** 303 (RFC 9110 section 15.4.4): the browser gets the address, so reloading never sends a form again. */
export const seeOther = (location: string): HttpAnswer => ({ type: 'see-other', location, headers: privately });

type Words = { readonly title: string; readonly text: string };

const closedLink: Words = {
  title: 'This link opens no booking',
  text: 'It may be incomplete, or too old. Please open the newest link from your mail. If that does not help, answer that mail: your answer reaches the other person.',
};
const expiredLink: Words = {
  title: 'This link has expired',
  text: 'Links in our mails end 30 days after the meeting they were sent for. If there is a newer mail about the booking, please open the link in that one; else answer the mail: your answer reaches the other person.',
};
const trouble: Words = {
  title: 'This did not work just now',
  text: 'The fault is on our side. Please try again in a minute.',
};

/** What visitors are told. It says nothing of a booking, nor whether there is one. */
const wordsFor: Partial<Readonly<Record<ErrorCode, Words>>> = {
  booking_not_found: closedLink,
  malformed_url: closedLink,
  route_not_found: closedLink,
  guest_token_required: closedLink,
  guest_token_invalid: closedLink,
  guest_token_expired: expiredLink,
  forbidden: {
    title: 'Nothing was changed',
    text: 'The form came from another site. Please use the link from your mail.',
  },
  mail_limit_reached: {
    title: 'Nothing was changed',
    text: 'Too many mails would go out to the same people within an hour. Please try again later.',
  },
  rate_limited: { title: 'Too many requests', text: 'Please wait a minute, then try again.' },
  body_too_large: { title: 'Nothing was changed', text: 'The form is too long.' },
  unsupported_media_type: { title: 'Nothing was changed', text: 'The form could not be read.' },
};

/** Why a form did not act, to guests and hosts alike. */
const refusals: Partial<Readonly<Record<ErrorCode, string>>> = {
  reason_required: 'Bookings of this kind need a reason. Please give one, and try again.',
  booking_already_ended: 'The time of the booking has passed.',
  booking_not_cancellable: 'Bookings of this kind cannot be cancelled here. Please write to your host.',
  booking_rescheduled_meanwhile: 'It was moved in the meantime. The booking’s page shows the time that holds now.',
  reschedule_in_flight: 'Another move of it is under way. Please look at the booking’s page.',
  too_many_reschedules: 'It was moved too often.',
  event_type_not_found: 'Bookings of this kind are not offered any more.',
  booking_already_cancelled: 'It was cancelled before.',
  booking_not_live: 'It had ended before: it was cancelled or declined, or it expired.',
  booking_not_pending: 'It is decided already. The booking’s page shows what came of it.',
  approval_deadline_passed: 'It was too late: the request had to be decided before. It expires.',
  slot_unavailable: 'The time was given to somebody else in the meantime.',
  booking_already_at_this_time: 'It is at that time already.',
  booking_not_reschedulable: 'It had ended before, so it cannot be moved.',
  start_in_past: 'That time has passed.',
  inside_minimum_notice: 'That time is too soon by now.',
  beyond_booking_window: 'That day cannot be booked.',
  off_grid: 'That time is not offered.',
  outside_hours: 'That time is not offered any more.',
  booking_limit_reached: 'As many bookings as there may be are made for that day or week already.',
  calendar_unreadable:
    'The calendar cannot be read just now, so nobody knows which times are free. Please try again in a few minutes.',
  mail_limit_reached: 'Too many bookings and moves named this mail address lately. Please try again later.',
  overloaded: 'There is more to do than can be done just now. Please try again in a minute.',
  no_removal_failed: 'The calendar has removed it in the meantime, or it is tried just now.',
  outcome_unknown: 'No answer came in time, so it may be done or not. The booking’s page will tell.',
};

/** A link that opens nothing is 403 or 404; the API's 401 would make browsers ask for a password. */
const statusOf = ({ code }: ApiError) => {
  const status = statusByCode[code];
  return status === 401 ? 403 : status;
};

/** An error as a page of its own, without details. */
export const errorPage = (error: ApiError): HttpAnswer =>
  page(renderMessage({ ...(wordsFor[error.code] ?? trouble), back: null }), statusOf(error));

/** What was wrong with a form, pages say in words of their own. */
const textOf = ({ code, message }: ApiError): string =>
  code === 'invalid_request' ? message : (refusals[code] ?? trouble.text);

/** Why a form was refused, and the way back to the booking. `title`: `The booking was not cancelled`. `choose`: where a time is chosen. */
export const refusedPage = (
  title: string,
  error: ApiError,
  back: string,
  choose: string | null = null,
  text = textOf(error),
): HttpAnswer => {
  const words = error.code === 'outcome_unknown' ? 'This may not have worked' : title;
  return page(renderMessage({ title: words, text, back, ...(choose === null ? {} : { choose }) }), statusOf(error));
};
