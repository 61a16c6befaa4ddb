import type { CalendarSync, EventChange, Failed } from './booking-state.ts';
import type { BookingEventData } from './events.ts';

export type FailedData = BookingEventData<'CalendarSyncFailed'>;

/** A failure as the state keeps it. */
export const failedOf = (data: FailedData, failedAt: string): Failed => ({
  kind: data.kind,
  message: data.message,
  retryable: data.retryable,
  retryAt: data.retryAt,
  failedAt,
  retryRequested: false,
});

/** Nothing was tried yet. */
export const notTried: EventChange = { done: false, attempts: 0, failure: null };

type Attempt = { readonly attempt: number };

export const doneBy = (change: EventChange, { attempt }: Attempt): EventChange => ({
  done: true,
  attempts: Math.max(change.attempts, attempt),
  failure: null,
});

/** Written in full, but with the guests or the place of before: it has to be written once more. */
const outdatedBy = (change: EventChange, written: Attempt): EventChange => ({
  ...doneBy(change, written),
  done: false,
});

/** Whether what was written has the guests and the place of now. `present`: how often they have changed by now. */
export const isUpToDate = ({ detailsVersion = 0 }: { readonly detailsVersion?: number }, present: number): boolean =>
  detailsVersion === present;

/** Guests or place have changed: an event that is held is written again, at once. Attempts count on. */
export const onDetailsChanged = (sync: CalendarSync): CalendarSync =>
  sync.status === 'held'
    ? { ...sync, confirmation: { done: false, attempts: sync.confirmation.attempts, failure: null } }
    : sync;

/** A failure that is no news, or was overtaken, changes nothing. */
const failedBy = (change: EventChange, data: FailedData, at: string): EventChange =>
  change.done || data.attempt <= change.attempts
    ? change
    : { done: false, attempts: data.attempt, failure: failedOf(data, at) };

export const onDecorated = (sync: CalendarSync, data: BookingEventData<'CalendarEventDecorated'>): CalendarSync =>
  sync.status === 'held' ? { ...sync, decoration: doneBy(sync.decoration, data), meetingUrl: data.meetingUrl } : sync;

export const onDecorationFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  sync.status === 'held' ? { ...sync, decoration: failedBy(sync.decoration, data, at) } : sync;

/** `detailsVersion`: how often guests or place have changed by now. */
export const onConfirmed = (
  sync: CalendarSync,
  data: BookingEventData<'CalendarEventConfirmed'>,
  detailsVersion: number,
): CalendarSync => {
  if (sync.status !== 'held') return sync;
  const written = isUpToDate(data, detailsVersion) ? doneBy : outdatedBy;
  return { ...sync, eventStatus: 'confirmed', confirmation: written(sync.confirmation, data) };
};

export const onConfirmationFailed = (sync: CalendarSync, data: FailedData, at: string): CalendarSync =>
  sync.status === 'held' ? { ...sync, confirmation: failedBy(sync.confirmation, data, at) } : sync;
