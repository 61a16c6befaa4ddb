import * as E from 'fp-ts/lib/Either.js';
import type { BookingRequest, ChosenLocation } from '../../application/commands/booking-request.ts';
import { canonicalJson, type Sha256 } from '../../domain/log/hash-chain.ts';
import type { Json, JsonObject } from '../../domain/log/envelope.ts';
import { unknownMailboxes } from '../../domain/mail/mail-address.ts';
import { type ApiError, type FieldError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import type { Catalog, Offer } from '../http-deps.ts';
import { chosenLocation, wrongResponses } from './booking-fields.ts';
import type { CreateBody } from './create-body.ts';
import { isObject } from '../../domain/unknown.ts';
import { readableFields } from '../../domain/visible-text.ts';

const because: Readonly<Record<string, string>> = {
  recurrenceCount: 'there are no recurring event types',
  teamSlug: 'there are no teams',
  instant: 'there are no instant meetings',
  seatUid: 'there are no seated event types',
};

/** Parts of Cal.com's API that Holdfast does not have: said so, instead of calling them misspelt or ignoring them. */
export const unsupportedField = (body: unknown): ApiError | null => {
  if (!isObject(body)) return null;
  for (const field in because) {
    if (!Object.hasOwn(body, field)) continue;
    const message = `${field} is not supported: ${because[field]}`;
    return apiError('unsupported_feature', message, { fields: [{ field, code: 'unsupported', message }] });
  }
  return null;
};

/** Limits of Cal.com's API v2. */
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY = 40;
const MAX_METADATA_VALUE = 500;

const isValue = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= MAX_METADATA_VALUE);

const wrongMetadata = (metadata: { readonly [key: string]: unknown }): ReadonlyArray<FieldError> => {
  const keys = Object.keys(metadata);
  if (keys.length > MAX_METADATA_KEYS)
    return [fieldError('metadata', 'too_many', `metadata has more than ${MAX_METADATA_KEYS} keys`)];
  return keys.flatMap((key) => {
    if (key.length > MAX_METADATA_KEY)
      return [fieldError('metadata', 'invalid', `a key of metadata is longer than ${MAX_METADATA_KEY} characters`)];
    return isValue(metadata[key])
      ? []
      : [
          fieldError(
            `metadata.${key}`,
            'invalid',
            `metadata.${key} must be a number, true, false or a text of at most ${MAX_METADATA_VALUE} characters`,
          ),
        ];
  });
};

/** All that the body says; the uid comes from elsewhere. */
export type AskedFor = Omit<BookingRequest, 'uid' | 'repeatable' | 'invitesOnceVerified'>;

const noEventType = apiError('event_type_not_found', 'There is no such event type.');
const noEmail = fieldErrors(
  [
    fieldError(
      'attendee.email',
      'required',
      'attendee.email is required: this server tells people by mail, a phone number alone is not enough',
    ),
  ],
  'attendee_email_required',
);
const noWayToEventType = fieldErrors([
  fieldError('eventTypeId', 'required', 'eventTypeId is required, or eventTypeSlug with username'),
]);

const offerOf = (catalog: Catalog, body: CreateBody): E.Either<ApiError, Offer> => {
  const { eventTypeId, eventTypeSlug, username } = body;
  if (eventTypeId === undefined && (eventTypeSlug === undefined || username === undefined))
    return E.left(noWayToEventType);
  const offer =
    eventTypeId === undefined ? catalog.bySlug(username ?? '', eventTypeSlug ?? '') : catalog.byId(eventTypeId);
  return offer === undefined ? E.left(noEventType) : E.right(offer);
};

const guestsForbidden = fieldError('guests', 'not_allowed', 'guests are not allowed by this event type');

/** What was asked for, whatever the spelling: the same digest means the same request. */
const fingerprintOf = (
  sha256: Sha256,
  asked: Omit<AskedFor, 'fingerprint' | 'host' | 'eventType'>,
  { eventType }: Offer,
  location: ChosenLocation,
): string => sha256(canonicalJson({ ...asked, location, eventTypeId: eventType.id } satisfies Json));

/** A request that is complete and allowed by its event type, or everything that is wrong with it. */
export const toBookingRequest =
  (deps: { readonly sha256: Sha256 }, catalog: Catalog) =>
  (body: CreateBody): E.Either<ApiError, AskedFor> => {
    const offer = offerOf(catalog, body);
    if (E.isLeft(offer)) return offer;
    const { eventType, host } = offer.right;
    const { email, name, timeZone, language = 'en', phoneNumber } = body.attendee;
    if (email === undefined) return E.left(noEmail);
    const { guests = [] } = body;
    // Parsed from JSON: nothing else can be in them.
    const bookingFieldsResponses = readableFields((body.bookingFieldsResponses ?? {}) as JsonObject);
    const metadata = readableFields((body.metadata ?? {}) as JsonObject);
    const location = chosenLocation(eventType.locations, body.location, phoneNumber);
    const wrong = [
      ...(guests.length > 0 && !eventType.guestsAllowed ? [guestsForbidden] : []),
      ...wrongResponses(eventType.bookingFields, bookingFieldsResponses),
      ...wrongMetadata(metadata),
    ];
    if (E.isLeft(location)) return E.left(fieldErrors([...wrong, location.left]));
    if (wrong.length > 0) return E.left(fieldErrors(wrong));
    const asked = {
      start: body.start,
      lengthInMinutes: body.lengthInMinutes ?? eventType.lengthInMinutes,
      attendee: { name, email, timeZone, language, phoneNumber: phoneNumber ?? null },
      guests: unknownMailboxes(guests, [email, host.email]).map(({ address }) => address),
      location: location.right,
      responses: bookingFieldsResponses,
      metadata,
    };
    // Over the guests as they were sent: requests of earlier versions, which kept them so, are known again.
    const fingerprint = fingerprintOf(deps.sha256, { ...asked, guests }, offer.right, location.right);
    return E.right({ ...asked, fingerprint, host, eventType });
  };
