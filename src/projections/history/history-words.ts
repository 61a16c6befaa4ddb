import { readableText } from '../../domain/visible-text.ts';
import type { BookingEventData } from '../../domain/booking/events.ts';
import { exactText } from '../../domain/time/instant-text.ts';
import type { FailureKind } from '../../domain/calendar/calendar-failure.ts';

const words: Readonly<Record<FailureKind, string>> = {
  'auth-revoked': 'the user name and password, or the permission, were refused',
  'auth-expired': 'the sign-in has expired',
  forbidden: 'writing to it is not allowed',
  'calendar-not-found': 'it is not there any more',
  'already-exists': 'an event of somebody else has the same id',
  'rate-limited': 'it asked us to slow down',
  'invalid-request': 'it did not accept the event as we wrote it',
  'outcome-unknown': 'no answer came, so it may have happened or not',
  network: 'it could not be reached',
  'provider-error': 'it failed on its side',
  'no-credential': 'it is not connected any more',
};

/** Why a calendar did not do what was asked, as the end of a sentence. */
export const failureInWords = (kind: FailureKind): string => words[kind];

/**
 * Who reads: for `guest` calendars have no names and providers no words. `timeZone`: whose times are said. `mustAllHold`: the
 * booking needs every calendar of the host; missing: one is enough.
 */
export type Reader = {
  readonly audience: 'host' | 'guest';
  readonly timeZone: string;
  readonly calendarLabel: (calendarId: string) => string;
  readonly mustAllHold?: boolean;
};

type CalendarFailed = BookingEventData<'CalendarSyncFailed'>;

export const calendarOf = (calendarId: string, reader: Reader): string =>
  reader.audience === 'host' ? `Calendar '${reader.calendarLabel(calendarId)}'` : 'The calendar';

/** Who has not taken the booking, where it is not confirmed. */
export const notTaken = ({ mustAllHold }: Reader): string =>
  mustAllHold === true ? 'not every calendar' : 'no calendar';

const nextTry = (retryAt: string | null, { timeZone }: Reader): string =>
  retryAt === null ? '' : ` Next try at ${exactText(retryAt, timeZone)}.`;

export const couldNot = (
  what: string,
  { calendarId, kind, retryAt, retryable }: CalendarFailed,
  reader: Reader,
): string => {
  const why = reader.audience === 'host' ? `: ${failureInWords(kind)}` : '';
  const help = retryAt === null && !retryable && reader.audience === 'host' ? ' Only a person can help.' : '';
  return `${calendarOf(calendarId, reader)} ${what}${why}.${nextTry(retryAt, reader)}${help}`;
};

/** A sentence, and the reason that somebody gave. */
export const withReason = (sentence: string, reason: string | null): string =>
  reason === null || reason.trim() === '' ? `${sentence}.` : `${sentence}: ${readableText(reason)}`;
