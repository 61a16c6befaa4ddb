import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { CalendarEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import type { Google } from './adapter-context.ts';
import { isDeleted, isOurs, meetRoom, toGoogleEvent, toStored } from './event-mapping.ts';
import { getEvent, patchEvent } from './event-requests.ts';
import { callFailure } from './failure-mapping.ts';
import { mayInvite } from './google-calendar-config.ts';
import type { Answer } from './google-client.ts';
import type { GoogleEvent } from './google-library.ts';

const GONE = callFailure('calendar-not-found', 'Google Calendar: our event is no longer there', 404);

/** A patch touches only our fields: what the host added (colour, notes of their own, reminders) stays. */
const patchOf = ({ config }: Google, event: CalendarEvent, stored: StoredCalendarEvent): GoogleEvent => {
  const invite = mayInvite(config.credentials);
  const room = O.isSome(event.conference) && O.isNone(stored.meetingUrl) && invite;
  return {
    ...toGoogleEvent(event, invite),
    ...(room && O.isSome(event.conference) ? meetRoom(event.conference.value.requestId) : {}),
  };
};

/** Our live event as it is now, or that it is gone. */
const current = async (google: Google, event: CalendarEvent, id: string, signal: AbortSignal): Answer<GoogleEvent> => {
  const found = await getEvent(google, id, signal);
  if (E.isLeft(found)) return found.left.status === 410 ? E.left(GONE) : found;
  return !isDeleted(found.right) && isOurs(found.right, event) ? found : E.left(GONE);
};

const settled = (patched: GoogleEvent) => (isDeleted(patched) ? E.left(GONE) : toStored(patched));

/**
 * Changes our event under `If-Match`. When the host changed it meanwhile (412), it is read again and our fields are
 * written on top of the host's; a second 412 is left to the caller's retry. Google refuses to patch a deleted event
 * with 403 or 404, or patches it and leaves it deleted: all of it is "gone".
 */
export const changeEvent = async (
  google: Google,
  event: CalendarEvent,
  stored: StoredCalendarEvent,
  signal: AbortSignal,
): Answer<StoredCalendarEvent> => {
  const id = stored.providerEventId;
  const patch = patchOf(google, event, stored);
  const first = await patchEvent(google, id, patch, O.toUndefined(stored.etag), signal);
  if (E.isRight(first)) return settled(first.right);
  if (first.left.status === 410) return E.left(GONE);
  if (first.left.status !== 412 && first.left.failure.kind !== 'forbidden') return first;
  const now = await current(google, event, id, signal);
  if (E.isLeft(now)) return now;
  if (first.left.status !== 412) return first;
  const second = await patchEvent(google, id, patch, now.right.etag ?? undefined, signal);
  return E.isRight(second) ? settled(second.right) : second;
};
