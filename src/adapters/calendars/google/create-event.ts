import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import type { Google } from './adapter-context.ts';
import { isDeleted, isOurs, meetRoom, toGoogleEvent, toStored } from './event-mapping.ts';
import { getEvent, insertEvent } from './event-requests.ts';
import { callFailure } from './failure-mapping.ts';
import { mayInvite } from './google-calendar-config.ts';
import type { Answer } from './google-client.ts';
import type { GoogleEvent } from './google-library.ts';
import { MAX_GENERATIONS, ownEventId } from './own-event-id.ts';

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
): Answer<GoogleEvent | 'deleted'> => {
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
export const createEvent = async (
  google: Google,
  event: CalendarEvent,
  signal: AbortSignal,
): Answer<StoredCalendarEvent> => {
  for (let generation = 0; generation < MAX_GENERATIONS; generation += 1) {
    const id = ownEventId(event, google.config.calendarId, generation);
    const inserted = await insertWithRoom(google, event, id, signal);
    if (E.isRight(inserted)) return toStored(inserted.right);
    if (inserted.left.status !== 409) return inserted;
    const holder = await holderOf(google, event, id, signal);
    if (E.isLeft(holder)) return holder;
    if (holder.right !== 'deleted') return toStored(holder.right);
  }
  const message = `Google Calendar: the booking's event was deleted ${MAX_GENERATIONS} times`;
  return E.left(callFailure('already-exists', message, 409));
};
