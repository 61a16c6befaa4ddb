import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import type { Envelope, Json, JsonObject } from '../../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import { newestVersion } from '../../../src/domain/log/decode.ts';
import {
  absenceMarked,
  accepted,
  approvalReminderDue,
  approved,
  cancelled,
  confirmationFailed,
  confirmed,
  decorated,
  decorationFailed,
  expired,
  failed,
  leased,
  leftPending,
  meetingEnded,
  meetingStarted,
  mailboxVerified,
  noShowCheckFellDue,
  notificationParked,
  notificationSent,
  rejected,
  reminderFellDue,
  removalAcknowledged,
  removalFailed,
  removed,
  moved,
  moveFailed,
  moveStarted,
  rescheduleApproved,
  rescheduled,
  rescheduleDeclined,
  rescheduleFailed,
  rescheduleRequested,
  rescheduleWithdrawn,
  requested,
  retryRequested,
  roomFailed,
  roomReady,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

/** One of every kind of booking event. Not a story that could happen. */
export const oneOfEach: ReadonlyArray<BookingEvent> = [
  requested({ room: 'jitsi', fallbackLink: 'https://fallback.example' }),
  { type: 'RequestAbandoned', occurredAt: '2050-09-01T10:00:00Z', data: {} },
  roomReady(),
  roomFailed(),
  leased('work', 'a', '10:00:15'),
  started('work'),
  succeeded('work'),
  failed('work', 'network', { retryAt: '10:00:05' }),
  confirmed('work'),
  confirmationFailed('work'),
  retryRequested('work'),
  decorated('work'),
  decorationFailed('work'),
  accepted(),
  leftPending('calendar_sync_failed', {
    failures: [{ calendarId: 'work', kind: 'network', message: 'network', retryable: true }],
  }),
  mailboxVerified(),
  approved(),
  approvalReminderDue(),
  rejected({ reason: 'ill' }),
  expired(),
  cancelled('guest', { reason: 'ill' }),
  reminderFellDue(60),
  meetingStarted(),
  noShowCheckFellDue(),
  meetingEnded(),
  absenceMarked({ host: true, attendees: { 'runa@example.com': true } }),
  rescheduleRequested(),
  rescheduleApproved(),
  rescheduled(),
  rescheduleDeclined(),
  rescheduleFailed(),
  rescheduleWithdrawn(),
  { type: 'RescheduleAbandoned', occurredAt: '2050-09-01T10:00:00Z', data: { rescheduleId: 'move1' } },
  moveStarted('work'),
  moved('work'),
  moveFailed('work'),
  removed('work'),
  removalFailed('work'),
  removalAcknowledged('work'),
  notificationSent(),
  notificationParked(),
];

/** Data as it lies in the log. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));

export const asObject = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));

/** The events as a stream of the log, chained from its beginning. */
export const sealed = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<Envelope> =>
  seal(sha256Hex)(
    GENESIS_HASH,
    events.map(({ type, data, occurredAt }, index) => ({
      id: `id-${index}`,
      type,
      version: newestVersion(type),
      data: asObject(data),
      occurredAt,
      actor: index % 2 === 0 ? { kind: 'guest' } : { kind: 'host', id: 'odd' },
      correlationId: 'correlation',
      causationId: index === 0 ? null : `id-${index - 1}`,
    })),
  );
