import type { CalendarSync, Failed } from '../../domain/booking/booking-state.ts';
import { calendarStatusOf, differenceOf } from '../../domain/booking/booking-status.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { HttpDeps } from '../http-deps.ts';

/** What the last try came to that did not succeed; of an event that is held, why it does not say yet what it should. */
const lastFailure = (sync: CalendarSync): Failed | null => {
  if (sync.status === 'held') return sync.move.failure ?? sync.confirmation.failure ?? sync.decoration.failure;
  return 'failure' in sync ? sync.failure : null;
};

/** Guests or place have changed, and the event does not show it yet: a later write is on its way, or failed. */
const upToDate = (sync: Extract<CalendarSync, { readonly status: 'held' }>) =>
  sync.eventStatus === 'confirmed' && !sync.confirmation.done ? { upToDate: false } : {};

export type Sightings = Pick<HttpDeps, 'sightedAt'>;

/**
 * When the calendar last said that it holds the event, UTC instant: by the log, or by watching where that is later. Null: it
 * does not hold it, or the log is from before that was kept. Of one that differs only what was before that is known.
 */
export const lastSeenAt = (uid: string, sync: CalendarSync, { sightedAt }: Sightings): string | null => {
  if (sync.status !== 'held') return null;
  const [logged, sighted] = [
    sync.seenAt ?? null,
    sync.difference === undefined ? sightedAt(sync.calendarId, uid) : null,
  ];
  if (logged === null || sighted === null) return logged ?? sighted;
  return toEpochMs(sighted) > toEpochMs(logged) ? sighted : logged;
};

/**
 * `status`: `held` only where no person changed the event as far as is known, else `missing`, `cancelled` or `moved` (with
 * the time that the calendar shows) and since when. `lastSeenAt`: when the calendar last said that it holds the event.
 * `eventStatus`: what the event there says. `upToDate` false: it has guests or a place of before.
 */
export const presentCalendar = (uid: string, seen: Sightings) => (sync: CalendarSync) => {
  const seenAt = lastSeenAt(uid, sync, seen);
  const failure = lastFailure(sync);
  const difference = differenceOf(sync);
  return {
    calendarId: sync.calendarId,
    status: calendarStatusOf(sync),
    ...(difference === null ? {} : { since: difference.since }),
    ...(difference === null || difference.start === null ? {} : { start: difference.start, end: difference.end }),
    ...(seenAt === null ? {} : { lastSeenAt: seenAt }),
    ...(sync.status === 'removed' && sync.acknowledged === true ? { acknowledged: true } : {}),
    ...(sync.status === 'held' ? { eventStatus: sync.eventStatus, ...upToDate(sync) } : {}),
    ...(failure === null
      ? {}
      : { failure: { kind: failure.kind, message: failure.message, retryAt: failure.retryAt } }),
  };
};
