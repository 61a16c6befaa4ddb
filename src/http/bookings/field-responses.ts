import type { BookingField } from '../../domain/bookable/host.ts';
import { email, phone } from '../../domain/decoding/values.ts';
import { type FieldError, fieldError } from '../errors/api-error.ts';

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
