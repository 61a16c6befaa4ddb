import * as E from 'fp-ts/lib/Either.js';
import type { BookingEvent } from '../../domain/booking/events/index.ts';
import { bookingEventCodecs } from '../../domain/booking/events/index.ts';
import type { Undecodable } from '../../domain/event/decode.ts';
import { decodeBookingEvent } from '../../domain/event/decode.ts';
import type { RecordedEvent } from '../../domain/event/envelope.ts';
import { newestVersion } from '../../domain/event/upcast.ts';

const types = Object.keys(bookingEventCodecs);
const newest: ReadonlyMap<string, number> = new Map(types.map((type) => [type, newestVersion(type)]));

/**
 * A recorded event whose data is taken at its word, where it is of the newest version: the event was checked when it was
 * written, and the hash chain (`audit verify`) vouches that it is still the same. Anything else is decoded in full.
 */
export const trustedBookingEvent = (recorded: RecordedEvent): E.Either<Undecodable, BookingEvent> =>
  newest.get(recorded.type) === recorded.version
    ? // What was written under this type and version has its shape; only a codec could show it to TypeScript.
      E.right({ type: recorded.type, occurredAt: recorded.occurredAt, data: recorded.data } as BookingEvent)
    : decodeBookingEvent(recorded);
