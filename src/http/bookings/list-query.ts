import * as E from 'fp-ts/lib/Either.js';
import type { BookingListQuery, BookingOrder, ListedStatus } from '../../application/ports/read-models.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import { oneText, textList } from '../decoding/decode.ts';
import { type ApiError, type FieldError, fieldError, fieldErrors } from '../errors/api-error.ts';

const MAX_TAKE = 250;
const DEFAULT_TAKE = 100;

type Query = Readonly<Record<string, unknown>>;
type Read<A> = (value: unknown) => A | null | undefined;

const statuses: ReadonlySet<string> = new Set(['upcoming', 'recurring', 'past', 'cancelled', 'unconfirmed']);
const isStatus = (text: string): text is ListedStatus => statuses.has(text);

const statusList: Read<ReadonlyArray<ListedStatus>> = (value) => {
  const texts = textList(value);
  return texts?.every(isStatus) === false ? undefined : (texts?.filter(isStatus) ?? texts);
};

const wholeNumber = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

const number: Read<number> = (value) => {
  const text = oneText(value);
  return typeof text === 'string' ? wholeNumber(text) : text;
};

const numberList: Read<ReadonlyArray<number>> = (value) => {
  const numbers = textList(value)?.map(wholeNumber);
  const known = numbers?.filter((one) => one !== undefined);
  return known?.length === numbers?.length
    ? (known ?? (value === undefined || value === '' ? null : undefined))
    : undefined;
};

const time: Read<number> = (value) => {
  const text = oneText(value);
  return typeof text === 'string' ? (parseInstant(text) ?? undefined) : text;
};

const direction: Read<BookingOrder['direction']> = (value) => {
  const text = oneText(value);
  if (text === null) return null;
  return text === 'asc' || text === 'desc' ? text : undefined;
};

/** Reads values one by one and keeps account of all that are wrong. */
const reader = (query: Query) => {
  const wrong: FieldError[] = [];
  const read = <A>(name: string, as: Read<A>, wanted: string): A | null => {
    const value = as(query[name]);
    if (value === undefined) wrong.push(fieldError(name, 'invalid', `${name} must be ${wanted}`));
    return value ?? null;
  };
  return { read, wrong };
};

const ISO = 'an ISO 8601 date-time with Z or an offset';

/** Cal.com's order of precedence; without any, by start: downwards where exactly one status looks back. */
const orderOf = (
  named: ReadonlyArray<BookingOrder | null>,
  wanted: ReadonlyArray<ListedStatus>,
): BookingListQuery['order'] => {
  const given = named.filter((order) => order !== null);
  if (given.length > 0) return given;
  const backwards = wanted.length === 1 && (wanted[0] === 'past' || wanted[0] === 'cancelled');
  return [{ by: 'start', direction: backwards ? 'desc' : 'asc' }];
};

/** The filters of Cal.com's list of bookings; what it does not know is ignored, what is wrong is named. */
export const listQueryOf = (
  query: Query,
  scope: { readonly now: number; readonly hostIds: ReadonlyArray<string> | null },
): E.Either<ApiError, BookingListQuery> => {
  const { read, wrong } = reader(query);
  const order = (name: string, by: BookingOrder['by']): BookingOrder | null => {
    const said = read(name, direction, 'asc or desc');
    return said === null ? null : { by, direction: said };
  };
  const wanted = read('status', statusList, `any of ${[...statuses].join(', ')}`) ?? [];
  const eventTypeId = read('eventTypeId', number, 'a number');
  const eventTypeIds = read('eventTypeIds', numberList, 'a list of numbers');
  const take = read('take', number, `a number from 1 to ${MAX_TAKE}`) ?? DEFAULT_TAKE;
  const listed: BookingListQuery = {
    ...scope,
    statuses: wanted,
    attendeeEmail: read('attendeeEmail', oneText, 'one e-mail address'),
    attendeeName: read('attendeeName', oneText, 'one name'),
    bookingUid: read('bookingUid', oneText, 'one uid'),
    eventTypeIds: eventTypeId === null ? eventTypeIds : [eventTypeId, ...(eventTypeIds ?? [])],
    afterStart: read('afterStart', time, ISO),
    beforeEnd: read('beforeEnd', time, ISO),
    afterCreatedAt: read('afterCreatedAt', time, ISO),
    beforeCreatedAt: read('beforeCreatedAt', time, ISO),
    afterUpdatedAt: read('afterUpdatedAt', time, ISO),
    beforeUpdatedAt: read('beforeUpdatedAt', time, ISO),
    order: orderOf(
      [
        order('sortStart', 'start'),
        order('sortEnd', 'end'),
        order('sortCreated', 'created'),
        order('sortUpdatedAt', 'updated'),
      ],
      wanted,
    ),
    take,
    skip: read('skip', number, 'a number from 0') ?? 0,
  };
  const takeWrong = take < 1 || take > MAX_TAKE;
  const all = takeWrong ? [...wrong, fieldError('take', 'out_of_range', `take must be 1 to ${MAX_TAKE}`)] : wrong;
  return all.length > 0 ? E.left(fieldErrors(all)) : E.right(listed);
};
