import * as E from 'fp-ts/lib/Either.js';
import type { OwnEvent } from '../../../application/ports/calendar.ts';
import type { Google } from './adapter-context.ts';
import { isDeleted, isOurs } from './event-mapping.ts';
import { getEvent, listMarked } from './event-requests.ts';
import type { Answer } from './google-client.ts';
import type { GoogleEvent } from './google-library.ts';
import { MAX_GENERATIONS, ownEventId } from './own-event-id.ts';

type Own = Pick<OwnEvent, 'bookingUid'>;

/**
 * All live events of one booking in this calendar: by our ids, generation after generation, until an id that was never
 * used. Normally one; two when the host took a deleted one back out of the bin after it was written anew.
 * When not even the first id is known, the calendar is asked by our mark: that tells a calendar that cannot be seen
 * (`calendar-not-found`) from an event that is not there, since Google says 404 for both, and finds later generations
 * after Google forgot the first.
 */
export const locateOwnEvents = async (
  google: Google,
  own: Own,
  signal: AbortSignal,
): Answer<ReadonlyArray<GoogleEvent>> => {
  const live: Array<GoogleEvent> = [];
  for (let generation = 0; generation < MAX_GENERATIONS; generation += 1) {
    const answer = await getEvent(google, ownEventId(own, google.config.calendarId, generation), signal);
    if (E.isRight(answer)) {
      if (!isDeleted(answer.right) && isOurs(answer.right, own)) live.push(answer.right);
    } else if (answer.left.status === 404) {
      return generation === 0 ? listMarked(google, own.bookingUid, signal) : E.right(live);
    } else if (answer.left.status !== 410) {
      return answer;
    }
  }
  return E.right(live);
};
