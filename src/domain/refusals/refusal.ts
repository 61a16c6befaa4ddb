import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { SlotRefusal } from '../availability/slot.ts';
import { instantCodec, orNull } from '../log/envelope.ts';
import { describeErrors } from '../log/decode.ts';
import { toInstant } from '../time/time.ts';

/**
 * Why a request was refused: first what is about the time, then what stood in its way before anybody looked at the time, and
 * `move_refused`, where the booking itself is not to be moved. Stored names: never renamed.
 */
export const refusalReasons = [
  'slot_taken',
  'calendar_busy',
  'calendar_unreadable',
  'outside_hours',
  'off_grid',
  'invalid_length',
  'start_in_past',
  'inside_minimum_notice',
  'beyond_booking_window',
  'booking_limit_reached',
  'invalid_request',
  'unsupported_feature',
  'event_type_not_found',
  'idempotency_key_reused',
  'mail_limit_reached',
  'overloaded',
  'move_refused',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** `detail`: what the reason needs to be understood, such as the limit that was reached; no text that anybody wrote. */
export type ReasonOfRefusal = {
  readonly reason: RefusalReason;
  readonly detail: { readonly [name: string]: string | number };
};

export const reasonOfSlot = (refusal: SlotRefusal): ReasonOfRefusal => {
  switch (refusal.code) {
    case 'slot_unavailable':
      return { reason: refusal.cause === 'booking' ? 'slot_taken' : 'calendar_busy', detail: {} };
    case 'off_grid':
      return { reason: refusal.code, detail: { stepInMinutes: refusal.stepInMinutes } };
    case 'invalid_length':
      return { reason: refusal.code, detail: { allowed: refusal.allowed.join(', ') } };
    case 'booking_limit_reached':
      return { reason: refusal.code, detail: { limit: refusal.limit, period: refusal.period } };
    case 'inside_minimum_notice':
      return { reason: refusal.code, detail: { earliest: toInstant(refusal.earliest) } };
    case 'beyond_booking_window': {
      const { start, end } = refusal.bookable;
      return { reason: refusal.code, detail: { from: toInstant(start), to: toInstant(end) } };
    }
    case 'start_in_past':
    case 'outside_hours':
      return { reason: refusal.code, detail: {} };
  }
};

const isReason = (value: unknown): value is RefusalReason => refusalReasons.some((reason) => reason === value);
const reasonCodec = new t.Type<RefusalReason, RefusalReason, unknown>(
  'a reason of a refusal',
  isReason,
  (value, context) => (isReason(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

const refusedCodec = t.type({
  at: instantCodec,
  asked: t.union([t.literal('booking'), t.literal('move')]),
  /** The booking that was to be moved; null: a new one was asked for, and got no stream. */
  bookingUid: orNull(t.string),
  /** Null, as the time is: it was not said, or not in a way that can be read. */
  eventTypeId: orNull(t.number),
  start: orNull(instantCodec),
  lengthInMinutes: orNull(t.number),
  reason: reasonCodec,
  detail: t.record(t.string, t.union([t.string, t.number])),
  /** Keyed hash of the mail address of whoever asked; null: a move, whose booking says who, or none was said. */
  attendee: orNull(t.string),
});

/** Refusals that were too many to be listed, from `from` on, up to `at`. */
const countedCodec = t.type({
  from: instantCodec,
  at: instantCodec,
  count: t.number,
  reasons: t.record(t.string, t.number),
});

/** Keeps the place of a stream whose older events are all forgotten. */
const trimmedCodec = t.type({ at: instantCodec });

export type RefusedRequest = t.TypeOf<typeof refusedCodec>;
export type CountedRefusals = t.TypeOf<typeof countedCodec>;

/** What the stream of a host's refusals has; stored names. */
export type RefusalEvent =
  | { readonly type: 'BookingRefused'; readonly data: RefusedRequest }
  | { readonly type: 'RefusalsCounted'; readonly data: CountedRefusals }
  | { readonly type: 'RefusalsTrimmed'; readonly data: { readonly at: string } };

const codec = t.union([
  t.type({ type: t.literal('BookingRefused'), data: refusedCodec }),
  t.type({ type: t.literal('RefusalsCounted'), data: countedCodec }),
  t.type({ type: t.literal('RefusalsTrimmed'), data: trimmedCodec }),
]);

/** Left: why a stored event is not understood. */
export const decodeRefusal = (stored: {
  readonly type: string;
  readonly data: unknown;
}): E.Either<string, RefusalEvent> => pipe(codec.decode(stored), E.mapLeft(describeErrors));
