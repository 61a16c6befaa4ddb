import type { BookingLimits, BookingWindow, EventType } from '../../domain/configuration/event-type.ts';
import { bookingFields } from './booking-field-decoder.ts';
import { all, checked, type Decoder, type Errors, mapped, nullable } from './decoder.ts';
import { locations } from './location-decoder.ts';
import { object, variants } from './object-decoder.ts';
import { localDate } from './time-decoders.ts';
import { flag, integer, list, oneOf, text, textLike } from './value-decoders.ts';

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
