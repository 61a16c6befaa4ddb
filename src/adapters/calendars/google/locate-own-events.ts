import * as E from 'fp-ts/lib/Either.js';
import type { OwnEvent } from '../../../application/ports/calendar.ts';
import { isDeleted, isOurs, markOf } from './event-mapping.ts';
import { getEvent, listMarked } from './event-requests.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google } from './google-client.ts';
import type { GoogleEvent } from './google-library.ts';
import { MAX_GENERATIONS, ownEventId } from './own-event-id.ts';

/** An event of ours and the calendar that it is in, which may be the one that was configured before. */
export type Located = { readonly event: GoogleEvent; readonly at: Google };

/** The same account at another calendar. */
export const atCalendar = ({ call, config }: Google, googleCalendarId: string): Google => ({
  call,
  config: { ...config, googleCalendarId },
});

const inDoubt = (id: string): CallFailure =>
  callFailure('already-exists', `Google Calendar: event ${id} has our id and no mark of anybody, so it was left there`);

/**
 * All live events of one booking in one calendar: by our ids, generation after generation, until an id that was never
 * used. Normally one; two when the host took a deleted one back out of the bin after it was written anew.
 * When not even the first id is known, the calendar is asked by our mark: that tells a calendar that cannot be seen
 * (`calendar-not-found`) from an event that is not there, since Google says 404 for both, and finds later generations
 * after Google forgot the first. `isStrict`: an event under our id without any mark is no absence, but a doubt.
 */
const inCalendar = async (
  at: Google,
  own: OwnEvent,
  isStrict: boolean,
  signal: AbortSignal,
): GoogleAnswer<ReadonlyArray<GoogleEvent>> => {
  const live: Array<GoogleEvent> = [];
  for (let generation = 0; generation < MAX_GENERATIONS; generation += 1) {
    const id = ownEventId(own, at.config.calendarId, generation);
    const answer = await getEvent(at, id, signal);
    if (E.isRight(answer)) {
      if (isDeleted(answer.right)) continue;
      if (isOurs(answer.right, own)) live.push(answer.right);
      else if (isStrict && markOf(answer.right) === undefined) return E.left(inDoubt(id));
    } else if (answer.left.status === 404) {
      if (generation > 0) return E.right(live);
      const marked = await listMarked(at, own.bookingUid, signal);
      return E.isLeft(marked)
        ? marked
        : E.right(marked.right.filter((event) => isOurs(event, own) && !isDeleted(event)));
    } else if (answer.left.status !== 410) {
      return answer;
    }
  }
  return E.right(live);
};

/** Where the log says that the event was stored, when that is not what the calendar is called now. */
const formerOf = (google: Google, own: OwnEvent): string | null => {
  const address = own.stored?.calendarAddress ?? null;
  return address === google.config.googleCalendarId ? null : address;
};

const leftBehind = (google: Google, address: string, { failure }: CallFailure): CallFailure => {
  const now = google.config.googleCalendarId;
  const where = `the event was stored in the Google calendar ${address}, and the calendar is ${now} now, where the event is not`;
  return callFailure('calendar-not-found', `${where}; it could not be looked for there: ${failure.message}`);
};

/**
 * All live events of one booking, also in the calendar that was configured when it was stored. Empty is proof: Google
 * itself said so of each. `hasMoved`: a look before has found it in the calendar of today.
 */
export const locateOwnEvents = async (
  google: Google,
  own: OwnEvent,
  signal: AbortSignal,
  { isStrict = false, hasMoved = false } = {},
): GoogleAnswer<ReadonlyArray<Located>> => {
  const here = await inCalendar(google, own, isStrict, signal);
  if (E.isLeft(here)) return here;
  const located = here.right.map((event) => ({ event, at: google }));
  const address = formerOf(google, own);
  if (address === null || located.length > 0) return E.right(located);
  const at = atCalendar(google, address);
  const there = await inCalendar(at, own, isStrict, signal);
  if (E.isLeft(there)) return hasMoved ? E.right([]) : E.left(leftBehind(google, address, there.left));
  return E.right(there.right.map((event) => ({ event, at })));
};
