import type * as t from 'io-ts';
import { checked, from, list, object, optional, nullable, section, variants, withDefault } from '../decoding/codec.ts';
import type { Codec, Fault } from '../decoding/codec.ts';
import {
  flag,
  integer,
  line,
  lines,
  literal,
  localDate,
  naturalNumber,
  oneOf,
  textLike,
  webLink,
} from '../decoding/values.ts';
import { confirmationPolicy } from './confirmation-policy.ts';
import { duplicates } from '../decoding/codec.ts';

const MINUTES_PER_DAY = 1_440;
const MINUTES_PER_YEAR = 525_600;
const MAX_WINDOW_DAYS = 3_660;
const MAX_BOOKINGS_PER_PERIOD = 100_000;
const MAX_LENGTHS = 20;
const MAX_LOCATIONS = 20;
const MAX_FIELDS = 50;
const MAX_OPTIONS = 100;
const MAX_REMINDERS = 5;
const MINUTES_PER_MONTH = 43_200;

/** Cal.com's default: nobody likes a visitor in two minutes. */
const DEFAULT_MINIMUM_NOTICE_MINUTES = 120;

const limit = optional(integer(1, MAX_BOOKINGS_PER_PERIOD, 'bookings'));
const bookingLimits = object({ day: limit, week: limit, month: limit, year: limit });
/** Bookings that start in one period of the host's zone; a period is full at this number. */
export type BookingLimits = t.TypeOf<typeof bookingLimits>;

const bookingWindow = variants({
  unlimited: object({ type: literal('unlimited') }),
  rolling: object({ type: literal('rolling'), days: integer(1, MAX_WINDOW_DAYS, 'days') }),
  range: checked(object({ type: literal('range'), from: localDate, to: localDate }), ({ from: first, to }) =>
    first <= to ? [] : [{ code: 'wrong_order', message: `ends on ${to}, before it begins on ${first}` }],
  ),
});
/** How far ahead a guest may book. `days` calendar days from today in the host's zone, or whole days from-to (`YYYY-MM-DD`). */
export type BookingWindow = t.TypeOf<typeof bookingWindow>;

/** Video rooms that Holdfast can make, by the names of Cal.com's API v2. */
const integrations: ReadonlyArray<string> = ['jitsi', 'google-meet'];

const location = variants({
  address: object({ type: literal('address'), address: line(500) }),
  link: object({ type: literal('link'), link: webLink }),
  phone: object({ type: literal('phone'), phone: line(40) }),
  attendeeAddress: object({ type: literal('attendeeAddress') }),
  attendeePhone: object({ type: literal('attendeePhone') }),
  attendeeDefined: object({ type: literal('attendeeDefined') }),
  integration: object({
    type: literal('integration'),
    integration: oneOf(integrations),
    /** Said when the provider gives no room. */
    fallbackLink: optional(webLink),
  }),
});
/** Where the meeting takes place, in the words of Cal.com's API v2. */
export type EventLocation = t.TypeOf<typeof location>;

const fieldTypes = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'email', 'phone', 'url'] as const;

/** Slugs that the answers of a booking hold anyway (Cal.com API v2, `bookingFieldsResponses`). */
const takenSlugs: ReadonlyArray<string> = ['name', 'email', 'guests', 'displayEmail', 'displayGuests'];

const plainField = object({
  slug: textLike(60, /^[A-Za-z][A-Za-z0-9_-]*$/, 'a field name: letters, digits, - and _'),
  label: line(200),
  type: oneOf(fieldTypes),
  required: withDefault(flag, false),
  options: optional(list(line(200), MAX_OPTIONS, 1)),
});
/** A question the guest is asked besides name and address. */
export type BookingField = t.TypeOf<typeof plainField>;

