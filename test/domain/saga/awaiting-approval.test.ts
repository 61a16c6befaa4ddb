import { describe, it } from 'vitest';
import {
  accept,
  approvalReminderDue,
  approved,
  expire,
  expired,
  failed,
  leavePending,
  leftPending,
  rejected,
  releaseSlot,
  remindOfApproval,
  requested,
  sequence,
  started,
  succeeded,
  writeCalendar,
} from '../../../src/testing/index.ts';

const asked = requested({ requiresApproval: true, deadline: '11:00' });
const waiting = leftPending('awaiting_approval');
const missed = expire('approval_missed', '14:30');

describe('approval', () => {
  it('no calendar is called before the host approves', () => {
    sequence(asked).yields(leavePending('awaiting_approval'), missed).endsAs('pending');
    sequence(asked, waiting).yields(missed).endsAs('pending');
  });

  it('approved: written, and given as long for it as after a request', () => {
    const yes = approved({ at: '12:30' });
    sequence(asked, waiting, yes)
      .yields(writeCalendar('work'), expire('calendar_sync_failed', '13:30'))
      .endsAs('pending');
    sequence(asked, waiting, yes, started('work', { at: '12:30' }), succeeded('work', 'evt-1', { at: '12:30:01' }))
      .yields(accept())
      .endsAs('accepted');
  });

  it('the time after an approval ends with the start, or with the end where the host says yes in between', () => {
    sequence(asked, waiting, approved({ at: '13:30' })).yields(
      writeCalendar('work'),
      expire('calendar_sync_failed', '14:00'),
    );
    sequence(asked, waiting, approved({ at: '14:10' })).yields(
      writeCalendar('work'),
      expire('calendar_sync_failed', '14:30'),
    );
  });

  it('approved, then refused by the calendar: pending, and the host is not asked again', () => {
    const refused = failed('work', 'network', { at: '12:30:01', retryAt: '12:30:06' });
    sequence(asked, waiting, approved({ at: '12:30' }), started('work', { at: '12:30' }), refused)
      .yields(
        leavePending('calendar_sync_failed'),
        writeCalendar('work', 2, '12:30:06'),
        expire('calendar_sync_failed', '13:30'),
      )
      .endsAs('pending');
    sequence(
      asked,
      waiting,
      approved({ at: '12:30' }),
      started('work', { at: '12:30' }),
      refused,
      started('work', { attempt: 2, at: '12:30:06' }),
      succeeded('work', 'evt-1', { attempt: 2, at: '12:30:07' }),
    ).endsAs('accepted');
  });

  it('rejected: the slot is released and no calendar is called', () => {
    sequence(asked, waiting, rejected()).yields(releaseSlot('rejected')).endsAs('rejected');
  });

  it('missed: expires at the end of the meeting', () => {
    sequence(asked, waiting).at('14:29').endsAs('pending');
    sequence(asked, waiting).at('14:30').endsAs('expired');
    sequence(asked, waiting, expired('approval_missed', { at: '14:30' }))
      .yields(releaseSlot('expired'))
      .endsAs('expired');
  });

  describe('with a deadline and reminders of its own', () => {
    const planned = requested({ approval: { deadline: '13:00', remindAt: ['11:00', '12:00'] } });
    const told = leftPending('awaiting_approval', { deadline: '13:00' });

    it('the host is reminded, each time once, and the request expires at the deadline, before the start', () => {
      sequence(planned, told)
        .yields(remindOfApproval(1, '11:00'), expire('approval_missed', '13:00'))
        .at('12:59')
        .endsAs('pending');
      sequence(planned, told, approvalReminderDue(1, { at: '11:00' })).yields(
        remindOfApproval(2, '12:00'),
        expire('approval_missed', '13:00'),
      );
      sequence(planned, told, approvalReminderDue(2, { at: '12:00' })).yields(expire('approval_missed', '13:00'));
      sequence(planned, told).at('13:00').endsAs('expired');
    });

    it('once the host has decided, nobody reminds', () => {
      sequence(planned, told, approved({ at: '10:30' })).yields(
        writeCalendar('work'),
        expire('calendar_sync_failed', '12:30'),
      );
    });
  });

  it('with no calendar connected, the approval alone decides', () => {
    const noCalendar = requested({ requiresApproval: true, calendars: [] });
    sequence(noCalendar).endsAs('pending');
    sequence(noCalendar, approved()).yields(accept()).endsAs('accepted');
  });
});
