import type { CalendarSync, Failed } from './booking-state.ts';
import type { BookingEventData } from './events/index.ts';

type FailedData = BookingEventData<'CalendarSyncFailed'>;

const failedOf = (data: FailedData, failedAt: string): Failed => ({
  kind: data.kind,
  message: data.message,
  retryable: data.retryable,
  retryAt: data.retryAt,
  failedAt,
});

const base = ({ calendarId, provider, attempt, mayHold, stored }: CalendarSync) => ({
  calendarId,
  provider,
  attempt,
  mayHold,
  stored,
});

/** The newest failure of a calendar that does not hold the event, also while the next attempt is under way. */
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
export const syncStarted = (sync: CalendarSync, data: BookingEventData<'CalendarSyncStarted'>): CalendarSync =>
  data.attempt <= sync.attempt || sync.status === 'held' || sync.status === 'removed'
    ? sync
    : { ...base(sync), attempt: data.attempt, status: 'writing', lastFailure: lastFailureOf(sync) };

/**
 * A success of any attempt counts, however late: the calendar holds the event, also one that was taken out before. A
 * success without an id is none.
 */
export const syncSucceeded = (sync: CalendarSync, data: BookingEventData<'CalendarSyncSucceeded'>): CalendarSync =>
  sync.status === 'held' || data.providerEventId.trim() === ''
    ? sync
    : {
        ...base(sync),
        attempt: Math.max(sync.attempt, data.attempt),
        mayHold: false,
        stored: { providerEventId: data.providerEventId, calendarAddress: data.calendarAddress ?? null },
        status: 'held',
        providerEventId: data.providerEventId,
        meetingUrl: data.meetingUrl,
        decorated: false,
        decoration: null,
        decorationAttempts: 0,
      };

/** A failure that a later attempt or a success has overtaken is no news. */
export const syncFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  data.attempt < sync.attempt || (sync.status !== 'idle' && sync.status !== 'writing')
    ? sync
    : {
        ...base(sync),
        attempt: data.attempt,
        mayHold: sync.mayHold || data.kind === 'outcome-unknown',
        status: 'failed',
        failure: failedOf(data, at),
      };

export const decorated = (sync: CalendarSync, data: BookingEventData<'CalendarEventDecorated'>): CalendarSync =>
  sync.status === 'held' ? { ...sync, decorated: true, decoration: null, meetingUrl: data.meetingUrl } : sync;

export const decorationFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  sync.status === 'held' && !sync.decorated && data.attempt > sync.decorationAttempts
    ? { ...sync, decoration: failedOf(data, at), decorationAttempts: data.attempt }
    : sync;

export const removed = (sync: CalendarSync): CalendarSync => ({ ...base(sync), mayHold: false, status: 'removed' });

export const removalFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  sync.status === 'removed' || (sync.status === 'removal-failed' && data.attempt <= sync.removalAttempts)
    ? sync
    : { ...base(sync), status: 'removal-failed', removalAttempts: data.attempt, failure: failedOf(data, at) };