const bookingField = checked(plainField, ({ slug, type, options }) => {
  const chooses = type === 'select' || type === 'multiselect';
  const words = `${chooses ? 'is required for' : 'has no meaning in'} a field of type ${type}`;
  const faults: Fault[] = [];
  if (takenSlugs.includes(slug))
    faults.push({ at: ['slug'], code: 'conflict', message: 'is a field that every booking has' });
  if (chooses === (options === undefined)) faults.push({ at: ['options'], code: 'conflict', message: words });
  return faults;
});

const length = integer(1, MINUTES_PER_DAY, 'minutes');
const buffer = integer(0, MINUTES_PER_DAY, 'minutes');

const plainEventType = object({
  id: naturalNumber,
  slug: textLike(60, /^[a-z0-9]+(-[a-z0-9]+)*$/, 'a slug: lower-case letters and digits, single dashes between them'),
  title: line(200),
  description: withDefault(lines(5_000), ''),
  lengthInMinutes: length,
  /** Lengths a guest may choose from; empty when there is only the one. */
  lengthOptions: from('lengthOptionsInMinutes', withDefault(list(length, MAX_LENGTHS), [])),
  /** Grid of starts; null: the length. */
  slotInterval: from('slotIntervalInMinutes', nullable(length)),
  beforeBuffer: from('beforeBufferInMinutes', withDefault(buffer, 0)),
  afterBuffer: from('afterBufferInMinutes', withDefault(buffer, 0)),
  minimumNotice: from(
    'minimumNoticeInMinutes',
    withDefault(integer(0, MINUTES_PER_YEAR, 'minutes'), DEFAULT_MINIMUM_NOTICE_MINUTES),
  ),
  bookingWindow: withDefault(bookingWindow, { type: 'unlimited' }),
  limits: section(bookingLimits),
  /** Short for a `confirmationPolicy` of type `always` with all its defaults. */
  requiresConfirmation: withDefault(flag, false),
  confirmationPolicy: optional(confirmationPolicy),
  locations: withDefault(list(location, MAX_LOCATIONS), []),
  bookingFields: withDefault(
    checked(list(bookingField, MAX_FIELDS), (fields) =>
      duplicates(
        fields.map(({ slug }) => slug),
        'slug',
      ),
    ),
    [],
  ),
  /** Not listed for strangers; still bookable by id or slug. */
  hidden: withDefault(flag, false),
  guestsAllowed: withDefault(flag, true),
  /** Whether the host must give a reason when cancelling. */
  hostMustGiveReason: withDefault(flag, false),
  cancellable: withDefault(flag, true),
  /** Mails before the start, to host and guests, so long ahead of it. */
  reminders: from(
    'remindersInMinutes',
    withDefault(
      checked(list(integer(1, MINUTES_PER_MONTH, 'minutes'), MAX_REMINDERS), (leads) => duplicates(leads)),
      [],
    ),
  ),
  /** So long after the start the host is asked who came; null: nobody is. */
  noShowCheck: from('noShowCheckInMinutes', nullable(integer(0, MINUTES_PER_DAY, 'minutes'))),
});

/** All durations in whole minutes. */
export type EventType = t.TypeOf<typeof plainEventType>;

const wrongLengths = ({ lengthInMinutes, lengthOptions }: EventType): ReadonlyArray<Fault> =>
  lengthOptions.length === 0 || lengthOptions.includes(lengthInMinutes)
    ? []
    : [
        {
          at: ['lengthOptionsInMinutes'],
          code: 'conflict',
          message: `must contain the length, ${lengthInMinutes}`,
        },
      ];

const twoPolicies = ({ requiresConfirmation, confirmationPolicy: policy }: EventType): ReadonlyArray<Fault> =>
  requiresConfirmation && policy !== undefined
    ? [{ at: ['requiresConfirmation'], code: 'conflict', message: 'is said by confirmationPolicy already' }]
    : [];

/** An event type as the configuration names it. Ids and slugs that must be unique are compared elsewhere. */
export const eventType: Codec<EventType> = checked(plainEventType, (wanted) => [
  ...wrongLengths(wanted),
  ...twoPolicies(wanted),
]);
