import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { asciiAddress } from '../../../domain/mail/mail-address.ts';
import type { CalendarEvent, OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleEvent, GoogleEventTime } from './google-client.ts';
import { isObject } from '../../../domain/unknown.ts';
import { parseInstant } from '../../../domain/decoding/values.ts';
import { toEpochMs, toInstant } from '../../../domain/time/time.ts';

/** Key of our mark in `extendedProperties.private`, which only this calendar's copy of the event carries. */
export const GOOGLE_BOOKING_MARK = 'holdfastBooking';
export const ICS_UID_MARK = 'holdfastIcsUid';
export const SEQUENCE_MARK = 'holdfastSequence';

/** The fields of an event that we read back. */
export const EVENT_FIELDS =
  'id,etag,status,start,end,hangoutLink,conferenceData,organizer(email,self),extendedProperties/private';

export const markOf = (event: GoogleEvent): string | undefined =>
  event.extendedProperties?.private?.[GOOGLE_BOOKING_MARK] ?? undefined;

export const isOurs = (event: GoogleEvent, own: Pick<OwnEvent, 'bookingUid'>): boolean =>
  markOf(event) === own.bookingUid;

/** Whether an answer is an event at all: a page, or half of one, has no id. */
export const isEvent = (answer: unknown): answer is GoogleEvent =>
  isObject(answer) && typeof answer.id === 'string' && answer.id !== '';

/** A deleted event stays readable for a while, with this status. */
export const isDeleted = (event: GoogleEvent): boolean => event.status === 'cancelled';

/** Without halves of characters (no UTF-8 carries them) and without control characters other than line ends and tabs. */
const clean = (text: string): string => text.toWellFormed().replaceAll(/[^\P{Cc}\t\r\n]/gu, '');

/** Google shows a description as HTML: what guests wrote must stay text. */
const asHtml = (text: string): string =>
  clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * What we say of a booking, as an event resource. Neither `iCalUID` (Google takes either that or our `id`, not both)
 * nor `sequence` (Google counts by itself and refuses a lower number) is sent: ours are kept in the private properties.
 * `invite`: whether guests may be listed; no mail goes out either way. A tentative event blocks its time as any other
 * (`transparency` is `opaque` where it is not said), and nobody in it has accepted.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events
 */
export const toGoogleEvent = (event: CalendarEvent, invite: boolean): GoogleEvent => ({
  status: event.status,
  summary: clean(event.summary),
  description: asHtml(event.description),
  location: clean(event.location),
  start: { dateTime: event.start, timeZone: event.timeZone },
  end: { dateTime: event.end, timeZone: event.timeZone },
  reminders: { useDefault: true },
  extendedProperties: {
    private: {
      [GOOGLE_BOOKING_MARK]: event.bookingUid,
      [ICS_UID_MARK]: event.icsUid,
      [SEQUENCE_MARK]: String(event.sequence),
    },
  },
  ...(invite
    ? {
        attendees: event.attendees.flatMap(({ name, email }) => {
          // Google refuses the whole event for one address that is not ASCII.
          const address = asciiAddress(email);
          const responseStatus = event.status === 'confirmed' ? 'accepted' : 'tentative';
          return address === null ? [] : [{ email: address, displayName: clean(name), responseStatus }];
        }),
      }
    : {}),
});

/** Asks for a Meet room. A repeated `requestId` makes no second room (conferenceData.createRequest.requestId). */
export const meetRoom = (requestId: string): GoogleEvent => ({
  conferenceData: { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } },
});

/** None while the room is still being made (`createRequest.status.statusCode` is `pending`). */
const meetingUrlOf = ({ hangoutLink, conferenceData }: GoogleEvent): O.Option<string> =>
  O.fromNullable(
    hangoutLink ?? conferenceData?.entryPoints?.find(({ entryPointType }) => entryPointType === 'video')?.uri,
  );

/** A whole day begins and ends at midnight in the calendar's zone. Throws RangeError when it is no time. */
export const epochMsOf = (time: GoogleEventTime | undefined, timeZone: string): number =>
  typeof time?.date === 'string'
    ? Temporal.PlainDate.from(time.date).toZonedDateTime(timeZone).epochMilliseconds
    : toEpochMs(time?.dateTime ?? '');

/** When the event begins, UTC instant. An event of a whole day, which a person made of ours, has no time. */
export const startOf = ({ start }: GoogleEvent): { readonly start?: string } => {
  const dateTime = start?.dateTime ?? null;
  const epochMs = dateTime === null ? null : parseInstant(dateTime);
  return epochMs === null ? {} : { start: toInstant(epochMs) };
};

/**
 * What Google holds. The organizer of an event of ours is the calendar that it was made in, also where that is called
 * `primary`: its address shows when the calendar is another one later.
 */
export const toStored = (event: GoogleEvent, googleCalendarId: string): StoredCalendarEvent => ({
  providerEventId: event.id ?? '',
  calendarAddress: event.organizer?.self === true ? (event.organizer.email ?? googleCalendarId) : googleCalendarId,
  etag: O.fromNullable(event.etag),
  meetingUrl: meetingUrlOf(event),
  ...startOf(event),
});

const unclear = (why: string): CallFailure =>
  callFailure('outcome-unknown', `Google Calendar answered with success, but ${why}`);

/**
 * The event in the answer to a write. Success without our id is a failure, and one that may have left an event behind
 * (S08); so is one with another event in it, or with ours as it was before.
 */
export const writtenEvent = (answer: unknown, id: string, event: CalendarEvent): E.Either<CallFailure, GoogleEvent> => {
  if (!isEvent(answer)) return E.left(unclear('without an event id'));
  if (answer.id !== id || !isOurs(answer, event)) return E.left(unclear('with another event than ours'));
  const isWritten = answer.extendedProperties?.private?.[SEQUENCE_MARK] === String(event.sequence);
  return !isWritten || answer.status !== event.status ? E.left(unclear('without what was written')) : E.right(answer);
};
