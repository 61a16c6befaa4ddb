import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import type { OwnEvent } from '../../../application/ports/calendar.ts';
import { isDeleted, isOurs, markOf } from './event-mapping.ts';
import { getEvent } from './event-requests.ts';
import { type CallFailure, callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google, GoogleEvent } from './google-client.ts';
import { listMarked } from './list-events.ts';

/**
 * How often one booking can be written anew after its event was deleted: Google never gives a deleted event's id free
 * while it remembers the event, so each writing after a deletion takes the next id.
 */
export const MAX_GENERATIONS = 8;

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const BITS_PER_CHARACTER = 5n;
/** 160 bits: 32 characters, 20 bytes of the hash. */
const ID_BYTES = 20;
const ID_LENGTH = 32;

const base32hex = (bytes: Uint8Array): string => {
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return Array.from({ length: ID_LENGTH }, (_, position) => {
    const shift = BigInt(ID_LENGTH - 1 - position) * BITS_PER_CHARACTER;
    return ALPHABET.charAt(Number((value >> shift) & 31n));
  }).join('');
};

/**
 * The event id that we choose: the same for the same booking, calendar and generation, so that a repeated insert meets
 * its own event. Letters a to v and digits, 5 to 1024 characters:
 * https://developers.google.com/workspace/calendar/api/v3/reference/events (id); RFC 2938 section 3.1.2.
 */
export const ownEventId = (own: Pick<OwnEvent, 'bookingUid'>, calendarId: string, generation: number): string => {
  const hash = createHash('sha256')
    .update(JSON.stringify([own.bookingUid, calendarId, generation]))
    .digest();
  return base32hex(hash.subarray(0, ID_BYTES));
};

/**
 * The `iCalUID` that Google makes of an event that is inserted with our id: `<id>@google.com`, the id being the first
 * one of the booking. It cannot be chosen: only one of `id` and `iCalUID` may be sent (same page).
 */
export const iCalUidOf = (own: Pick<OwnEvent, 'bookingUid'>, calendarId: string): string =>
  `${ownEventId(own, calendarId, 0)}@google.com`;

/** An event of ours and the calendar that it is in, which may be the one that was configured before. */
type Located = { readonly event: GoogleEvent; readonly at: Google };

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
