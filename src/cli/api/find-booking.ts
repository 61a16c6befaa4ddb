import * as E from 'fp-ts/lib/Either.js';
import { bookingsAnswer } from './answers.ts';
import type { ApiFailure, ApiResult, call } from './client.ts';

/** Cal.com's version of the bookings' API. */
export const BOOKINGS_VERSION = '2024-08-13';

/** Length of a booking's uid. */
const UID_LENGTH = 26;
const PAGE = 250;
/** Newest bookings among which a short uid is looked up. */
const LOOK_UP_LIMIT = 5_000;

const MAX_NAMED = 5;

const notFound = (message: string, code: string): ApiFailure => ({ type: 'Refused', status: 404, code, message });

const theOne = (prefix: string, found: ReadonlyArray<string>, all: boolean): E.Either<ApiFailure, string> => {
  const [uid] = found;
  if (uid !== undefined && found.length === 1) return E.right(uid);
  if (uid === undefined) {
    const among = all ? '' : ` among the newest ${LOOK_UP_LIMIT}: give the whole uid`;
    return E.left(notFound(`no booking's uid begins with ${prefix}${among}`, 'booking_not_found'));
  }
  const named = found.slice(0, MAX_NAMED).join(', ');
  return E.left(notFound(`${found.length} bookings begin with ${prefix}: ${named}`, 'ambiguous_uid'));
};

/** The whole uid of a booking that is named by its uid or by the beginning of it, as lists show it. */
export const findBooking = async (ask: ReturnType<typeof call>, prefix: string): ApiResult<string> => {
  if (prefix.length >= UID_LENGTH) return E.right(prefix);
  const found: Array<string> = [];
  for (let skip = 0; skip < LOOK_UP_LIMIT; skip += PAGE) {
    const page = await ask(bookingsAnswer, {
      method: 'GET',
      path: '/v2/bookings',
      version: BOOKINGS_VERSION,
      query: { sortCreated: 'desc', take: String(PAGE), skip: String(skip) },
    });
    if (E.isLeft(page)) return page;
    found.push(...page.right.data.map(({ uid }) => uid).filter((uid) => uid.startsWith(prefix)));
    if (!page.right.pagination.hasNextPage) return theOne(prefix, found, true);
  }
  return theOne(prefix, found, false);
};
