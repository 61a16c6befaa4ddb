import * as t from 'io-ts';
import {
  email,
  instant,
  language,
  line,
  naturalNumber,
  optional,
  phone,
  text,
  timeZone,
  wrapping,
} from '../decoding/codecs.ts';
import { decodeBody } from '../decoding/decode.ts';

/** Characters. */
const MAX_NAME = 200;
const MAX_SLUG = 200;
const MAX_PLACE = 500;

const object = new t.Type<{ readonly [key: string]: unknown }, { readonly [key: string]: unknown }, unknown>(
  'an object',
  t.UnknownRecord.is,
  (value, context) =>
    t.UnknownRecord.is(value) && !Array.isArray(value) ? t.success(value) : t.failure(value, context),
  t.identity,
);

const locationBody = t.type(
  {
    type: text(50),
    address: optional(line(MAX_PLACE)),
    phone: optional(phone),
    location: optional(line(MAX_PLACE)),
    link: optional(line(MAX_PLACE)),
    integration: optional(line(MAX_PLACE)),
  },
  'an object with a type',
);
export type LocationBody = t.TypeOf<typeof locationBody>;

/** Cal.com's older clients send the place as a text. */
const location = wrapping(
  new t.Type<LocationBody | string, LocationBody | string, unknown>(
    'an object with a type',
    (value): value is LocationBody | string => typeof value === 'string' || locationBody.is(value),
    (value, context) => (typeof value === 'string' ? t.success(value) : locationBody.validate(value, context)),
    t.identity,
  ),
  locationBody,
);

const createBody = t.type(
  {
    start: instant,
    attendee: t.type(
      {
        name: line(MAX_NAME),
        timeZone,
        email: optional(email),
        phoneNumber: optional(phone),
        language: optional(language),
      },
      'an object with name, email and timeZone',
    ),
    eventTypeId: optional(naturalNumber),
    eventTypeSlug: optional(line(MAX_SLUG)),
    username: optional(line(MAX_SLUG)),
    guests: optional(t.readonlyArray(email, 'a list of e-mail addresses')),
    bookingFieldsResponses: optional(object),
    metadata: optional(object),
    lengthInMinutes: optional(naturalNumber),
    location: optional(location),
  },
  'an object',
);
export type CreateBody = t.TypeOf<typeof createBody>;

/** Accepted and ignored, since Cal.com's clients send them. */
const ignored = [
  'organizationSlug',
  'meetingUrl',
  'routing',
  'emailVerificationCode',
  'allowConflicts',
  'allowBookingOutOfBounds',
];

export const decodeCreateBody = decodeBody(createBody, ignored);
