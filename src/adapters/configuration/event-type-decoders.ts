import type {
  BookingField,
  BookingLimits,
  BookingWindow,
  EventLocation,
  EventType,
} from '../../domain/bookable/host.ts';
import {
  type Decoder,
  type Errors,
  all,
  checked,
  duplicates,
  mapped,
  nullable,
  object,
  placedUnder,
  variants,
} from './decoder.ts';
import { localDate } from './time-decoders.ts';
import { flag, integer, list, oneOf, text, textLike, webLink } from './value-decoders.ts';

/** Video rooms that Holdfast can make, by the names of Cal.com's API v2. */
const integrations = ['jitsi', 'google-meet'] as const;

const MAX_LOCATIONS = 20;

const location = variants<EventLocation>({
  address: object((keys) =>
    all({ type: keys.required('type', oneOf(['address'])), address: keys.required('address', text(500)) }),
  ),
  link: object((keys) => all({ type: keys.required('type', oneOf(['link'])), link: keys.required('link', webLink) })),
  phone: object((keys) =>
    all({ type: keys.required('type', oneOf(['phone'])), phone: keys.required('phone', text(40)) }),
  ),
  attendeeAddress: object((keys) => all({ type: keys.required('type', oneOf(['attendeeAddress'])) })),
  attendeePhone: object((keys) => all({ type: keys.required('type', oneOf(['attendeePhone'])) })),
  attendeeDefined: object((keys) => all({ type: keys.required('type', oneOf(['attendeeDefined'])) })),
  integration: mapped(
    object((keys) =>
      all({
        type: keys.required('type', oneOf(['integration'])),
        integration: keys.required('integration', oneOf(integrations)),
        fallbackLink: keys.optional('fallbackLink', nullable(webLink), null),
      }),
    ),
    ({ fallbackLink, ...room }) => (fallbackLink === null ? room : { ...room, fallbackLink }),
  ),
});

const locations: Decoder<ReadonlyArray<EventLocation>> = list(location, MAX_LOCATIONS);

const fieldTypes = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'email', 'phone', 'url'] as const;

/** Slugs that the answers of a booking hold anyway (Cal.com API v2, `bookingFieldsResponses`). */
const takenSlugs: ReadonlyArray<string> = ['name', 'email', 'guests', 'displayEmail', 'displayGuests'];

const MAX_OPTIONS = 100;
const MAX_FIELDS = 50;

const fieldErrors = ({ slug: name, type, options }: BookingField, path: string): Errors => {
  const chooses = type === 'select' || type === 'multiselect';
  const taken: Errors = takenSlugs.includes(name)
    ? [{ path: `${path}.slug`, code: 'conflict', message: 'is a field that every booking has' }]
    : [];
  const lacking: Errors =
    chooses === (options !== undefined)
      ? []
      : [
          {
            path: `${path}.options`,
            code: 'conflict',
            message: `${chooses ? 'is required for' : 'has no meaning in'} a field of type ${type}`,
          },
        ];
  return [...taken, ...lacking];
};

const bookingField: Decoder<BookingField> = checked(
  mapped(
    object((keys) =>
      all({
        slug: keys.required('slug', textLike(60, /^[A-Za-z][A-Za-z0-9_-]*$/, 'a field name: letters, digits, - and _')),
        label: keys.required('label', text(200)),
        type: keys.required('type', oneOf(fieldTypes)),
        required: keys.optional('required', flag, false),
        options: keys.optional('options', nullable(list(text(200), MAX_OPTIONS, 1)), null),
      }),
    ),
    ({ options, ...field }) => (options === null ? field : { ...field, options }),
  ),
  fieldErrors,
);

const bookingFields = checked(list(bookingField, MAX_FIELDS), (fields, path) =>
  duplicates(placedUnder(fields, path, 'slug')),
);

const MINUTES_PER_DAY = 1440;
const MINUTES_PER_YEAR = 525_600;
const MAX_WINDOW_DAYS = 3660;
const MAX_BOOKINGS_PER_PERIOD = 100_000;

