import { isNone, none, type Option, some } from 'fp-ts/lib/Option.js';
import type { CalendarEvent, OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import { calendarFailed } from './calendar-failed.ts';
import type { DavAnswer } from './dav-client.ts';
import {
  type AtCalendar,
  isDone,
  isGone,
  lookUp,
  put,
  somebodyElses,
  storedAt,
  unwrapped,
  urlOf,
} from './put-object.ts';
import { propfind, refused } from './session.ts';

/** RFC 4791, 5.3.2.1: the UID is in the calendar already, under another name. */
const isUidConflict = (answer: DavAnswer): boolean => answer.body.includes('no-uid-conflict');

const changedMeanwhile = (): Error =>
  calendarFailed({ kind: 'provider-error', message: 'the event was changed in the calendar at the same moment' });

/** After a refusal with nothing under our name: RFC 4918, 9.7.1 says 409 as well where there is no such calendar. */
const whyNotCreated = async (at: AtCalendar, answer: DavAnswer): Promise<Error> => {
  if (isUidConflict(answer)) return somebodyElses();
  const [calendar] = await propfind(at, at.collection, '0', '<D:resourcetype/>', 'looking for the calendar');
  return calendar === undefined || isGone(calendar.status)
    ? calendarFailed({ kind: 'calendar-not-found', message: 'there is no calendar at the configured URL' })
    : refused(at, answer, 'creating the event', true);
};

/** PUT with `If-None-Match: *`; where something is there already, it is looked at and may be ours. */
export const createEvent = async (at: AtCalendar, event: CalendarEvent): Promise<StoredCalendarEvent> => {
  const answer = await put(at, event, { 'if-none-match': '*' });
  if (isDone(answer.status)) return storedAt(urlOf(at, event), answer);
  if (answer.status !== 409 && answer.status !== 412 && !isUidConflict(answer)) {
    throw refused(at, answer, 'creating the event', true);
  }
  const found = await lookUp(at, event);
  if (found === null) throw await whyNotCreated(at, answer);
  if (!found.ours) throw somebodyElses();
  return found.stored;
};

export const findEvent = async (at: AtCalendar, own: OwnEvent): Promise<Option<StoredCalendarEvent>> => {
  const found = await lookUp(at, own);
  return found?.ours === true ? some(found.stored) : none;
};

const currentEtag = async (at: AtCalendar, own: OwnEvent): Promise<string> => {
  const found = await lookUp(at, own);
  if (found === null) throw calendarFailed({ kind: 'calendar-not-found', message: 'the event is gone' });
  if (!found.ours) throw somebodyElses();
  if (isNone(found.stored.etag)) {
    throw calendarFailed({ kind: 'provider-error', message: 'the calendar server gave the event no ETag' });
  }
  return found.stored.etag.value;
};

/** PUT with `If-Match`. What was known may be old, since the host edits too: then it is read again, once. */
export const changeEvent = async (
  at: AtCalendar,
  event: CalendarEvent,
  stored: StoredCalendarEvent,
): Promise<StoredCalendarEvent> => {
  const known = isNone(stored.etag) ? await currentEtag(at, event) : stored.etag.value;
  const first = await put(at, event, { 'if-match': known });
  const answer = first.status === 412 ? await put(at, event, { 'if-match': await currentEtag(at, event) }) : first;
  if (answer.status === 412) throw changedMeanwhile();
  if (!isDone(answer.status)) throw refused(at, answer, 'changing the event', true);
  return storedAt(urlOf(at, event), answer);
};

/** Looks before it deletes, so that never somebody else's event goes. A change in between is looked at once more. */
export const removeEvent = async (at: AtCalendar, own: OwnEvent): Promise<'removed' | 'already-gone'> => {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const found = await lookUp(at, own);
    if (found?.ours !== true) return 'already-gone';
    const headers = isNone(found.stored.etag) ? {} : { 'if-match': found.stored.etag.value };
    const answer = unwrapped(await at.send({ method: 'DELETE', url: urlOf(at, own), headers }));
    if (isDone(answer.status)) return 'removed';
    if (isGone(answer.status)) return 'already-gone';
    if (answer.status !== 412) throw refused(at, answer, 'removing the event', true);
  }
  throw changedMeanwhile();
};
