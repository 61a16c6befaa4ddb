import * as t from 'io-ts';
import { instantCodec, spanCodec } from '../log/codecs.ts';

/**
 * This span of the host's time is taken by a booking, buffers included in `claim`. `icsUid`: UID of its events in calendars
 * (RFC 5545), by which they are known there also after the slot was released.
 */
const slotHeldCodec = t.type({
  bookingUid: t.string,
  icsUid: t.string,
  eventTypeId: t.number,
  start: instantCodec,
  end: instantCodec,
  claim: spanCodec,
});

/** The booking that holds the slot was accepted. */
const slotConfirmedCodec = t.type({ bookingUid: t.string });

/** The slot is free again. */
const slotReleasedCodec = t.type({
  bookingUid: t.string,
  reason: t.keyof({ cancelled: null, rejected: null, expired: null, never_requested: null }),
});

/** Data of every schedule event at its newest version, by type. Claims only, no personal data. A storage format. */
export const scheduleEventCodecs = {
  SlotHeld: slotHeldCodec,
  SlotConfirmed: slotConfirmedCodec,
  SlotReleased: slotReleasedCodec,
} as const;

type Codecs = typeof scheduleEventCodecs;
export type ScheduleEventType = keyof Codecs;
export type ScheduleEventData<T extends ScheduleEventType> = t.TypeOf<Codecs[T]>;
export type ScheduleEvent = {
  readonly [T in ScheduleEventType]: {
    readonly type: T;
    readonly occurredAt: string;
    readonly data: ScheduleEventData<T>;
  };
}[ScheduleEventType];
export type ReleaseReason = ScheduleEventData<'SlotReleased'>['reason'];
