import { isLeft } from 'fp-ts/lib/Either.js';
import { fromNullable, none } from 'fp-ts/lib/Option.js';
import type { CalendarEvent, OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import { readIdentity } from '../../icalendar/read-identity.ts';
import { calendarFailed } from './calendar-failed.ts';
import type { DavAnswer } from './dav-client.ts';
import { readMultistatus } from './multistatus.ts';
import { calendarObject, isOurs, objectName } from './own-object.ts';
import { refused, type Session } from './session.ts';

/** A session at one calendar. `collection`: its URL, with a slash at the end. */
export type AtCalendar = Session & { readonly collection: URL };

/** What stands under the name of our event. */
export type Found = { readonly stored: StoredCalendarEvent; readonly ours: boolean };

export const urlOf = (at: AtCalendar, own: OwnEvent): URL => new URL(objectName(own), at.collection);

export const storedAt = (url: URL, answer: DavAnswer): StoredCalendarEvent => {
  const { etag } = answer.headers;
  return {
    providerEventId: url.pathname,
    etag: fromNullable(typeof etag === 'string' ? etag : null),
    meetingUrl: none,
  };
};

export const isGone = (status: number): boolean => status === 404 || status === 410;
export const isDone = (status: number): boolean => status === 200 || status === 201 || status === 204;

/** Null where nothing stands under the name of our event. */
export const lookUp = async (at: AtCalendar, own: OwnEvent): Promise<Found | null> => {
  const url = urlOf(at, own);
  const answer = await at.send({ method: 'GET', url, headers: { accept: 'text/calendar' } });
  if (isGone(answer.status)) return null;
  if (answer.status !== 200) throw refused(at, answer, 'reading the event');
  const identity = readIdentity(answer.body);
  if (isLeft(identity)) {
    throw calendarFailed({ kind: 'provider-error', message: `the event cannot be read: ${identity.left}` });
  }
  return { stored: storedAt(url, answer), ours: isOurs(identity.right, own) };
};

/** A server may answer 207 and put its refusal inside (Xandikos does, for a UID that is taken): never a success. */
export const unwrapped = (answer: DavAnswer): DavAnswer => {
  if (answer.status !== 207) return answer;
  const resources = readMultistatus(answer.body);
  const inner = isLeft(resources) ? undefined : resources.right[0]?.status;
  return { ...answer, status: inner === undefined || inner < 300 ? 500 : inner };
};

/** RFC 9110, 13.1: written only if nothing is there yet, or only if what is there is what we know. */
export type Precondition = { readonly 'if-none-match': '*' } | { readonly 'if-match': string };

export const put = async (at: AtCalendar, event: CalendarEvent, precondition: Precondition): Promise<DavAnswer> =>
  unwrapped(
    await at.send({
      method: 'PUT',
      url: urlOf(at, event),
      headers: { 'content-type': 'text/calendar; charset=utf-8', ...precondition },
      body: calendarObject(event, Temporal.Instant.fromEpochMilliseconds(at.nowMs()).toString()),
    }),
  );

export const somebodyElses = (): Error =>
  calendarFailed({ kind: 'already-exists', message: 'the calendar holds another event under the UID of this booking' });
