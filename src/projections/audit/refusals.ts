import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import { type ReadsRefusals, readRefusals } from '../../application/refusals/refusal-streams.ts';
import type { CountedRefusals, RefusedRequest } from '../../domain/refusals/refusal.ts';
import { toEpochMs } from '../../domain/time/time.ts';

const MINUTE_IN_MS = 60_000;

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

/** `counted`: those that were too many in their hour to be listed. `keptDays`: older ones are forgotten; null: the configuration cannot be read. */
export type RefusalReport = {
  readonly hostId: string;
  readonly listed: ReadonlyArray<RefusedRequest>;
  readonly counted: ReadonlyArray<CountedRefusals>;
  readonly unreadable: number;
  readonly keptDays: number | null;
};

/** A request without a readable time asked for none, one without a length for the minute it begins in at least. */
const includes = ({ start, lengthInMinutes }: RefusedRequest, at: number): boolean =>
  start !== null && toEpochMs(start) <= at && at < toEpochMs(start) + (lengthInMinutes ?? 1) * MINUTE_IN_MS;

/** Who was refused what, and why. Counts name no time, so they are told whatever time or person is asked for. */
export const refusalReport = async (
  streams: ReadsRefusals,
  hostId: string,
  { at, from, to, attendee }: RefusalQuery,
  keptDays: number | null,
): Promise<E.Either<StoreError, RefusalReport>> =>
  pipe(
    await readRefusals(streams, hostId, { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER }),
    E.map(({ events, unreadable }) => ({
      hostId,
      listed: events.flatMap((event) =>
        event.type === 'BookingRefused' &&
        (at === null || includes(event.data, at)) &&
        (attendee === null || event.data.attendee === attendee)
          ? [event.data]
          : [],
      ),
      counted: events.flatMap((event) => (event.type === 'RefusalsCounted' ? [event.data] : [])),
      unreadable,
      keptDays,
    })),
  );
