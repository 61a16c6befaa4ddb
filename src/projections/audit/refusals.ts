import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import { type ReadsRefusals, readRefusals } from '../../application/refusals/refusal-streams.ts';
import type { RefusalLimits } from '../../application/refusals/record-refusals.ts';
import type { CountedRefusals, RefusalEvent, RefusedRequest } from '../../domain/refusals/refusal.ts';
import { toEpochMs, toInstant } from '../../domain/time/time.ts';

const MINUTE_IN_MS = 60_000;
const HOUR_IN_MS = 3_600_000;

/** What the configuration says of refusals; null: it cannot be read. */
export type ReportLimits = Pick<RefusalLimits, 'listedPerHour' | 'keptDays'> | null;

/**
 * Which refusals are asked for; null: all. `at`: of a time that includes this instant. `from`, `to`: given then, half-open.
 * `attendee`: keyed hash of a mail address. Epoch milliseconds.
 */
export type RefusalQuery = {
  readonly at: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly attendee: string | null;
};

/**
 * `counted`: those that were too many in their hour to be listed, also of an hour of which only a part is asked for.
 * `notCountedYet`: beginnings of hours in which as many are listed as may be, so that more may have been refused, and nothing is
 * counted. `keptDays`: older ones are forgotten; null: the configuration cannot be read.
 */
export type RefusalReport = {
  readonly hostId: string;
  readonly listed: ReadonlyArray<RefusedRequest>;
  readonly counted: ReadonlyArray<CountedRefusals>;
  readonly notCountedYet: ReadonlyArray<string>;
  readonly unreadable: number;
  readonly keptDays: number | null;
};

/** A request without a readable time asked for none, one without a length for the minute it begins in at least. */
const includes = ({ start, lengthInMinutes }: RefusedRequest, at: number): boolean =>
  start !== null && toEpochMs(start) <= at && at < toEpochMs(start) + (lengthInMinutes ?? 1) * MINUTE_IN_MS;

type Known = ReadonlyArray<RefusalEvent>;
type Period = { readonly from: number; readonly to: number };

const isWithin = ({ at }: { readonly at: string }, { from, to }: Period): boolean =>
  from <= toEpochMs(at) && toEpochMs(at) < to;

/** A count has the refusals of a span of time, and nobody knows when in it each came. */
const isCountOf = (counted: CountedRefusals, { from, to }: Period): boolean =>
  toEpochMs(counted.from) < to && from < toEpochMs(counted.at);

const fullHours = (events: Known, listedPerHour: number): ReadonlyArray<number> => {
  const listed = new Map<number, number>();
  for (const event of events) {
    const hour = Math.floor(toEpochMs(event.data.at) / HOUR_IN_MS);
    if (event.type === 'BookingRefused') listed.set(hour, (listed.get(hour) ?? 0) + 1);
    // What the hour had until then is counted; a server that was started again lists as many anew.
    if (event.type === 'RefusalsCounted') listed.delete(Math.floor(toEpochMs(event.data.from) / HOUR_IN_MS));
  }
  return [...listed].flatMap(([hour, count]) => (count >= listedPerHour ? [hour * HOUR_IN_MS] : []));
};

/** Who was refused what, and why. Counts name no time, so they are told whatever time or person is asked for. */
export const refusalReport = async (
  streams: ReadsRefusals,
  hostId: string,
  { at, from, to, attendee }: RefusalQuery,
  limits: ReportLimits,
): Promise<E.Either<StoreError, RefusalReport>> =>
  pipe(
    await readRefusals(streams, hostId),
    E.map(({ events, unreadable }) => {
      const period = { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER };
      const full = fullHours(events, limits?.listedPerHour ?? Number.MAX_SAFE_INTEGER);
      return {
        hostId,
        listed: events.flatMap((event) =>
          event.type === 'BookingRefused' &&
          isWithin(event.data, period) &&
          (at === null || includes(event.data, at)) &&
          (attendee === null || event.data.attendee === attendee)
            ? [event.data]
            : [],
        ),
        counted: events.flatMap((event) =>
          event.type === 'RefusalsCounted' && isCountOf(event.data, period) ? [event.data] : [],
        ),
        notCountedYet: full.filter((hour) => hour < period.to && period.from < hour + HOUR_IN_MS).map(toInstant),
        unreadable,
        keptDays: limits?.keptDays ?? null,
      };
    }),
  );
