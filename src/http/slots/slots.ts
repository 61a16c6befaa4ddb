import * as E from 'fp-ts/lib/Either.js';
import type { Slot } from '../../domain/availability/slot.ts';
import { parseInstant, timeZone as zoneCodec } from '../../domain/decoding/values.ts';
import type { Interval } from '../../domain/time/time.ts';
import type { Catalog, Offer, HttpDeps } from '../http-deps.ts';
import { oneText, textList } from '../decoding/decode.ts';
import { type ApiError, type FieldError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import { atMilliseconds } from '../bookings/present-booking.ts';
import { success, type EndpointHandler } from '../transport/endpoint.ts';
import { makeHostAdmission, MOST_PER_HOST, overloaded } from '../transport/overload.ts';

/** Days that one question may span: the work grows with them. */
const MAX_WINDOW_DAYS = 62;
const DAY_IN_MS = 86_400_000;

type SlotsQuery = {
  readonly offer: Offer;
  readonly window: Interval;
  readonly lengthInMinutes: number;
  readonly timeZone: string | null;
  readonly format: 'time' | 'range';
  readonly except: string | null;
};

const known: ReadonlySet<string> = new Set([
  'start',
  'end',
  'eventTypeId',
  'eventTypeSlug',
  'username',
  'usernames',
  'timeZone',
  'duration',
  'format',
  'bookingUidToReschedule',
  'organizationSlug',
  'teamSlug',
]);

/** A date, or a date-time read as UTC where it says no offset; epoch milliseconds. */
const instantOf = (text: string): number | null => {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return parseInstant(`${text}T00:00:00Z`);
  return parseInstant(text) ?? parseInstant(`${text}Z`);
};

const required = (name: string) => fieldError(name, 'required', `${name} is required`);
const invalid = (name: string, wanted: string) => fieldError(name, 'invalid', `${name} must be ${wanted}`);

type Texts = { readonly [name: string]: string | null };

const texts = (query: Readonly<Record<string, unknown>>): E.Either<ReadonlyArray<FieldError>, Texts> => {
  const unknown = Object.keys(query).filter((name) => !known.has(name));
  const entries = Object.keys(query).map((name) => [name, oneText(query[name])] as const);
  const wrong = [
    ...unknown.map((name) => fieldError(name, 'unknown', `${name} is not known here`)),
    ...entries.flatMap(([name, text]) => (text === undefined ? [invalid(name, 'given once')] : [])),
  ];
  if (wrong.length > 0) return E.left(wrong);
  return E.right(Object.fromEntries(entries.map(([name, text]) => [name, text ?? null])));
};

/** UTC midnight means the whole day: for the end, up to its last moment. */
const windowOf = (said: Texts): E.Either<ReadonlyArray<FieldError>, Interval> => {
  const read = (name: string): E.Either<FieldError, number> => {
    const text = said[name] ?? null;
    if (text === null) return E.left(required(name));
    const at = instantOf(text);
    return at === null ? E.left(invalid(name, 'an ISO 8601 date or date-time')) : E.right(at);
  };
  const [start, end] = [read('start'), read('end')];
  if (E.isLeft(start)) return E.left(E.isLeft(end) ? [start.left, end.left] : [start.left]);
  if (E.isLeft(end)) return E.left([end.left]);
  const until = end.right % DAY_IN_MS === 0 ? end.right + DAY_IN_MS : end.right;
  return until <= start.right ? E.left([invalid('end', 'after start')]) : E.right({ start: start.right, end: until });
};

const noEventType = apiError('event_type_not_found', 'There is no such event type.');
const noTeams = apiError('unsupported_feature', 'teamSlug and several usernames are not supported: there are no teams');
const noWay = fieldErrors([required('eventTypeId')]);

const offerOf = (catalog: Catalog, said: Texts): E.Either<ApiError, Offer> => {
  const names = [...(textList(said.usernames ?? '') ?? []), ...(said.username ? [said.username] : [])];
  if (said.teamSlug || names.length > 1) return E.left(noTeams);
  const [username] = names;
  const found = () => {
    if (said.eventTypeId)
      return /^\d{1,15}$/.test(said.eventTypeId) ? catalog.byId(Number(said.eventTypeId)) : undefined;
    return catalog.bySlug(username ?? '', said.eventTypeSlug ?? '');
  };
  if (!said.eventTypeId && !(said.eventTypeSlug && username)) return E.left(noWay);
  const offer = found();
  return offer === undefined ? E.left(noEventType) : E.right(offer);
};

const lengthOf = (said: string | null | undefined, offer: Offer): number | null => {
  if (said === null || said === undefined) return offer.eventType.lengthInMinutes;
  const { lengthInMinutes, lengthOptions } = offer.eventType;
  return [lengthInMinutes, ...lengthOptions].find((minutes) => String(minutes) === said) ?? null;
};

/** What `GET /v2/slots` asks for. Unknown parameters are refused, as by Cal.com. */
const slotsQueryOf = (catalog: Catalog, query: Readonly<Record<string, unknown>>): E.Either<ApiError, SlotsQuery> => {
  const said = texts(query);
  if (E.isLeft(said)) return E.left(fieldErrors(said.left));
  const { timeZone = null, duration, format = null, bookingUidToReschedule = null } = said.right;
  const window = windowOf(said.right);
  if (E.isLeft(window)) return E.left(fieldErrors(window.left));
  if (window.right.end - window.right.start > MAX_WINDOW_DAYS * DAY_IN_MS)
    return E.left(apiError('window_too_long', `At most ${MAX_WINDOW_DAYS} days can be asked for at once.`));
  const offer = offerOf(catalog, said.right);
  if (E.isLeft(offer)) return offer;
  const zone = timeZone === null ? E.right(null) : zoneCodec.decode(timeZone);
  if (E.isLeft(zone)) return E.left(fieldErrors([invalid('timeZone', zoneCodec.name)]));
  if (format !== null && format !== 'time' && format !== 'range')
    return E.left(fieldErrors([invalid('format', 'time or range')]));
  const lengthInMinutes = lengthOf(duration, offer.right);
  if (lengthInMinutes === null)
    return E.left(fieldErrors([invalid('duration', 'a length that the event type offers')], 'invalid_length'));
  return E.right({
    offer: offer.right,
    window: window.right,
    lengthInMinutes,
    timeZone: zone.right,
    format: format ?? 'time',
    except: bookingUidToReschedule,
  });
};

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
export const getSlots = (deps: Pick<HttpDeps, 'findSlots'>, catalog: Catalog): EndpointHandler => {
  const admission = makeHostAdmission(MOST_PER_HOST.slots);
  return async (request) => {
    const query = slotsQueryOf(catalog, request.query);
    if (E.isLeft(query)) return query;
    const { offer, window, lengthInMinutes, except } = query.right;
    const release = admission(offer.host.id);
    if (release === null) return E.left(overloaded);
    const wanted = { rules: offer, window, lengthInMinutes, ...(except === null ? {} : { except }) };
    const slots = await deps.findSlots(wanted, request.whenGone())().finally(release);
    return E.isLeft(slots)
      ? E.left(fromApplication(slots.left))
      : E.right(success(slotsByDay(slots.right, query.right)));
  };
};
