import type { BookingEvent } from '../../domain/booking/events.ts';
import { toEpochMs } from '../../domain/time/time.ts';

/**
 * An answer of a calendar. `begunAt`: revision of the intent in the log, null: the log has no intent of such a call. `tookMs`:
 * from there to the answer, else as the answer says; null: an earlier log, which does not.
 */
export type CalendarCall = {
  readonly calendarId: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly begunAt: number | null;
  readonly tookMs: number | null;
};

/** The end of an event's type says what came of a call; what began one is no answer. */
const outcomeOf = (event: BookingEvent): string | null => {
  if (!('calendarId' in event.data) || !('attempt' in event.data)) return null;
  if (event.type.endsWith('Started')) return null;
  return 'kind' in event.data ? `${event.data.kind}: ${event.data.message}` : 'done';
};

/** Calls are begun by an event of their own where a lost answer would leave something behind. */
const begunBy = (event: BookingEvent): string | null => {
  if (!('calendarId' in event.data) || !('attempt' in event.data)) return null;
  const { calendarId, attempt } = event.data;
  const verb = /^Calendar(Sync|Move)/.exec(event.type)?.[1];
  return verb === undefined ? null : `${verb} ${calendarId} ${attempt}`;
};

/** Goes along a stream and tells how long each call took. */
export const makeCallClock = () => {
  const begun = new Map<string, { readonly at: number; readonly revision: number }>();
  return (event: BookingEvent, revision: number): CalendarCall | null => {
    const call = begunBy(event);
    const at = toEpochMs(event.occurredAt);
    if (call !== null && event.type.endsWith('Started')) begun.set(call, { at, revision });
    const outcome = outcomeOf(event);
    if (outcome === null || !('calendarId' in event.data) || !('attempt' in event.data)) return null;
    const from = call === null ? undefined : begun.get(call);
    const { calendarId, attempt } = event.data;
    const begunAt = from?.revision ?? null;
    const took = 'tookMs' in event.data ? (event.data.tookMs ?? null) : null;
    return { calendarId, attempt, outcome, begunAt, tookMs: from === undefined ? took : at - from.at };
  };
};
