/** Bookings that start in one period of the host's zone; a period is full at this number. */
export type BookingLimits = { readonly [period in 'day' | 'week' | 'month' | 'year']?: number };

/** How far ahead a guest may book. `days` calendar days from today in the host's zone, or whole days from-to (`YYYY-MM-DD`). */
export type BookingWindow =
  | { readonly type: 'unlimited' }
  | { readonly type: 'rolling'; readonly days: number }
  | { readonly type: 'range'; readonly from: string; readonly to: string };

/** Where the meeting takes place, in the words of Cal.com's API v2. */
export type EventLocation =
  | { readonly type: 'address'; readonly address: string }
  | { readonly type: 'link'; readonly link: string }
  | { readonly type: 'phone'; readonly phone: string }
  | { readonly type: 'attendeeAddress' }
  | { readonly type: 'attendeePhone' }
  | { readonly type: 'attendeeDefined' }
  /** A video room; `fallbackLink` is said when the provider gives none. */
  | { readonly type: 'integration'; readonly integration: string; readonly fallbackLink?: string };

/** A question the guest is asked besides name and address. */
export type BookingField = {
  readonly slug: string;
  readonly label: string;
  readonly type: 'text' | 'textarea' | 'number' | 'boolean' | 'select' | 'multiselect' | 'email' | 'phone' | 'url';
  readonly required: boolean;
  readonly options?: ReadonlyArray<string>;
};

/** All durations in whole minutes. */
export type EventType = {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly lengthInMinutes: number;
  /** Lengths a guest may choose from; empty when there is only the one. */
  readonly lengthOptions: ReadonlyArray<number>;
  /** Grid of starts; null: the length. */
  readonly slotInterval: number | null;
  readonly beforeBuffer: number;
  readonly afterBuffer: number;
  readonly minimumNotice: number;
  readonly bookingWindow: BookingWindow;
  readonly limits: BookingLimits;
  readonly requiresConfirmation: boolean;
  readonly locations: ReadonlyArray<EventLocation>;
  readonly bookingFields: ReadonlyArray<BookingField>;
  /** Not listed for strangers; still bookable by id or slug. */
  readonly hidden: boolean;
  readonly guestsAllowed: boolean;
  /** Whether the host must give a reason when cancelling. */
  readonly hostMustGiveReason: boolean;
  readonly cancellable: boolean;
};

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
