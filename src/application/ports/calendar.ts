import type { CalendarProviderName } from '../../domain/booking/events.ts';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventStatus } from '../../domain/booking/calendar-events.ts';
import type { Seen } from '../../domain/booking/watch-commands.ts';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import type { KnownOutage } from '../../domain/calendar/calendar-state.ts';
import type { Interval } from '../../domain/time/time.ts';

export type Person = { readonly name: string; readonly email: string };

/**
 * What is written to a calendar for one booking. `start`, `end`: UTC instants in ISO 8601. `timeZone`: the host's IANA
 * zone. `bookingUid` is also our mark in the event; `icsUid` and `sequence` are RFC 5545 UID and SEQUENCE. `status`:
 * `tentative` until the booking is accepted, and nobody in the event has accepted before; the time is blocked either way.
 */
export type CalendarEvent = {
  readonly bookingUid: string;
  readonly icsUid: string;
  readonly sequence: number;
  readonly status: EventStatus;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly organizer: Person;
  readonly attendees: ReadonlyArray<Person>;
  /** Asks the calendar for a video room of its own (Google Meet), with a request id of its own per booking. */
  readonly conference: Option<{ readonly requestId: string }>;
};

/** Where an event was stored. `calendarAddress`: the calendar's URL, or its provider's id of it; null: not known. */
export type Where = { readonly providerEventId: string; readonly calendarAddress: string | null };

/**
 * What the calendar holds. `calendarAddress`: where it does, for calendars whose address can change. `etag` where the
 * protocol has one. `meetingUrl` once the calendar's own room exists. `start`: when the event begins there, UTC instant;
 * not there: it is not known.
 */
export type StoredCalendarEvent = {
  readonly providerEventId: string;
  readonly calendarAddress?: string;
  readonly etag: Option<string>;
  readonly meetingUrl: Option<string>;
  readonly start?: string;
};

/**
 * Ours and nobody else's: enough to compute the provider's id of the event without having been told it, and what the
 * log knows beside it. `stored`: under which id, and where, the calendar was last known to hold the event; it shows when
 * the calendar has another address by now. `start`, `end`: UTC instants of the booking. `organizer`: whom
 * we write as ORGANIZER, the same for the booking's life; not there: it is not known.
 */
export type OwnEvent = {
  readonly bookingUid: string;
  readonly icsUid: string;
  readonly stored?: Where;
  readonly start?: string;
  readonly end?: string;
  readonly organizer?: Person;
};

/**
 * An object of the calendar that could not be read. `href`: its address at the provider. `reason`: our own words, which
 * quote no text of the calendar. `blocked`: the times that count as busy because of it.
 */
export type UnreadableObject = {
  readonly href: string;
  readonly reason: string;
  readonly blocked: ReadonlyArray<Interval>;
};

/** An event that says it is of this booking. `href`: its address at the provider. `start`: UTC instant; null: not understood. */
export type MarkedEvent = { readonly bookingUid: string; readonly href: string; readonly start: string | null };

/** `busy`: every time that is taken or in doubt, what is `blocked` too; neither merged nor sorted. */
export type BusyReading = {
  readonly busy: ReadonlyArray<Interval>;
  readonly unreadable: ReadonlyArray<UnreadableObject>;
};

/**
 * What may have been changed in a calendar since `token`: a hint, and never proof of anything. `touched`: ids of events at the
 * provider; `unknown`: any of them. `token` is for the next call; null: the calendar has none.
 */
export type CalendarChanges = {
  readonly token: string | null;
  readonly touched: ReadonlyArray<string> | 'unknown';
};

/** A channel as we ask for it: our id and token come back with each word. `address`: of ours. `untilMs`: epoch milliseconds. */
export type WantedChannel = {
  readonly id: string;
  readonly token: string;
  readonly address: string;
  readonly untilMs: number;
};

/** A channel as the provider knows it. */
export type OpenChannel = { readonly id: string; readonly resourceId: string; readonly untilMs: number };

/** A provider that says by itself that something was changed, and not what: a hint to ask it soon. */
export type CalendarPush = {
  readonly open: (wanted: WantedChannel, signal: AbortSignal) => TaskEither<CalendarFailure, OpenChannel>;
  readonly close: (channel: OpenChannel, signal: AbortSignal) => TaskEither<CalendarFailure, unknown>;
};

