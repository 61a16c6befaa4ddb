import { isRetryable } from '../calendar/calendar-failure.ts';
import { toInstant } from '../time/interval.ts';
import type { BookingCommandOf, RetryPolicy } from './commands.ts';
import type { BookingEventData } from './events.ts';
import { backoffMs } from '../time/backoff.ts';

/**
 * Whole milliseconds to wait after attempt `attempt` (from 1). A wait that the provider asked for is the least.
 * `jitter` in [0, 1) spreads many bookings that failed together.
 */
export const retryDelayMs = (policy: RetryPolicy, attempt: number, jitter: number, retryAfterMs = 0): number => {
  const full = backoffMs(policy.baseMs, policy.capMs, attempt);
  return Math.ceil(Math.max(full * (1 - jitter / 2), retryAfterMs));
};

/**
 * How many attempts fit into `withinMs`, the first one at 0, with the full waits: after
 * so many nobody tries again. At least 1, at most 1000.
 */
export const attemptsWithin = (policy: RetryPolicy, withinMs: number): number => {
  let attempts = 1;
  for (let elapsed = retryDelayMs(policy, 1, 0); elapsed <= withinMs && attempts < 1000; attempts += 1)
    elapsed += retryDelayMs(policy, attempts + 1, 0);
  return attempts;
};

type FailureCommand = BookingCommandOf<
  'RecordCalendarFailure' | 'RecordConfirmationFailure' | 'RecordDecorationFailure' | 'RecordRemovalFailure'
>;

const stored = (command: FailureCommand, retryable: boolean, until: number): BookingEventData<'CalendarSyncFailed'> => {
  const { kind, message, retryAfterMs } = command.failure;
  const due = command.now + retryDelayMs(command.retry, command.attempt, command.jitter, retryAfterMs);
  const retryAt = retryable && due < until ? toInstant(due) : null;
  return { calendarId: command.calendarId, attempt: command.attempt, kind, message, retryable, retryAt };
};

/** A failure as it is stored, with the plan for the next try; one that would come after `until` (epoch ms) is none. */
export const failedAttempt = (command: FailureCommand, until: number): BookingEventData<'CalendarSyncFailed'> =>
  stored(command, isRetryable(command.failure.kind), until);

/**
 * Removals are tried again whatever the kind: an orphan in somebody's calendar does not become less wrong. Only a calendar
 * that is not connected cannot be asked: the removal stays outstanding, and is tried once the configuration has it again.
 */
export const failedRemoval = (
  command: BookingCommandOf<'RecordRemovalFailure'>,
  until: number,
): BookingEventData<'CalendarRemovalFailed'> => stored(command, command.failure.kind !== 'no-credential', until);
