import * as E from 'fp-ts/lib/Either.js';
import type { RefusedAsk } from '../../application/refusals/record-refusals.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { dateTime, email, naturalNumber } from '../../domain/decoding/values.ts';
import type { ReasonOfRefusal, RefusalReason } from '../../domain/refusals/refusal.ts';
import { isObject } from '../../domain/unknown.ts';
import { type ApiError, statusByCode } from '../errors/api-error.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';

const BAD_REQUEST = 400;
const NAMED = ['unsupported_feature', 'event_type_not_found', 'mail_limit_reached', 'overloaded'] as const;

/** Null: nobody refused anything (the log is away), or it is about who calls, not about what is asked for. */
const refusalReason = ({ code }: ApiError): RefusalReason | null =>
  NAMED.find((named) => named === code) ?? (statusByCode[code] === BAD_REQUEST ? 'invalid_request' : null);

/** Fields that a request can have. What else stands in one is somebody's text, and is not repeated. */
const FIELDS: ReadonlySet<string> = new Set([
  ...['start', 'attendee', 'attendee.name', 'attendee.email', 'attendee.timeZone', 'attendee.phoneNumber'],
  ...['attendee.language', 'eventTypeId', 'eventTypeSlug', 'username', 'guests', 'bookingFieldsResponses', 'metadata'],
  ...['lengthInMinutes', 'location', 'reschedulingReason', 'rescheduledBy', 'recurrenceCount', 'teamSlug', 'instant'],
  'seatUid',
]);
const fieldName = (path: string): string => {
  const [first = '', second = ''] = path.split('.');
  return FIELDS.has(`${first}.${second}`) ? `${first}.${second}` : FIELDS.has(first) ? first : 'other';
};

const whyRefused = (error: ApiError): ReasonOfRefusal | null => {
  const reason = refusalReason(error);
  const fields = [...new Set(error.fields?.map(({ field }) => fieldName(field)))];
  return reason === null ? null : { reason, detail: fields.length === 0 ? {} : { fields: fields.join(', ') } };
};

/** What of a body can be read, however wrong the rest is; null: no host is named. */
const askedIn = (catalog: Catalog, body: unknown): Omit<RefusedAsk, keyof ReasonOfRefusal> | null => {
  if (!isObject(body)) return null;
  const { eventTypeId, eventTypeSlug, username, start, lengthInMinutes, attendee } = body;
  const [name, slug] = [typeof username === 'string' ? username : '', String(eventTypeSlug)];
  const offer = typeof eventTypeId === 'number' ? catalog.byId(eventTypeId) : catalog.bySlug(name, slug);
  const host = offer?.host ?? catalog.hostByUsername(name);
  if (host === undefined) return null;
  const [time, length] = [dateTime.decode(start), naturalNumber.decode(lengthInMinutes)];
  const address = isObject(attendee) ? email.decode(attendee.email) : null;
  return {
    asked: 'booking',
    bookingUid: null,
    hostId: host.id,
    eventTypeId: offer?.eventType.id ?? null,
    start: E.isRight(time) ? time.right : null,
    lengthInMinutes: E.isRight(length) ? length.right : (offer?.eventType.lengthInMinutes ?? null),
    email: address !== null && E.isRight(address) ? address.right : null,
  };
};

type Deps = Pick<HttpDeps, 'noteRefusal'>;

/** Notes why a request for a booking was refused before the deciders saw it, where its body names a host. */
export const noteRefusedRequest =
  ({ noteRefusal }: Deps, catalog: Catalog) =>
  (body: unknown, error: ApiError): ApiError => {
    const why = whyRefused(error);
    const asked = why === null ? null : askedIn(catalog, body);
    if (why !== null && asked !== null) noteRefusal({ ...why, ...asked });
    return error;
  };

/** The same of a move of a booking that whoever asks may move. */
export const noteRefusedMove =
  ({ noteRefusal }: Deps) =>
  (uid: string, { request }: KnownBooking, body: unknown, error: ApiError): ApiError => {
    const why = whyRefused(error);
    const time = dateTime.decode(isObject(body) ? body.start : undefined);
    const { hostId, eventTypeId, lengthInMinutes } = request;
    const start = E.isRight(time) ? time.right : null;
    const what = { asked: 'move', bookingUid: uid, hostId, eventTypeId, start, lengthInMinutes, email: null } as const;
    if (why !== null) noteRefusal({ ...why, ...what });
    return error;
  };
