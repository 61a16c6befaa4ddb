import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { offerSlots } from '../../domain/availability/decide-slot.ts';
import { claimsReach } from '../../domain/availability/occupancy.ts';
import { type Slot, type SlotRules, MINUTE_IN_MS } from '../../domain/availability/slot.ts';
import { decidingTime, heldWithin } from '../../domain/schedule/schedule-state.ts';
import type { Interval } from '../../domain/time/time.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import { makeLoopQueue } from '../loop-queue.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { type Calendars, type CalendarUnreadable, readHostBusy } from '../calendars/host-calendars.ts';

export type FindSlotsDeps = {
  readonly buses: Pick<BookingBuses, 'schedules'>;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
};

/** `window`: starts in it, epoch ms, half-open. `except`: uid of a booking that is to be moved. */
export type SlotQuery = {
  readonly rules: SlotRules;
  readonly window: Interval;
  readonly lengthInMinutes: number;
  readonly except?: string;
};

/**
 * The slots that can be booked, by the same decision that books them (I11), against the host's claims and calendars as
 * they are now. A calendar that cannot be read is an error, not an empty or a free day.
 */
export const findSlots = (
  deps: FindSlotsDeps,
): ((query: SlotQuery, signal: AbortSignal) => TaskEither<StoreError | CalendarUnreadable, ReadonlyArray<Slot>>) => {
  const turn = makeLoopQueue();
  return ({ rules, window, lengthInMinutes, except }, signal) =>
    async () => {
      const loaded = await deps.buses.schedules.load(rules.host.id)();
      if (E.isLeft(loaded)) return loaded;
      const { beforeBuffer, afterBuffer } = rules.eventType;
      const reach = {
        start: window.start - beforeBuffer * MINUTE_IN_MS,
        end: window.end + (lengthInMinutes + afterBuffer) * MINUTE_IN_MS,
      };
      const busy = await readHostBusy(deps.calendars)(rules.host, loaded.right.state, reach, signal, except)();
      if (E.isLeft(busy)) return busy;
      await turn();
      // Loaded once more: a caller who shares this answer may have booked while the calendars were read, and must see
      // that booking.
      const present = await deps.buses.schedules.load(rules.host.id)();
      if (E.isLeft(present)) return present;
      const { state } = present.right;
      const claims = heldWithin(state, claimsReach(rules, window, lengthInMinutes));
      const facts = { now: decidingTime(state, deps.clock.now()), claims, busy: busy.right };
      return E.right(offerSlots(rules, facts, window, lengthInMinutes, except));
    };
};

type FindSlots = ReturnType<typeof findSlots>;
type Found = Awaited<ReturnType<ReturnType<FindSlots>>>;

/** A query in progress, and how many callers wait for it. */
type Shared = { readonly answer: Promise<Found>; readonly abandoned: AbortController; waiting: number };

const keyOf = ({ rules, window, lengthInMinutes, except }: SlotQuery): string =>
  JSON.stringify([rules.host.id, rules.eventType.id, window.start, window.end, lengthInMinutes, except ?? null]);

/**
 * Equal queries that come while one is in progress share its answer; the work ends when no caller waits any more.
 * Claims are read last, so that a caller who has booked and then shares an answer sees that booking.
 */
export const sharingSlots = (find: FindSlots): FindSlots => {
  const asked = new Map<string, Shared>();
  const ask = (key: string, query: SlotQuery): Shared => {
    const abandoned = new AbortController();
    const answer = find(query, abandoned.signal)().finally(() => {
      if (asked.get(key) === shared) asked.delete(key);
    });
    const shared: Shared = { answer, abandoned, waiting: 0 };
    asked.set(key, shared);
    return shared;
  };
  return (query, signal) => async () => {
    const key = keyOf(query);
    const shared = asked.get(key) ?? ask(key, query);
    shared.waiting += 1;
    const leave = (): void => {
      shared.waiting -= 1;
      if (shared.waiting > 0) return;
      // The next equal query must not share an abandoned answer.
      if (asked.get(key) === shared) asked.delete(key);
      shared.abandoned.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await shared.answer;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
};
