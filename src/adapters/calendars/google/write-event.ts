import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarEvent, OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import { isSameInstant } from '../../../domain/booking/reschedule-state.ts';
import { isDeleted, isEvent, isOurs, meetRoom, toGoogleEvent, toStored, writtenEvent } from './event-mapping.ts';
import { deleteEvent, getEvent, insertEvent, patchEvent } from './event-requests.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google, GoogleEvent } from './google-client.ts';
import { atCalendar, locateOwnEvents, MAX_GENERATIONS, ownEventId } from './locate-own-events.ts';

/**
 * A service account may list guests and open Meet rooms only when it acts for a user.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events (attendees[])
 */
const mayInvite = (credentials: Google['config']['credentials']): boolean =>
  credentials.type === 'oauth' || credentials.subject !== undefined;

const storedIn = (
  { config }: Google,
  written: E.Either<CallFailure, GoogleEvent>,
): E.Either<CallFailure, StoredCalendarEvent> =>
  E.isLeft(written) ? written : E.right(toStored(written.right, config.googleCalendarId));

/**
 * Inserts with a Meet room when one is asked for. A calendar that cannot have one answers 400 ("Invalid conference type
 * value"): the event is then written without, since a room never blocks a booking.
 */
const insertWithRoom = async (google: Google, event: CalendarEvent, id: string, signal: AbortSignal) => {
  const invite = mayInvite(google.config.credentials);
  const plain: GoogleEvent = { id, ...toGoogleEvent(event, invite) };
  if (O.isNone(event.conference) || !invite) return insertEvent(google, plain, signal);
  const withRoom = { ...plain, ...meetRoom(event.conference.value.requestId) };
  const answer = await insertEvent(google, withRoom, signal);
  return E.isLeft(answer) && answer.left.status === 400 ? insertEvent(google, plain, signal) : answer;
};

/** Who holds an id that Google says is taken: our own event (a repeat), one of ours that was deleted, or a stranger. */
const holderOf = async (
  google: Google,
  event: CalendarEvent,
  id: string,
  signal: AbortSignal,
): GoogleAnswer<GoogleEvent | 'deleted'> => {
  const held = await getEvent(google, id, signal);
  if (E.isLeft(held)) return held.left.status === 410 ? E.right('deleted') : held;
  if (isDeleted(held.right)) return E.right('deleted');
  if (isOurs(held.right, event)) return held;
  return E.left(callFailure('already-exists', 'Google Calendar: an event that is not ours has our event id', 409));
};

/**
 * Writes the booking's event under an id of our own; a repeat finds its own event. An id whose event was deleted cannot
 * be used again, so the next generation's id is taken.
 */
export const createGoogleEvent = async (
  google: Google,
  event: CalendarEvent,
  signal: AbortSignal,
): GoogleAnswer<StoredCalendarEvent> => {
  for (let generation = 0; generation < MAX_GENERATIONS; generation += 1) {
    const id = ownEventId(event, google.config.calendarId, generation);
    const inserted = await insertWithRoom(google, event, id, signal);
    if (E.isRight(inserted)) return storedIn(google, writtenEvent(inserted.right, id, event));
    if (inserted.left.status !== 409) return inserted;
    const holder = await holderOf(google, event, id, signal);
    if (E.isLeft(holder)) return holder;
    if (holder.right !== 'deleted') return E.right(toStored(holder.right, google.config.googleCalendarId));
  }
  const message = `Google Calendar: the booking's event was deleted ${MAX_GENERATIONS} times`;
  return E.left(callFailure('already-exists', message, 409));
};

const GONE = callFailure('calendar-not-found', 'Google Calendar: our event is no longer there', 404);

/**
 * A patch touches only our fields: what the host added (colour, notes of their own, reminders) stays. So does the time to
 * which the host may have moved the event meanwhile, where we do not want to move it.
 */
