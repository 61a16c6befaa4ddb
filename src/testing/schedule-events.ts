import type { ReleaseReason, ScheduleEvent } from '../domain/schedule/events.ts';
import type { At } from './booking-events.ts';
import type { Time } from './times.ts';
import { instant, START_OF_STORY } from './times.ts';

type Of<T extends ScheduleEvent['type']> = Extract<ScheduleEvent, { readonly type: T }>;

/** A booking holds the host's time from `start` to `end`; `claim`: with its buffers, where there are any. */
export const slotHeld = (
  bookingUid: string,
  start: Time,
  end: Time,
  options: At & { readonly claim?: readonly [Time, Time]; readonly eventTypeId?: number } = {},
): Of<'SlotHeld'> => {
  const [claimStart, claimEnd] = options.claim ?? [start, end];
  return {
    type: 'SlotHeld',
    occurredAt: instant(options.at ?? START_OF_STORY),
    data: {
      bookingUid,
      icsUid: `${bookingUid}@holdfast`,
      eventTypeId: options.eventTypeId ?? 1,
      start: instant(start),
      end: instant(end),
      claim: { start: instant(claimStart), end: instant(claimEnd) },
    },
  };
};

export const slotConfirmed = (bookingUid: string, { at = START_OF_STORY }: At = {}): Of<'SlotConfirmed'> => ({
  type: 'SlotConfirmed',
  occurredAt: instant(at),
  data: { bookingUid },
});

export const slotReleased = (
  bookingUid: string,
  reason: ReleaseReason = 'cancelled',
  { at = START_OF_STORY }: At = {},
): Of<'SlotReleased'> => ({ type: 'SlotReleased', occurredAt: instant(at), data: { bookingUid, reason } });
