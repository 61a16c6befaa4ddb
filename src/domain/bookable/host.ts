import type { EventType } from './event-type.ts';

/** Weekly hours in the host's own zone. `days`: ISO weekdays, 1 Monday to 7 Sunday. `from`, `to`: `HH:MM`; `24:00` ends the day. */
export type WeeklyHours = { readonly days: ReadonlyArray<number>; readonly from: string; readonly to: string };

/** Replaces the weekly hours of one local date (`YYYY-MM-DD`); no hours closes the day. */
export type DateOverride = {
  readonly date: string;
  readonly hours: ReadonlyArray<{ readonly from: string; readonly to: string }>;
};

/** `any-of`: one calendar that holds the event is enough; `all-of`: every calendar must. */
export type AcceptancePolicy = 'any-of' | 'all-of';

/** `id` names the schedule stream: lower-case letters, digits and underscores. `number` is the host's id in the Cal.com API. */
export type Host = {
  readonly id: string;
  readonly number: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  readonly weeklyHours: ReadonlyArray<WeeklyHours>;
  readonly dateOverrides: ReadonlyArray<DateOverride>;
  /** Calendars that are written for each booking, and read for busy times. */
  readonly calendarIds: ReadonlyArray<string>;
  readonly acceptance: AcceptancePolicy;
  readonly eventTypes: ReadonlyArray<EventType>;
};
