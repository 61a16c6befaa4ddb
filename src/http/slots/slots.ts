import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';
import type { Slot } from '../../domain/availability/slot.ts';
import { checked, mapped, nullable, object, optional, withDefault } from '../../domain/decoding/codec.ts';
import { oneOf, parsed, parseInstant, timeZone } from '../../domain/decoding/values.ts';
import type { Catalog, Offer, HttpDeps } from '../http-deps.ts';
import { parameter, parameterList } from '../decoding/decode.ts';
import { type ApiError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import { atMilliseconds } from '../bookings/present-booking.ts';
import { type QueryHandler, success, withQuery } from '../transport/endpoint.ts';
import { makeHostAdmission, MOST_PER_HOST, overloaded } from '../transport/overload.ts';

/** Days that one question may span: the work grows with them. */
const MAX_WINDOW_DAYS = 62;
const DAY_IN_MS = 86_400_000;

/** A date, or a date-time read as UTC where it says no offset; epoch milliseconds. */
const utcTime = parsed('an ISO 8601 date or date-time', (written) => {
  if (/^\d{4}-\d\d-\d\d$/.test(written)) return parseInstant(`${written}T00:00:00Z`);
  return parseInstant(written) ?? parseInstant(`${written}Z`);
});

/** UTC midnight means the whole day: for the end, up to its last moment. */
const endOf = (end: number): number => (end % DAY_IN_MS === 0 ? end + DAY_IN_MS : end);

/** Cal.com's parameters. */
const slotsQuery = checked(
  object(
    {
      start: utcTime,
      end: mapped(utcTime, endOf),
      eventTypeId: optional(parameter),
      eventTypeSlug: optional(parameter),
      username: optional(parameter),
      usernames: withDefault(parameterList(parameter), []),
      teamSlug: optional(parameter),
      timeZone: nullable(timeZone),
      duration: optional(parameter),
      format: withDefault(oneOf(['time', 'range']), 'time'),
      bookingUidToReschedule: optional(parameter),
    },
    { ignored: ['organizationSlug'] },
  ),
  ({ start, end }) => (end <= start ? [{ at: ['end'], code: 'wrong_order', message: 'must be after start' }] : []),
);
type SlotsQuery = t.TypeOf<typeof slotsQuery>;

const noEventType = apiError('event_type_not_found', 'There is no such event type.');
const noTeams = apiError('unsupported_feature', 'teamSlug and several usernames are not supported: there are no teams');
const eventTypeMissing = fieldErrors([fieldError('eventTypeId', 'required', 'eventTypeId is required')]);
const wrongLength = fieldErrors(
  [fieldError('duration', 'invalid', 'duration must be a length that the event type offers')],
  'invalid_length',
);
const tooLong = apiError('window_too_long', `At most ${MAX_WINDOW_DAYS} days can be asked for at once.`);

const offerOf = (catalog: Catalog, query: SlotsQuery): E.Either<ApiError, Offer> => {
  const { eventTypeId, eventTypeSlug, teamSlug } = query;
  const [username, ...others] = [...query.usernames, ...(query.username === undefined ? [] : [query.username])];
  if (teamSlug !== undefined || others.length > 0) return E.left(noTeams);
  if (eventTypeId !== undefined) {
    const id = /^\d{1,15}$/.test(eventTypeId) ? Number(eventTypeId) : NaN;
    return pipe(catalog.byId(id), E.fromNullable(noEventType));
  }
  if (eventTypeSlug === undefined || username === undefined) return E.left(eventTypeMissing);
  return pipe(catalog.bySlug(username, eventTypeSlug), E.fromNullable(noEventType));
};

/** Minutes; null for a length that the event type does not offer. */
const lengthOf = ({ duration }: SlotsQuery, { eventType: { lengthInMinutes, lengthOptions } }: Offer): number | null =>
  duration === undefined
    ? lengthInMinutes
    : ([lengthInMinutes, ...lengthOptions].find((minutes) => String(minutes) === duration) ?? null);

type PresentedSlot = { readonly start: string; readonly end?: string };

/** Slots by day: of the zone that was asked for, else of UTC. Days without slots are absent. */
const slotsByDay = (slots: ReadonlyArray<Slot>, { timeZone, format }: Pick<SlotsQuery, 'timeZone' | 'format'>) => {
  const days: Record<string, Array<PresentedSlot>> = {};
  for (const slot of slots) {
    const start = atMilliseconds(slot.start, timeZone);
    const day = start.slice(0, 10);
    const presented = format === 'range' ? { start, end: atMilliseconds(slot.end, timeZone) } : { start };
    const known = days[day];
    if (known === undefined) days[day] = [presented];
    else known.push(presented);
  }
  return days;
};

/** `GET /v2/slots`: what can be booked, by the decision that books it (I11). */
export const getSlots = (deps: Pick<HttpDeps, 'findSlots'>, catalog: Catalog): QueryHandler => {
  const admission = makeHostAdmission(MOST_PER_HOST.slots);
  return withQuery(slotsQuery, async (request, query) => {
    const { start, end, bookingUidToReschedule: except } = query;
    if (end - start > MAX_WINDOW_DAYS * DAY_IN_MS) return E.left(tooLong);
    const offer = offerOf(catalog, query);
    if (E.isLeft(offer)) return offer;
    const lengthInMinutes = lengthOf(query, offer.right);
    if (lengthInMinutes === null) return E.left(wrongLength);
    const release = admission(offer.right.host.id);
    if (release === null) return E.left(overloaded);
    const window = { start, end };
    const wanted = { rules: offer.right, window, lengthInMinutes, ...(except === undefined ? {} : { except }) };
    const slots = await deps.findSlots(wanted, request.whenGone())().finally(release);
    return E.isLeft(slots) ? E.left(fromApplication(slots.left)) : E.right(success(slotsByDay(slots.right, query)));
  });
};
