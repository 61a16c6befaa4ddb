import type { BookingEventType } from '../../domain/booking/events/index.ts';
import { intervalOf } from '../../domain/time/interval.ts';
import type { Projection } from '../projection.ts';
import { ignored } from '../projection.ts';

/** A span of a host's time that a booking holds. Epoch milliseconds; `claim` includes the buffers. */
export type AgendaEntry = {
  readonly bookingUid: string;
  readonly hostId: string;
  readonly eventTypeId: number;
  readonly start: number;
  readonly end: number;
  readonly claim: { readonly start: number; readonly end: number };
  readonly status: 'held' | 'confirmed';
};

const bookingEvents: { readonly [T in BookingEventType]: typeof ignored } = {
  BookingRequested: ignored,
  RequestAbandoned: ignored,
  EffectLeased: ignored,
  RoomReady: ignored,
  RoomFailed: ignored,
  CalendarSyncStarted: ignored,
  CalendarSyncSucceeded: ignored,
  CalendarSyncFailed: ignored,
  CalendarEventDecorated: ignored,
  CalendarDecorationFailed: ignored,
  BookingAccepted: ignored,
  BookingLeftPending: ignored,
  BookingApproved: ignored,
  BookingRejected: ignored,
  BookingExpired: ignored,
  BookingCancelled: ignored,
  CalendarRemovalSucceeded: ignored,
  CalendarRemovalFailed: ignored,
  NotificationSent: ignored,
  NotificationParked: ignored,
};

/** Who holds a host's time when. A row goes when its slot is released. */
export const agendaProjection: Projection<AgendaEntry | null> = {
  name: 'agenda',
  initial: null,
  on: {
    ...bookingEvents,
    SlotHeld: ({ event: { data }, owner }) => [
      {
        key: data.bookingUid,
        to: () => ({
          bookingUid: data.bookingUid,
          hostId: owner,
          eventTypeId: data.eventTypeId,
          ...intervalOf(data),
          claim: intervalOf(data.claim),
          status: 'held',
        }),
      },
    ],
    SlotConfirmed: ({ event: { data } }) => [
      { key: data.bookingUid, to: (entry) => (entry === null ? null : { ...entry, status: 'confirmed' }) },
    ],
    SlotReleased: ({ event: { data } }) => [{ key: data.bookingUid, to: () => null }],
  },
};
