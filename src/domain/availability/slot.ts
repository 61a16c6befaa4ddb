import type { EventType } from '../bookable/event-type.ts';
import type { Host } from '../bookable/host.ts';
import type { Interval } from '../time/time.ts';

/** Time that can be booked: `[start, end)` is the meeting, `claim` the meeting with its buffers. Epoch milliseconds. */
export type Slot = Interval & { readonly claim: Interval };

export type SlotRules = { readonly host: Host; readonly eventType: EventType };

/** A live booking's hold on its host's time, pending ones included. `claim` has the buffers inside; `start` is the meeting's. */
export type HeldClaim = {
  readonly claim: Interval;
  readonly start: number;
  readonly eventTypeId: number;
  readonly bookingUid: string;
};

/**
 * What is known when a slot is decided. `now`: epoch milliseconds. `claims`: the live bookings of the host that reach into
 * `claimsReach`, past ones too, since booking limits count them. `busy`: external calendars, without the event of a booking that
 * is being moved; a calendar that cannot be read never gets this far (I10).
 */
export type SlotFacts = {
  readonly now: number;
  readonly claims: ReadonlyArray<HeldClaim>;
  readonly busy: ReadonlyArray<Interval>;
};

/** `start`: epoch milliseconds. `except`: uid of the booking that is being moved; what it holds is left out of account. */
export type SlotRequest = { readonly start: number; readonly lengthInMinutes: number; readonly except?: string };

export type LimitPeriod = 'day' | 'week' | 'month' | 'year';

/** Why a slot cannot be booked. Codes are part of the HTTP API: never renamed. Times are epoch milliseconds. */
export type SlotRefusal =
  | { readonly code: 'start_in_past' }
  | { readonly code: 'inside_minimum_notice'; readonly earliest: number }
  | { readonly code: 'beyond_booking_window'; readonly bookable: Interval }
  | { readonly code: 'invalid_length'; readonly allowed: ReadonlyArray<number> }
  | { readonly code: 'off_grid'; readonly stepInMinutes: number }
  | { readonly code: 'outside_hours' }
  | { readonly code: 'booking_limit_reached'; readonly period: LimitPeriod; readonly limit: number }
  | { readonly code: 'slot_unavailable'; readonly cause: 'booking' | 'calendar' };

export const MINUTE_IN_MS = 60_000;

/** The meeting's times, and the claim that its buffers make of them. */
export const slotAt = (eventType: EventType, start: number, lengthInMinutes: number): Slot => {
  const end = start + lengthInMinutes * MINUTE_IN_MS;
  return {
    start,
    end,
    claim: {
      start: start - eventType.beforeBuffer * MINUTE_IN_MS,
      end: end + eventType.afterBuffer * MINUTE_IN_MS,
    },
  };
};
