import { describe, it } from 'vitest';
import {
  accepted,
  cancelled,
  completeReschedule,
  confirmed,
  confirmSlot,
  failReschedule,
  inOrder,
  moved,
  moveEvent,
  moveFailed,
  moveStarted,
  removeFromCalendar,
  releaseSlot,
  requested,
  rescheduleApproved,
  rescheduled,
  rescheduleFailed,
  rescheduleRequested,
  resolveMove,
  sequence,
  settleReschedule,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const held = [requested(), started('work'), succeeded('work'), accepted(), confirmed('work')] as const;
const [first, ...rest] = held;

describe('the saga, by what becomes of a move', () => {
  it('S30 a move that was asked for is carried to the calendar, until five minutes later', () => {
    sequence(first, ...rest, rescheduleRequested({ at: '10:01' })).yields(
      confirmSlot(),
      failReschedule('calendar_refused', '10:06'),
      moveEvent('work'),
    );
  });

  it('S30 once the calendar holds it there the new time is in force', () => {
    sequence(first, ...rest, rescheduleRequested(), moveStarted('work'), moved('work'))
      .yields(confirmSlot(), completeReschedule())
      .endsAs('accepted');
    sequence(first, ...rest, rescheduleRequested(), moveStarted('work'), moved('work'), rescheduled()).yields(
      settleReschedule(true),
      confirmSlot(),
    );
  });

  it('a move that was begun, and whose answer never came, is looked up; nothing is given up meanwhile', () => {
    sequence(first, ...rest, rescheduleRequested(), moveStarted('work')).yields(confirmSlot(), resolveMove('work'));
  });

  it('a calendar that refuses for good ends the move, and the event that did not move is left alone', () => {
    const refused = [rescheduleRequested(), moveStarted('work'), moveFailed('work', 'forbidden')] as const;
    sequence(first, ...rest, ...refused).yields(confirmSlot(), failReschedule('calendar_refused'));
  });

  it('an event that may have moved is moved back when the move came to nothing', () => {
    const unknown = moveFailed('work', 'outcome-unknown', { at: '10:04', retryAt: '10:04:59' });
    sequence(first, ...rest, rescheduleRequested(), moveStarted('work'), unknown).yields(
      confirmSlot(),
      failReschedule('calendar_refused', '10:05'),
      moveEvent('work', 2, '10:04:59'),
    );
  });

  it('S32 a move that waits for the host asks no calendar', () => {
    const asked = rescheduleRequested({ requiresApproval: true });
    sequence(first, ...rest, asked).yields(confirmSlot(), failReschedule('approval_missed', '14:30'));
    sequence(first, ...rest, asked, rescheduleApproved({ at: '10:02' })).yields(
      confirmSlot(),
      failReschedule('calendar_refused', '10:07'),
      moveEvent('work'),
    );
  });

  it('a move that comes off after the cancellation is taken out of the calendar', () => {
    sequence(
      first,
      ...rest,
      rescheduleRequested(),
      moveStarted('work'),
      inOrder(cancelled('guest'), moved('work')),
    ).yields(releaseSlot('cancelled'), removeFromCalendar('work'));
  });

  it('a booking without a calendar moves at once', () => {
    sequence(requested({ calendars: [] }), accepted({ reason: 'no_calendar_connected' }), rescheduleRequested())
      .yields(confirmSlot(), completeReschedule())
      .endsAs('accepted');
  });

  it('what a later event says of a move that has ended changes nothing', () => {
    sequence(
      first,
      ...rest,
      rescheduleRequested({ requiresApproval: true }),
      rescheduleFailed('approval_missed', { at: '14:30' }),
    ).yields(settleReschedule(false), confirmSlot());
  });
});
