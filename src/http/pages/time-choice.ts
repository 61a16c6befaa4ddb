import * as E from 'fp-ts/lib/Either.js';
import { bookableStarts } from '../../domain/availability/booking-limits.ts';
import { workingDaysOf } from '../../domain/availability/working-hours.ts';
import { startOfDate, toInstant } from '../../domain/time/time.ts';
import { oneText } from '../decoding/decode.ts';
import type { ApiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps, Offer } from '../http-deps.ts';
import type { HttpRequest } from '../transport/endpoint.ts';

const DAY_IN_MS = 86_400_000;
/** Days whose free times are on one page. */
const SHOWN_DAYS = 14;
/** How far ahead a time is looked for where a page has none: whole years would read a calendar for minutes. */
const MOST_AHEAD_DAYS = 366;
/** Days that are asked for at once while looking ahead. */
const STEP_DAYS = 61;

/**
 * The free times of one period. `starts`: UTC instants, shown in `timeZone`. `from`, `until`: its first and last date there;
 * `earlier`, `later`: first dates of the periods beside it, as far as the booking window reaches; null: there is none.
 * `next`: where the period has no free time, the instant of the first one after it; null: none was found before `lookedUntil`.
 */
export type TimeChoice = {
  readonly timeZone: string;
  readonly from: string;
  readonly until: string;
  readonly starts: ReadonlyArray<string>;
  readonly earlier: string | null;
  readonly later: string | null;
  readonly next: string | null;
  readonly lookedUntil: string;
};

/** What times are wanted for. `except`: uid of the booking that is to be moved, `present`: its start; see `findSlots`. */
export type Wanted = {
  readonly offer: Offer;
  readonly lengthInMinutes: number;
  readonly timeZone: string;
  readonly except?: string;
  readonly present?: number;
};

const isZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** A parameter of the page's address: what is missing, twice there, or no such thing is as if it were not there. */
const zoneAsked = ({ query }: HttpRequest): string | null => {
  const zone = oneText(query.zone) ?? '';
  return zone !== '' && zone.length <= 60 && isZone(zone) ? zone : null;
};

const dateAsked = ({ query }: HttpRequest): Temporal.PlainDate | null => {
  const date = oneText(query.from) ?? '';
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  try {
    return Temporal.PlainDate.from(date);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

const dateIn = (epochMs: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone).toPlainDate();

const within = (date: Temporal.PlainDate, first: Temporal.PlainDate, last: Temporal.PlainDate): Temporal.PlainDate => {
  if (Temporal.PlainDate.compare(date, first) < 0) return first;
  return Temporal.PlainDate.compare(date, last) > 0 ? last : date;
};

/** Starts that can be booked from `now` on, by the booking window of the event type, in epoch milliseconds; null: none any more. */
export const bookableFrom = ({ eventType, host }: Offer, now: number): { start: number; end: number } | null => {
  const { start, end } = bookableStarts(eventType.bookingWindow, workingDaysOf(host), now);
  return end <= now ? null : { start: Math.max(start, now), end };
};

type Found = Promise<E.Either<ApiError, ReadonlyArray<number>>>;

const freeStarts =
  ({ findSlots }: Pick<HttpDeps, 'findSlots'>, wanted: Wanted, signal: AbortSignal) =>
  async (window: { readonly start: number; readonly end: number }): Found => {
    const { offer, lengthInMinutes, except, present } = wanted;
    const query = { rules: offer, window, lengthInMinutes, ...(except === undefined ? {} : { except }) };
    const slots = await findSlots(query, signal)();
    if (E.isLeft(slots)) return E.left(fromApplication(slots.left));
    return E.right(slots.right.map(({ start }) => start).filter((start) => start !== present));
  };

/** The first free start from `from` on; null: none before `until`. */
const firstFree = async (
  free: ReturnType<typeof freeStarts>,
  from: number,
  until: number,
): Promise<E.Either<ApiError, number | null>> => {
  for (let start = from; start < until; start += STEP_DAYS * DAY_IN_MS) {
    const found = await free({ start, end: Math.min(until, start + STEP_DAYS * DAY_IN_MS) });
    if (E.isLeft(found)) return found;
    if (found.right[0] !== undefined) return E.right(found.right[0]);
  }
  return E.right(null);
};

/** The period that the address asks for (`from`, a date; `zone`), else the first one. Null: nothing can be booked any more. */
export const timeChoice =
  (deps: Pick<HttpDeps, 'findSlots' | 'clock'>) =>
  async (request: HttpRequest, wanted: Wanted): Promise<E.Either<ApiError, TimeChoice | null>> => {
    const now = deps.clock.now();
    const bookable = bookableFrom(wanted.offer, now);
    if (bookable === null) return E.right(null);
    const timeZone = zoneAsked(request) ?? (isZone(wanted.timeZone) ? wanted.timeZone : 'UTC');
    const first = dateIn(bookable.start, timeZone);
    const last = dateIn(bookable.end - 1, timeZone);
    const from = within(dateAsked(request) ?? first, first, last);
    const following = from.add({ days: SHOWN_DAYS });
    const window = {
      start: Math.max(bookable.start, startOfDate(from, timeZone)),
      end: Math.min(bookable.end, startOfDate(following, timeZone)),
    };
    const free = freeStarts(deps, wanted, request.whenGone());
    const starts = await free(window);
    if (E.isLeft(starts)) return starts;
    const lookedUntil = Math.min(bookable.end, Math.max(window.end, now + MOST_AHEAD_DAYS * DAY_IN_MS));
    const next = starts.right.length > 0 ? E.right(null) : await firstFree(free, window.end, lookedUntil);
    if (E.isLeft(next)) return next;
    const before = within(from.subtract({ days: SHOWN_DAYS }), first, last);
    return E.right({
      timeZone,
      from: from.toString(),
      until: within(following.subtract({ days: 1 }), first, last).toString(),
      starts: starts.right.map(toInstant),
      earlier: before.equals(from) ? null : before.toString(),
      later: window.end < bookable.end ? following.toString() : null,
      next: next.right === null ? null : toInstant(next.right),
      lookedUntil: dateIn(lookedUntil - 1, timeZone).toString(),
    });
  };
