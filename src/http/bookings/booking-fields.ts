import * as E from 'fp-ts/lib/Either.js';
import type { ChosenLocation } from '../../application/commands/booking-request.ts';
import type { BookingField, EventLocation } from '../../domain/bookable/event-type.ts';
import { email, phone } from '../../domain/decoding/values.ts';
import { type FieldError, fieldError } from '../errors/api-error.ts';
import type { LocationBody } from './create-body.ts';

/** Characters in one answer. */
const MAX_ANSWER = 10_000;

/** Questions that Cal.com asks by itself: its clients may answer them on any event type. */
const systemFields: ReadonlySet<string> = new Set([
  'title',
  'notes',
  'name',
  'email',
  'guests',
  'location',
  'attendeePhoneNumber',
  'smsReminderNumber',
  'rescheduleReason',
]);

const isShortText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_ANSWER;

const isHttpUrl = (value: unknown): boolean =>
  isShortText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

const isOption = (field: BookingField, value: unknown): boolean =>
  typeof value === 'string' && (field.options ?? []).includes(value);

/** What the answer must be, in words; null where it is. */
const wanted = (field: BookingField, value: unknown): string | null => {
  switch (field.type) {
    case 'text':
    case 'textarea':
      return isShortText(value) ? null : `a text of at most ${MAX_ANSWER} characters`;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'a number';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'select':
      return isOption(field, value) ? null : `one of ${(field.options ?? []).join(', ')}`;
    case 'multiselect':
      return Array.isArray(value) && value.every((one) => isOption(field, one))
        ? null
        : `a list of ${(field.options ?? []).join(', ')}`;
    case 'email':
      return email.is(value) ? null : 'an e-mail address';
    case 'phone':
      return phone.is(value) ? null : 'a phone number in international form';
    case 'url':
      return isHttpUrl(value) ? null : 'a URL with http or https';
  }
};

const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const answered = (field: BookingField, value: unknown): ReadonlyArray<FieldError> => {
  const path = `bookingFieldsResponses.${field.slug}`;
  if (isMissing(value)) return field.required ? [fieldError(path, 'required', `${path} is required`)] : [];
  const words = wanted(field, value);
  return words === null ? [] : [fieldError(path, 'invalid', `${path} must be ${words}`)];
};

const isSystemAnswer = (value: unknown): boolean =>
  isShortText(value) || (Array.isArray(value) && value.length <= 50 && value.every(isShortText));

const unasked = (slug: string, value: unknown): ReadonlyArray<FieldError> => {
  const path = `bookingFieldsResponses.${slug}`;
  if (!systemFields.has(slug)) return [fieldError(path, 'unknown', `${path} is not asked by this event type`)];
  return isSystemAnswer(value) ? [] : [fieldError(path, 'invalid', `${path} must be a text`)];
};

/** What is wrong with the answers to an event type's questions: missing, of the wrong type, not an option, not asked. */
export const wrongResponses = (
  fields: ReadonlyArray<BookingField>,
  responses: { readonly [slug: string]: unknown },
): ReadonlyArray<FieldError> => {
  const asked = new Set(fields.map(({ slug }) => slug));
  const extra = Object.keys(responses).filter((slug) => !asked.has(slug));
  return [
    ...fields.flatMap((field) => answered(field, responses[field.slug])),
    ...extra.flatMap((slug) => unasked(slug, responses[slug])),
  ];
};

type Chosen = E.Either<FieldError, ChosenLocation>;

const personal = (requested: string | undefined, field: string): Chosen =>
  requested === undefined
    ? E.left(fieldError(field, 'required', `${field} is required: the guest says where it takes place`))
    : E.right({ type: 'personal', text: requested });

const at = (offered: EventLocation, requested: LocationBody | null, phoneNumber: string | undefined): Chosen => {
  switch (offered.type) {
    case 'address':
      return E.right({ type: 'stated', text: offered.address });
    case 'link':
      return E.right({ type: 'stated', text: offered.link });
    case 'phone':
      return E.right({ type: 'stated', text: offered.phone });
    case 'attendeeAddress':
      return personal(requested?.address, 'location.address');
    case 'attendeePhone':
      return personal(requested?.phone ?? phoneNumber, 'location.phone');
    case 'attendeeDefined':
      return personal(requested?.location, 'location.location');
    case 'integration':
      return E.right({ type: 'room', provider: offered.integration, fallbackLink: offered.fallbackLink ?? null });
  }
};

const statedText = (offered: EventLocation): string | null => {
  switch (offered.type) {
    case 'address':
      return offered.address;
    case 'link':
      return offered.link;
    case 'phone':
      return offered.phone;
    case 'integration':
      return offered.integration;
    case 'attendeeAddress':
    case 'attendeePhone':
    case 'attendeeDefined':
      return null;
  }
};

const matches = (offered: EventLocation, requested: LocationBody | string): boolean => {
  if (typeof requested === 'string') return requested === offered.type || requested === statedText(offered);
  if (requested.type !== offered.type) return false;
  return (
    offered.type !== 'integration' ||
    requested.integration === undefined ||
    requested.integration === offered.integration
  );
};

/** Where the meeting takes place: one of the event type's locations, the first one where the guest names none. */
export const chosenLocation = (
  offered: ReadonlyArray<EventLocation>,
  requested: LocationBody | string | undefined,
  phoneNumber: string | undefined,
): Chosen => {
  const found = requested === undefined ? offered[0] : offered.find((location) => matches(location, requested));
  if (found !== undefined) return at(found, typeof requested === 'object' ? requested : null, phoneNumber);
  if (requested === undefined) return E.right({ type: 'none' });
  const types = offered.map(({ type }) => type).join(', ');
  return E.left(
    fieldError('location', 'not_offered', `location must be one that the event type offers: ${types || 'none'}`),
  );
};
