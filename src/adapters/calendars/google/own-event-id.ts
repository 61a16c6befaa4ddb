import { createHash } from 'node:crypto';
import type { OwnEvent } from '../../../application/ports/calendar.ts';

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
