import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { DomainEvent, Undecodable } from '../../domain/event/decode.ts';
import { decodeBookingEvent, decodeScheduleEvent } from '../../domain/event/decode.ts';
import type { RecordedEvent } from '../../domain/event/envelope.ts';

/** An event and whose stream it is in; null for a stream of another kind, which is no projection's business. */
export type Understood = { readonly owner: string; readonly event: DomainEvent } | null;

const BOOKING = 'booking-';
const SCHEDULE = 'schedule-';

/** A recorded event in the domain's words. */
export const understand = (recorded: RecordedEvent): E.Either<Undecodable, Understood> => {
  const { stream } = recorded;
  if (stream.startsWith(BOOKING))
    return pipe(
      decodeBookingEvent(recorded),
      E.map((event) => ({ owner: stream.slice(BOOKING.length), event })),
    );
  if (stream.startsWith(SCHEDULE))
    return pipe(
      decodeScheduleEvent(recorded),
      E.map((event) => ({ owner: stream.slice(SCHEDULE.length), event })),
    );
  return E.right(null);
};