/** Cal.com's default: nobody likes a visitor in two minutes. */
const DEFAULT_MINIMUM_NOTICE_MINUTES = 120;

const slug = textLike(
  60,
  /^[a-z0-9]+(-[a-z0-9]+)*$/,
  'a slug: lower-case letters and digits, single dashes between them',
);

const length = integer(1, MINUTES_PER_DAY, 'minutes');
const buffer = integer(0, MINUTES_PER_DAY, 'minutes');

const bookingWindow = variants<BookingWindow>({
  unlimited: object((keys) => all({ type: keys.required('type', oneOf(['unlimited'])) })),
  rolling: object((keys) =>
    all({
      type: keys.required('type', oneOf(['rolling'])),
      days: keys.required('days', integer(1, MAX_WINDOW_DAYS, 'days')),
    }),
  ),
  range: checked(
    object((keys) =>
      all({
        type: keys.required('type', oneOf(['range'])),
        from: keys.required('from', localDate),
        to: keys.required('to', localDate),
      }),
    ),
    ({ from, to }, path) =>
      from <= to ? [] : [{ path, code: 'wrong_order', message: `ends on ${to}, before it begins on ${from}` }],
  ),
});

const limit = nullable(integer(1, MAX_BOOKINGS_PER_PERIOD, 'bookings'));

const limits: Decoder<BookingLimits> = mapped(
  object((keys) =>
    all({
      day: keys.optional('day', limit, null),
      week: keys.optional('week', limit, null),
      month: keys.optional('month', limit, null),
      year: keys.optional('year', limit, null),
    }),
  ),
  ({ day, week, month, year }) => ({
    ...(day === null ? {} : { day }),
    ...(week === null ? {} : { week }),
    ...(month === null ? {} : { month }),
    ...(year === null ? {} : { year }),
  }),
);

const lengthIsOption = ({ lengthInMinutes, lengthOptions }: EventType, path: string): Errors =>
  lengthOptions.length === 0 || lengthOptions.includes(lengthInMinutes)
    ? []
    : [
        {
          path: `${path}.lengthOptionsInMinutes`,
          code: 'conflict',
          message: `must contain the length, ${lengthInMinutes}`,
        },
      ];

export const eventType: Decoder<EventType> = checked(
  object((keys) =>
    all({
      id: keys.required('id', integer(1, Number.MAX_SAFE_INTEGER)),
      slug: keys.required('slug', slug),
      title: keys.required('title', text(200)),
      description: keys.optional('description', text(5000, 'many'), ''),
      lengthInMinutes: keys.required('lengthInMinutes', length),
      lengthOptions: keys.optional('lengthOptionsInMinutes', list(length, 20), []),
      slotInterval: keys.optional('slotIntervalInMinutes', nullable(length), null),
      beforeBuffer: keys.optional('beforeBufferInMinutes', buffer, 0),
      afterBuffer: keys.optional('afterBufferInMinutes', buffer, 0),
      minimumNotice: keys.optional(
        'minimumNoticeInMinutes',
        integer(0, MINUTES_PER_YEAR, 'minutes'),
        DEFAULT_MINIMUM_NOTICE_MINUTES,
      ),
      bookingWindow: keys.optional('bookingWindow', bookingWindow, { type: 'unlimited' }),
      limits: keys.optional('limits', limits, {}),
      requiresConfirmation: keys.optional('requiresConfirmation', flag, false),
      locations: keys.optional('locations', locations, []),
      bookingFields: keys.optional('bookingFields', bookingFields, []),
      hidden: keys.optional('hidden', flag, false),
      guestsAllowed: keys.optional('guestsAllowed', flag, true),
      hostMustGiveReason: keys.optional('hostMustGiveReason', flag, false),
      cancellable: keys.optional('cancellable', flag, true),
    }),
  ),
  lengthIsOption,
);
