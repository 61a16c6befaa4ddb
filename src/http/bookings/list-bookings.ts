import * as E from 'fp-ts/lib/Either.js';
import { hostIdOf } from '../access/caller.ts';
import { oneText } from '../decoding/query.ts';
import type { ApiError } from '../errors/api-error.ts';
import { apiError, fieldErrors } from '../errors/api-error.ts';
import { fromBookingList } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { paginationOf } from '../presenters/pagination.ts';
import type { ApiRequest, Handler } from '../transport/endpoint.ts';
import type { Catalog } from './catalog.ts';
import { listQueryOf } from './list-query.ts';
import { presentTo } from './present-to.ts';

/** How long a list waits for the read model to get to the position that was asked for, in milliseconds. */
export const CATCH_UP_MS = 2_000;

const wrongPosition = fieldErrors([
  { field: 'atLeastPosition', code: 'invalid', message: 'atLeastPosition must be a position that an answer gave' },
]);
const behind = apiError('read_model_behind', 'The list has not got to this position yet; please try again.', {
  retryAfterSeconds: 1,
});

/** The position that the answer must have got to: `atLeastPosition`, or the header that an earlier answer gave. */
const atLeast = ({ query, header }: ApiRequest): E.Either<ApiError, number> => {
  const text = oneText(query.atLeastPosition ?? header('holdfast-position'));
  if (text === null) return E.right(0);
  return text !== undefined && /^\d{1,15}$/.test(text) ? E.right(Number(text)) : E.left(wrongPosition);
};

/** `GET /v2/bookings`: the bookings of the key's host, from the read model. */
export const listBookings =
  (deps: HttpDeps, catalog: Catalog): Handler =>
  async (request) => {
    const hostId = hostIdOf(request.caller);
    const query = listQueryOf(request.query, { now: deps.clock.now(), hostIds: hostId === null ? null : [hostId] });
    if (E.isLeft(query)) return query;
    const position = atLeast(request);
    if (E.isLeft(position)) return position;
    const caughtUp =
      position.right === 0 || (await deps.bookingList.waitFor(position.right, CATCH_UP_MS, request.whenGone()));
    if (!caughtUp) return E.left(behind);
    const page = await deps.bookingList.list(query.right)();
    if (E.isLeft(page)) return E.left(fromBookingList(page.left));
    const { rows, total } = page.right;
    const present = presentTo(request.caller, catalog);
    const data = rows.map(({ uid, booking }) => present(uid, booking));
    const pagination = paginationOf(query.right, total, rows.length);
    const headers = { 'Holdfast-Position': String(page.right.position) };
    return E.right({ type: 'json', status: 200, json: { status: 'success', data, pagination }, headers });
  };