const patchOf = ({ config }: Google, event: CalendarEvent, stored: StoredCalendarEvent): GoogleEvent => {
  const invite = mayInvite(config.credentials);
  const room = O.isSome(event.conference) && O.isNone(stored.meetingUrl) && invite;
  const { start, end, ...atItsTime } = toGoogleEvent(event, invite);
  const moves = stored.start === undefined || !isSameInstant(stored.start, event.start);
  return {
    ...atItsTime,
    ...(moves ? { start, end } : {}),
    ...(room && O.isSome(event.conference) ? meetRoom(event.conference.value.requestId) : {}),
  };
};

/** Our live event as it is now, or that it is gone. */
const current = async (
  google: Google,
  event: CalendarEvent,
  id: string,
  signal: AbortSignal,
): GoogleAnswer<GoogleEvent> => {
  const found = await getEvent(google, id, signal);
  if (E.isLeft(found)) return found.left.status === 410 ? E.left(GONE) : found;
  return !isDeleted(found.right) && isOurs(found.right, event) ? found : E.left(GONE);
};

const settled = (google: Google, event: CalendarEvent, id: string, patched: GoogleEvent) =>
  isEvent(patched) && patched.id === id && isDeleted(patched)
    ? E.left(GONE)
    : storedIn(google, writtenEvent(patched, id, event));

/**
 * Changes our event under `If-Match`. When the host changed it meanwhile (412), it is read again and our fields are
 * written on top of the host's; a second 412 is left to the caller's retry. Google refuses to patch a deleted event
 * with 403 or 404, or patches it and leaves it deleted: all of it is "gone".
 */
export const changeGoogleEvent = async (
  google: Google,
  event: CalendarEvent,
  stored: StoredCalendarEvent,
  signal: AbortSignal,
): GoogleAnswer<StoredCalendarEvent> => {
  const id = stored.providerEventId;
  const at = atCalendar(google, stored.calendarAddress ?? google.config.googleCalendarId);
  const patch = patchOf(google, event, stored);
  const first = await patchEvent(at, id, patch, O.toUndefined(stored.etag), signal);
  if (E.isRight(first)) return settled(at, event, id, first.right);
  if (first.left.status === 410) return E.left(GONE);
  if (first.left.status !== 412 && first.left.failure.kind !== 'forbidden') return first;
  const now = await current(at, event, id, signal);
  if (E.isLeft(now)) return now;
  if (first.left.status !== 412) return first;
  const second = await patchEvent(at, id, patch, now.right.etag ?? undefined, signal);
  return E.isRight(second) ? settled(at, event, id, second.right) : second;
};

const GONE_STATUSES = [404, 410];

/** How often what is still there is deleted again before it is said that it cannot be. */
const MAX_LOOKS = 3;

/**
 * Removes every live event of the booking, so that none is left whatever happened before. It says so when Google, asked
 * again, has none any more: the empty answer to a deletion may be anybody's.
 */
export const removeGoogleEvent = async (
  google: Google,
  own: OwnEvent,
  signal: AbortSignal,
): GoogleAnswer<'removed' | 'already-gone'> => {
  let removed = 0;
  let hasMoved = false;
  for (let looks = 0; looks <= MAX_LOOKS; looks += 1) {
    const located = await locateOwnEvents(google, own, signal, { isStrict: true, hasMoved });
    if (E.isLeft(located)) {
      const { failure, status } = located.left;
      const why = `Google Calendar: the event was to be deleted, and looking whether it is gone failed: ${failure.message}`;
      return removed === 0 ? located : E.left(callFailure('outcome-unknown', why, status));
    }
    if (located.right.length === 0) return E.right(removed > 0 ? 'removed' : 'already-gone');
    if (looks === MAX_LOOKS) break;
    for (const { event, at } of located.right) {
      hasMoved ||= at === google;
      const answer = await deleteEvent(at, event.id ?? '', signal);
      if (E.isRight(answer)) removed += 1;
      else if (!GONE_STATUSES.includes(answer.left.status)) return answer;
    }
  }
  return E.left(callFailure('outcome-unknown', 'Google Calendar: the event is still there after it was deleted'));
};
