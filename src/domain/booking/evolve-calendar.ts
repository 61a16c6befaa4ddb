import type { Booked, CalendarSync, EventChange, EventMove, Failed, MayHold } from './booking-state.ts';
import type { FailureKind } from '../calendar/calendar-failure.ts';
import type { BookingEventData } from './events.ts';
import { doneBy, type FailedData, failedOf, isUpToDate, notTried } from './evolve-event-change.ts';

const base = ({ calendarId, provider, attempt, mayHold, stored, differences }: CalendarSync) => ({
  calendarId,
  provider,
  attempt,
  mayHold,
  stored,
  ...(differences === undefined ? {} : { differences }),
});

/** The newest failure of a calendar that does not hold the event, also while the next attempt is in flight. */
export const lastFailureOf = (sync: CalendarSync): Failed | null => {
  switch (sync.status) {
    case 'writing':
      return sync.lastFailure;
    case 'failed':
      return sync.failure;
    case 'idle':
    case 'held':
    case 'removed':
    case 'removal-failed':
      return null;
  }
};

/** A start that is no news (repeated, overtaken by its own outcome) changes nothing. */
export const onSyncStarted = (sync: CalendarSync, data: BookingEventData<'CalendarSyncStarted'>): CalendarSync =>
  data.attempt <= sync.attempt || sync.status === 'held' || sync.status === 'removed'
    ? sync
    : { ...base(sync), attempt: data.attempt, status: 'writing', lastFailure: lastFailureOf(sync) };

const notMoved: EventMove = { attempts: 0, writing: false, uncertain: false, failure: null };

/**
 * A success of any attempt counts, however late: the calendar holds the event, also one that was taken out before. A
 * success without an id is none. `start`: when the booking was wanted to begin. `detailsVersion`: how often guests or
 * place have changed by now.
 */
export const onSyncSucceeded = (
  sync: CalendarSync,
  data: BookingEventData<'CalendarSyncSucceeded'>,
  start: string,
  detailsVersion: number,
): CalendarSync =>
  sync.status === 'held' || data.providerEventId.trim() === ''
    ? sync
    : {
        ...base(sync),
        attempt: Math.max(sync.attempt, data.attempt),
        mayHold: 'no',
        stored: { providerEventId: data.providerEventId, calendarAddress: data.calendarAddress ?? null },
        status: 'held',
        providerEventId: data.providerEventId,
        start: data.start ?? start,
        move: notMoved,
        meetingUrl: data.meetingUrl,
        eventStatus: data.status,
        confirmation: { ...notTried, done: data.status === 'confirmed' && isUpToDate(data, detailsVersion) },
        decoration: notTried,
      };

/** Refusals of which it is not sure that nothing was stored: a server that broke after it wrote, or a gateway before it. */
const doubtful: ReadonlySet<FailureKind> = new Set(['provider-error', 'rate-limited']);

const mayHoldAfter = (before: MayHold, kind: FailureKind): MayHold => {
  if (before === 'likely' || kind === 'outcome-unknown') return 'likely';
  return doubtful.has(kind) ? 'unlikely' : before;
};

/** Nothing says that the calendar has the event, but that it once answered with an error of its own. */
export const isUnlikelyHolder = ({ calendars }: Pick<Booked, 'calendars'>, calendarId: string): boolean =>
  calendars.some((sync) => sync.calendarId === calendarId && sync.mayHold === 'unlikely');

/** A failure that a later attempt or a success has overtaken is no news. */
export const onSyncFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  data.attempt < sync.attempt || (sync.status !== 'idle' && sync.status !== 'writing')
    ? sync
    : {
        ...base(sync),
        attempt: data.attempt,
        mayHold: mayHoldAfter(sync.mayHold, data.kind),
        status: 'failed',
        failure: failedOf(data, at),
      };

/** A start that is no news (repeated, overtaken by its own outcome) changes nothing. */
export const onMoveStarted = (
  sync: CalendarSync,
  { attempt }: BookingEventData<'CalendarMoveStarted'>,
): CalendarSync =>
  sync.status === 'held' && attempt > sync.move.attempts
    ? { ...sync, move: { ...sync.move, attempts: attempt, writing: true } }
    : sync;

/**
 * A success of any attempt counts, however late, also after the event was taken out: the calendar holds it at that time.
 * An event that was written anew is told anew where to meet.
 */
export const onMoveSucceeded = (
  sync: CalendarSync,
  data: BookingEventData<'CalendarMoveSucceeded'>,
  detailsVersion: number,
): CalendarSync => {
  if (data.providerEventId.trim() === '') return sync;
  const isDone = data.status === 'confirmed' && isUpToDate(data, detailsVersion);
  const before = sync.status === 'held' ? sync : null;
  return {
    ...base(sync),
    mayHold: 'no',
    stored: { providerEventId: data.providerEventId, calendarAddress: data.calendarAddress ?? null },
    status: 'held',
    providerEventId: data.providerEventId,
    start: data.start,
    move: { ...notMoved, attempts: Math.max(before?.move.attempts ?? 0, data.attempt) },
    meetingUrl: data.meetingUrl ?? before?.meetingUrl ?? null,
    eventStatus: data.status,
    confirmation: isDone ? doneBy(before?.confirmation ?? notTried, { attempt: 0 }) : notTried,
    decoration: before === null || data.created ? notTried : before.decoration,
  };
};

/** Failures of which it is sure that nothing was changed leave no doubt. One of an attempt that was overtaken is no news. */
export const onMoveFailed = (
  sync: CalendarSync,
  data: BookingEventData<'CalendarMoveFailed'>,
  at: string,
): CalendarSync => {
  if (sync.status !== 'held' || data.attempt < sync.move.attempts) return sync;
  const uncertain = sync.move.uncertain || mayHoldAfter('no', data.kind) !== 'no';
  return { ...sync, move: { attempts: data.attempt, writing: false, uncertain, failure: failedOf(data, at) } };
};

const requestedAgain = (failure: Failed, at: string): Failed => ({ ...failure, retryAt: at, retryRequested: true });

const changedAgain = (change: EventChange, at: string): EventChange =>
  change.done || change.failure === null ? change : { ...change, failure: requestedAgain(change.failure, at) };

/** What failed last is due at once. */
export const onRetryRequested = (sync: CalendarSync, at: string): CalendarSync => {
  switch (sync.status) {
    case 'failed':
    case 'removal-failed':
      return { ...sync, failure: requestedAgain(sync.failure, at) };
    case 'held':
      return {
        ...sync,
        move: sync.move.failure === null ? sync.move : { ...sync.move, failure: requestedAgain(sync.move.failure, at) },
        confirmation: changedAgain(sync.confirmation, at),
        decoration: changedAgain(sync.decoration, at),
      };
    case 'idle':
    case 'writing':
    case 'removed':
      return sync;
  }
};

export const onRemoved = (sync: CalendarSync): CalendarSync => ({ ...base(sync), mayHold: 'no', status: 'removed' });

/** Whatever the calendar still shows: it is a person's word from here on. */
export const onRemovalAcknowledged = (sync: CalendarSync): CalendarSync =>
  sync.status === 'removed' ? sync : { ...base(sync), mayHold: 'no', status: 'removed', acknowledged: true };

export const onRemovalFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  sync.status === 'removed' || (sync.status === 'removal-failed' && data.attempt <= sync.removalAttempts)
    ? sync
    : { ...base(sync), status: 'removal-failed', removalAttempts: data.attempt, failure: failedOf(data, at) };
