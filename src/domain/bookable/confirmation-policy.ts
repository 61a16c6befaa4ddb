import type * as t from 'io-ts';
import { checked, from, list, object, optional, withDefault } from '../decoding/codec.ts';
import { flag, integer, oneOf } from '../decoding/values.ts';

const MINUTES_PER_YEAR = 525_600;
const MAX_THRESHOLD = 525_600;
const MAX_REMINDERS = 10;
const noticeUnits = ['minutes', 'hours', 'days'] as const;
const usual = {
  blockUnconfirmedBookingsInBooker: true,
  deadlineBeforeStart: 120,
  remindHostAfter: [180, 1_440, 2_880],
};

/**
 * When the host is asked first. `always`: each time. `time`: only where the start is nearer than `noticeThreshold` (a
 * day is 24 hours). `deadlineBeforeStart`: minutes before the start by which the host has to have decided; where half
 * of the time that is left ends later, that is the deadline. `remindHostAfter`: minutes after the request, each of them
 * one reminder if it is still open.
 */
export const confirmationPolicy = checked(
  object({
    type: oneOf(['always', 'time'] as const),
    noticeThreshold: optional(object({ unit: oneOf(noticeUnits), count: integer(1, MAX_THRESHOLD) })),
    /** Whether a request that is not decided yet holds its time; `false`: requests compete, and the first approval wins. */
    blockUnconfirmedBookingsInBooker: withDefault(flag, usual.blockUnconfirmedBookingsInBooker),
    deadlineBeforeStart: from(
      'deadlineBeforeStartInMinutes',
      withDefault(integer(0, MINUTES_PER_YEAR, 'minutes'), usual.deadlineBeforeStart),
    ),
    remindHostAfter: from(
      'remindHostAfterInMinutes',
      withDefault(list(integer(1, MINUTES_PER_YEAR, 'minutes'), MAX_REMINDERS), usual.remindHostAfter),
    ),
  }),
  ({ type, noticeThreshold }) => {
    if ((type === 'time') === (noticeThreshold !== undefined)) return [];
    const message = type === 'time' ? 'is required for the type time' : 'has no meaning for the type always';
    return [{ at: ['noticeThreshold'], code: 'conflict', message }];
  },
);
export type ConfirmationPolicy = t.TypeOf<typeof confirmationPolicy>;

/** What `requiresConfirmation: true` is short for. */
export const usualConfirmation: ConfirmationPolicy = { ...usual, type: 'always' };
