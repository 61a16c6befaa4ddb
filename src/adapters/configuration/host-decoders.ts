import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import { parseMailAddress } from '../../domain/mail/mail-address.ts';
import type { Decoder } from './decoder.ts';
import { all, checked, duplicates, fail, object, placed, shown } from './decoder.ts';
import { eventType } from './event-type-decoders.ts';
import { dateOverrides, timeZone, weeklyHours } from './time-decoders.ts';
import { integer, list, oneOf, text, textLike } from './value-decoders.ts';

const MAX_EVENT_TYPES = 200;
const MAX_CALENDARS_PER_HOST = 20;

/** Names streams and rows: never changed once bookings exist. */
export const id = textLike(40, /^[a-z0-9_]+$/, 'an id: lower-case letters, digits and underscores');

/** The rule that bookings are asked by, and domains of one label (`localhost`) too. */
export const email: Decoder<string> = (value, path) =>
  E.chain((written: string) =>
    parseMailAddress(written) !== null
      ? E.right(written)
      : fail(path, 'bad_format', `${shown(written)} is not an e-mail address`),
  )(text(1000)(value, path));

/** Monday to Friday, nine to five: the default of Cal.com. */
const ordinaryWeek = [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }];

const calendarIds = checked(list(id, MAX_CALENDARS_PER_HOST), (ids, path) => duplicates(placed(ids, path)));

export const host: Decoder<Host> = object((keys) =>
  all({
    id: keys.required('id', id),
    number: keys.required('number', integer(1, Number.MAX_SAFE_INTEGER)),
    username: keys.required(
      'username',
      textLike(60, /^[a-z0-9]+([._-][a-z0-9]+)*$/, 'a user name: lower-case letters and digits, . _ - between them'),
    ),
    name: keys.required('name', text(200)),
    email: keys.required('email', email),
    timeZone: keys.required('timeZone', timeZone),
    weeklyHours: keys.optional('weeklyHours', weeklyHours, ordinaryWeek),
    dateOverrides: keys.optional('dateOverrides', dateOverrides, []),
    calendarIds: keys.optional('calendars', calendarIds, []),
    acceptance: keys.optional('acceptance', oneOf(['any-of', 'all-of']), 'any-of'),
    eventTypes: keys.required('eventTypes', list(eventType, MAX_EVENT_TYPES)),
  }),
);