/** Watching what people do to our events. Nothing of it changes an event. */
export type CalendarWatch = {
  /** Not there: it has to be asked. */
  readonly push?: CalendarPush;
  /** `token` null: at the first call. One request where nothing has changed. */
  readonly changes: (token: string | null, signal: AbortSignal) => TaskEither<CalendarFailure, CalendarChanges>;
  /**
   * Versions of events at the provider, in the order of `ids`; null: not there, or not known. A hint as well: for a calendar
   * that `changes` has no token of, so that only what is another than before is asked for. Not there: all of them are.
   */
  readonly versions?: (
    ids: ReadonlyArray<string>,
    signal: AbortSignal,
  ) => TaskEither<CalendarFailure, ReadonlyArray<string | null>>;
  /**
   * Asks for our event directly, by our own id. Missing is a definite answer: each place was asked and said so, and the
   * calendar showed that it is there. Whatever is less certain than that is a failure.
   */
  readonly look: (own: OwnEvent, signal: AbortSignal) => TaskEither<CalendarFailure, Seen>;
};

/**
 * One calendar of one host. Every call has a time limit and ends early when `signal` aborts. No call ever throws.
 * An answer that never came after a write is `outcome-unknown`; before anything was sent it is `network`.
 */
export type Calendar = {
  readonly calendarId: string;
  readonly provider: CalendarProviderName;
  /** UID that this calendar will give its event of a booking, whatever we ask for; not there: it takes ours. */
  readonly uidGiven?: (bookingUid: string) => string;
  /** Looks for the calendar itself, and answers where it is; not there: it has no address of its own to look for. */
  readonly locate?: (signal: AbortSignal) => TaskEither<CalendarFailure, string>;
  /** Events in `window` that carry our mark, whatever the log says of them; a hint, no proof of absence (I10). Not there: it cannot list them. */
  readonly listMarked?: (
    window: Interval,
    signal: AbortSignal,
  ) => TaskEither<CalendarFailure, ReadonlyArray<MarkedEvent>>;
  /** Repeatable: when our event is there already, that one is the answer. Success without a provider id is a failure. */
  readonly create: (event: CalendarEvent, signal: AbortSignal) => TaskEither<CalendarFailure, StoredCalendarEvent>;
  /** Looks our event up by our own id. */
  readonly find: (own: OwnEvent, signal: AbortSignal) => TaskEither<CalendarFailure, Option<StoredCalendarEvent>>;
  /**
   * Changes our event to what is given, its time too, under the id that it has (`If-Match`); `calendar-not-found` when it
   * is gone. A repeat writes the same again. Where `stored.start` is the time that is written, the event is not to be moved:
   * one that a person has moved or cancelled meanwhile keeps what that person did, as a success or as a failure to be retried.
   */
  readonly change: (
    event: CalendarEvent,
    stored: StoredCalendarEvent,
    signal: AbortSignal,
  ) => TaskEither<CalendarFailure, StoredCalendarEvent>;
  /** Removes our event, found by our own id. Gone already is success and says so. */
  readonly remove: (own: OwnEvent, signal: AbortSignal) => TaskEither<CalendarFailure, 'removed' | 'already-gone'>;
  /** Not there: nothing of it is watched. */
  readonly watch?: CalendarWatch;
  /**
   * Busy times that touch `window`, our own events in `except` left out. A calendar that cannot be read is a failure, a
   * single object that cannot be read is busy and named: neither is ever free.
   */
  readonly busy: (
    window: Interval,
    except: ReadonlyArray<OwnEvent>,
    signal: AbortSignal,
  ) => TaskEither<CalendarFailure, BusyReading>;
};

/** The last look at a calendar by this process. `failure` null: it could be read. */
type CalendarTry = {
  readonly at: string;
  readonly tookMs: number;
  readonly failure: CalendarFailure | null;
};

/** `outage`: as the log has it, as far as this process knows. */
export type TriedCalendar = { readonly last: CalendarTry; readonly outage: KnownOutage | null };
