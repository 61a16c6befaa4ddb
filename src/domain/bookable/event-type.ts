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
