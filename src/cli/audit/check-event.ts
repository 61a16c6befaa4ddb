import * as E from 'fp-ts/lib/Either.js';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import {
  decodeBookingEvent,
  decodeCalendarEvent,
  decodeScheduleEvent,
  type Undecodable,
} from '../../domain/event/decode.ts';
import type { RecordedEvent } from '../../domain/event/envelope.ts';
import { chainedHash, GENESIS_HASH } from '../../domain/event/hash-chain.ts';

/** Where a stream's chain ends so far. */
export type ChainEnd = { readonly revision: number; readonly hash: string };

/** `erased`: its personal data is gone, which the chain survives (I12). */
export type Checked = 'whole' | 'erased';

const hashOf = chainedHash(sha256Hex);

const isErased = ({ data: { personal } }: RecordedEvent): boolean =>
  typeof personal === 'object' && personal !== null && !Array.isArray(personal) && 'erased' in personal;

const decoderOf = (stream: string): ((event: RecordedEvent) => E.Either<Undecodable, unknown>) | undefined => {
  if (stream.startsWith('booking-')) return decodeBookingEvent;
  if (stream.startsWith('schedule-')) return decodeScheduleEvent;
  if (stream.startsWith('calendar-')) return decodeCalendarEvent;
  return undefined;
};

/** Checks one event against the end of its stream; left says what is wrong. No value is repeated: it may be personal. */
export const checkEvent = (end: ChainEnd | undefined, event: RecordedEvent): E.Either<string, Checked> => {
  const expected = end === undefined ? 0 : end.revision + 1;
  if (event.revision !== expected) return E.left(`revision ${expected} is missing before it`);
  if (hashOf(end?.hash ?? GENESIS_HASH, event) !== event.hash)
    return E.left('its hash is not the one that its content and the events before it make: one of them was changed');
  const decode = decoderOf(event.stream);
  if (decode === undefined) return E.left('its stream is neither of a booking, a schedule nor a calendar');
  if (isErased(event)) return E.right('erased');
  const decoded = decode(event);
  return E.isLeft(decoded) ? E.left(`it cannot be understood: ${decoded.left.reason}`) : E.right('whole');
};
