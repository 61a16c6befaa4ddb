import * as E from 'fp-ts/lib/Either.js';
import type { OwnEvent } from '../../../application/ports/calendar.ts';
import type { Google } from './adapter-context.ts';
import { deleteEvent } from './event-requests.ts';
import type { Answer } from './google-client.ts';
import { locateOwnEvents } from './locate-own-events.ts';

const GONE_STATUSES = [404, 410];

/** Removes every live event of the booking, so that none is left whatever happened before. */
export const removeEvent = async (
  google: Google,
  own: OwnEvent,
  signal: AbortSignal,
): Answer<'removed' | 'already-gone'> => {
  const located = await locateOwnEvents(google, own, signal);
  if (E.isLeft(located)) return located;
  let removed = 0;
  for (const { id } of located.right) {
    if (typeof id !== 'string') continue;
    const answer = await deleteEvent(google, id, signal);
    if (E.isRight(answer)) removed += 1;
    else if (!GONE_STATUSES.includes(answer.left.status)) return answer;
  }
  return E.right(removed > 0 ? 'removed' : 'already-gone');
};
