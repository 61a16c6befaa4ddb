import { isLeft } from 'fp-ts/lib/Either.js';
import QuickLRU from 'quick-lru';
import type { UnreadableObject } from '../../../../application/ports/calendar.ts';
import type { Interval } from '../../../../domain/time/time.ts';
import { readMultistatus } from '../multistatus.ts';
import type { ObjectDoubt } from './run-job.ts';

/** Requests that finding the days of unreadable objects may take; what is not found by then is blocked throughout. */
const MAX_REQUESTS = 24;

/** The multistatus of the objects that the server says overlap with an interval. Throws where it does not say. */
export type AskListing = (interval: Interval) => Promise<string>;

/** What was found of objects that have not changed since, by version and days. */
export type KnownDays = QuickLRU<string, ReadonlyArray<Interval>>;
/** For one calendar; twice as many are kept at most. */
const MAX_KNOWN = 500;
export const makeKnownDays = (): KnownDays => new QuickLRU({ maxSize: MAX_KNOWN });

/** The host's days that touch the window. */
const daysOf = (window: Interval, hostTimeZone: string): ReadonlyArray<Interval> => {
  const at = (epochMs: number) => Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(hostTimeZone);
  const days: Interval[] = [];
  for (let day = at(window.start).startOfDay(); day.epochMilliseconds < window.end;) {
    const next = day.add({ days: 1 }).startOfDay();
    days.push({ start: day.epochMilliseconds, end: next.epochMilliseconds });
    day = next;
  }
  return days;
};

/** Servers place floating times and dates in a zone of their own, mostly UTC: what they say of a day is moved by that. */
const blockedOf = (days: ReadonlyArray<Interval>, hostTimeZone: string): Interval => {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return { start: 0, end: 0 };
  const offsetMs =
    Temporal.Instant.fromEpochMilliseconds(first.start).toZonedDateTimeISO(hostTimeZone).offsetNanoseconds / 1_000_000;
  return { start: first.start - Math.max(0, offsetMs), end: last.end + Math.max(0, -offsetMs) };
};

/**
 * When objects that cannot be read are: as the server says, asked for ever smaller windows down to a day of the host. Where
 * it does not answer, contradicts itself or is asked too often, the whole window that it was asked for is blocked.
 */
export const findUnreadableDays = async (
  doubts: ReadonlyArray<ObjectDoubt>,
  window: Interval,
  hostTimeZone: string,
  ask: AskListing,
  known: KnownDays,
): Promise<ReadonlyArray<UnreadableObject>> => {
  const days = daysOf(window, hostTimeZone);
  const blocked = new Map<string, Interval[]>();
  let requests = 0;

  const block = (href: string, from: number, to: number): void => {
    blocked.set(href, [...(blocked.get(href) ?? []), blockedOf(days.slice(from, to), hostTimeZone)]);
  };
  const listedIn = async (from: number, to: number, hrefs: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
    const [first, last] = [days[from], days[to - 1]];
    requests += 1;
    if (requests > MAX_REQUESTS || first === undefined || last === undefined) return hrefs;
    const resources = readMultistatus(await ask({ start: first.start, end: last.end }));
    if (isLeft(resources) || resources.right.some(({ status }) => status === 507)) return hrefs;
    const listed = new Set(resources.right.filter(({ status }) => status !== 404).map(({ href }) => href));
    return hrefs.filter((href) => listed.has(href));
  };
  /** Answers with those that were found between the days. */
  const visit = async (from: number, to: number, hrefs: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
    if (hrefs.length === 0) return [];
    const there = await listedIn(from, to, hrefs);
    if (to - from === 1 || requests > MAX_REQUESTS) {
      for (const href of there) block(href, from, to);
      return there;
    }
    const middle = Math.floor((from + to) / 2);
    const found = new Set([...(await visit(from, middle, there)), ...(await visit(middle, to, there))]);
    // The server said that it is there, and then of no part of it: nobody knows.
    for (const href of there) if (!found.has(href)) block(href, from, to);
    return there;
  };

  const keyOf = ({ version }: ObjectDoubt): string | null =>
    version === null ? null : `${version} ${days[0]?.start} ${days.at(-1)?.end}`;
  // Looked up once: what is remembered now may be forgotten when the answers are.
  const before = doubts.map((doubt) => known.get(keyOf(doubt) ?? ''));
  const asked = doubts.filter((_, index) => before[index] === undefined);
  await visit(0, days.length, [...new Set(asked.map(({ href }) => href))]);
  return doubts.map((doubt, index) => {
    const { href, reason } = doubt;
    const times = before[index] ?? blocked.get(href) ?? [];
    const key = keyOf(doubt);
    if (key !== null && requests <= MAX_REQUESTS) known.set(key, times);
    return { href, reason, blocked: times };
  });
};
