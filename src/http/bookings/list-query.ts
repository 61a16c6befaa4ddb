import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { BookingListQuery, BookingOrder, ListedStatus } from '../../application/ports/read-models.ts';
import { nullable, object, optional, withDefault } from '../../domain/decoding/codec.ts';
import { dateTime, oneOf } from '../../domain/decoding/values.ts';
import { numeral, parameter, parameterList } from '../decoding/decode.ts';
import { type ApiError, fieldError, fieldErrors } from '../errors/api-error.ts';

const MAX_TAKE = 250;
const DEFAULT_TAKE = 100;

const statuses: ReadonlyArray<ListedStatus> = ['upcoming', 'recurring', 'past', 'cancelled', 'unconfirmed'];
const direction = nullable(oneOf<BookingOrder['direction']>(['asc', 'desc']));

/** The filters of Cal.com's list of bookings; `atLeastPosition` is ours. */
export const bookingsQuery = object({
  status: withDefault(parameterList(oneOf(statuses)), []),
  attendeeEmail: nullable(parameter),
  attendeeName: nullable(parameter),
  bookingUid: nullable(parameter),
  eventTypeId: nullable(numeral()),
  eventTypeIds: nullable(parameterList(numeral())),
  teamId: optional(parameter),
  teamsIds: optional(parameterList(parameter)),
  afterStart: nullable(dateTime),
  beforeEnd: nullable(dateTime),
  afterCreatedAt: nullable(dateTime),
  beforeCreatedAt: nullable(dateTime),
  afterUpdatedAt: nullable(dateTime),
  beforeUpdatedAt: nullable(dateTime),
  sortStart: direction,
  sortEnd: direction,
  sortCreated: direction,
  sortUpdatedAt: direction,
  take: withDefault(numeral(1, MAX_TAKE), DEFAULT_TAKE),
  skip: withDefault(numeral(), 0),
  atLeastPosition: nullable(numeral()),
});
type BookingsQuery = t.TypeOf<typeof bookingsQuery>;

/** Cal.com's order of precedence; without any, by start: downwards where exactly one status looks back. */
const orderOf = (query: BookingsQuery): ReadonlyArray<BookingOrder> => {
  const named = [
    { by: 'start', direction: query.sortStart },
    { by: 'end', direction: query.sortEnd },
    { by: 'created', direction: query.sortCreated },
    { by: 'updated', direction: query.sortUpdatedAt },
  ] as const;
  const given = named.flatMap(({ by, direction: chosen }) => (chosen === null ? [] : [{ by, direction: chosen }]));
  if (given.length > 0) return given;
  const [only, ...others] = query.status;
  const backwards = others.length === 0 && (only === 'past' || only === 'cancelled');
  return [{ by: 'start', direction: backwards ? 'desc' : 'asc' }];
};

const noTeams = (name: string): ApiError =>
  fieldErrors([fieldError(name, 'invalid', `${name} is not supported: there are no teams`)], 'unsupported_feature');

/** What the list is asked for. A filter by team is refused: a list that passed over it would show too much. */
export const listQueryOf = (
  query: BookingsQuery,
  scope: { readonly now: number; readonly hostIds: ReadonlyArray<string> | null },
): E.Either<ApiError, BookingListQuery> => {
  if (query.teamId !== undefined) return E.left(noTeams('teamId'));
  if (query.teamsIds !== undefined) return E.left(noTeams('teamsIds'));
  const { status, eventTypeId, eventTypeIds, attendeeEmail, attendeeName, bookingUid, take, skip } = query;
  const { afterStart, beforeEnd, afterCreatedAt, beforeCreatedAt, afterUpdatedAt, beforeUpdatedAt } = query;
  return E.right({
    ...scope,
    statuses: status,
    attendeeEmail,
    attendeeName,
    bookingUid,
    eventTypeIds: eventTypeId === null ? eventTypeIds : [eventTypeId, ...(eventTypeIds ?? [])],
    afterStart,
    beforeEnd,
    afterCreatedAt,
    beforeCreatedAt,
    afterUpdatedAt,
    beforeUpdatedAt,
    order: orderOf(query),
    take,
    skip,
  });
};
