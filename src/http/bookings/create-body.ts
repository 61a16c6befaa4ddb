import * as t from 'io-ts';
import type { Codec } from '../../domain/decoding/codec.ts';
import { codec, list, object, optional } from '../../domain/decoding/codec.ts';
import {
  anyObject,
  email,
  dateTime,
  language,
  line,
  naturalNumber,
  phone,
  text,
  timeZone,
} from '../../domain/decoding/values.ts';
import { MOST_GUESTS } from '../../domain/booking/guests.ts';
import { decodeBody } from '../decoding/decode.ts';
import { readableText, strangersLine, strangersName } from '../../domain/visible-text.ts';

/** Characters. */
export const MAX_NAME = 200;
const MAX_SLUG = 200;
export const MAX_PLACE = 500;

const locationBody = object(
  {
    type: text(50),
    address: optional(strangersLine(MAX_PLACE)),
    phone: optional(phone),
    location: optional(strangersLine(MAX_PLACE)),
    link: optional(strangersLine(MAX_PLACE)),
    integration: optional(strangersLine(MAX_PLACE)),
  },
  { name: 'an object with a type' },
);
export type LocationBody = t.TypeOf<typeof locationBody>;

/** Cal.com's older clients send the place as a text. */
const location: Codec<LocationBody | string> = codec<LocationBody | string>(locationBody.name, (value, context) =>
  typeof value === 'string' ? t.success(readableText(value)) : locationBody.validate(value, context),
);

const attendee = object(
  {
    name: strangersName(MAX_NAME),
    timeZone,
    email: optional(email),
    phoneNumber: optional(phone),
    language: optional(language),
  },
  { name: 'an object with name, email and timeZone' },
);

/** Accepted and ignored, since Cal.com's clients send them. */
const ignored = [
  'organizationSlug',
  'meetingUrl',
  'routing',
  'emailVerificationCode',
  'allowConflicts',
  'allowBookingOutOfBounds',
];

const createBody = object(
  {
    start: dateTime,
    attendee,
    eventTypeId: optional(naturalNumber),
    eventTypeSlug: optional(line(MAX_SLUG)),
    username: optional(line(MAX_SLUG)),
    guests: optional(list(email, MOST_GUESTS)),
    bookingFieldsResponses: optional(anyObject),
    metadata: optional(anyObject),
    lengthInMinutes: optional(naturalNumber),
    location: optional(location),
  },
  { ignored },
);
export type CreateBody = t.TypeOf<typeof createBody>;

export const decodeCreateBody = decodeBody(createBody);
