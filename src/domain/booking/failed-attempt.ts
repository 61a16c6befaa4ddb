import { isRetryable } from '../calendar/calendar-failure.ts';
import { toInstant } from '../time/interval.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEventData } from './events/index.ts';
import { retryDelayMs } from './retry.ts';

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
