import { describe, it } from 'vitest';
import {
  accept,
  accepted,
  confirmEvent,
  confirmSlot,
  expire,
  expired,
  failed,
  leavePending,
  leftPending,
  releaseSlot,
  requested,
  resolveWrite,
  sequence,
  started,
  succeeded,
  writeCalendar,
} from '../../../src/testing/index.ts';

const giveUp = expire('calendar_sync_failed', '12:00');
const both = { calendars: ['work', 'home'] };

describe('the settle window (S07)', () => {
  const oneFailed = [requested(both), started('work'), started('home'), failed('work', 'forbidden')] as const;

  it('S07 a failure beside an open write waits for it before anybody is told', () => {
    sequence(...oneFailed)
      .yields(leavePending('calendar_sync_failed', '10:00:03'), resolveWrite('home'), giveUp)
      .at('10:00:02')
      .endsAs('pending');
  });

  it('S07 the success may come before or after the failure, within the window or after it', () => {
    sequence(...oneFailed, succeeded('home', 'evt-1', { at: '10:00:02' }))
      .yields(accept())
      .endsAs('accepted');
    sequence(requested(both), started('home'), succeeded('home'), started('work'), failed('work', 'forbidden'))
      .yields(accept())
      .endsAs('accepted');
    sequence(
      ...oneFailed,
      leftPending('calendar_sync_failed', { at: '10:00:03', failures: [failed('work', 'forbidden')] }),
      succeeded('home', 'evt-1', { at: '10:00:09' }),
    )
      .yields(accept())
      .endsAs('accepted');
  });

  it('counts from the first failure, also while that calendar is tried again', () => {
    sequence(
      requested(both),
      started('work'),
      started('home'),
      failed('work', 'network', { retryAt: '10:00:02' }),
      started('work', { attempt: 2, at: '10:00:02' }),
    ).yields(leavePending('calendar_sync_failed', '10:00:03'), resolveWrite('work', 2), resolveWrite('home'), giveUp);
  });
});

describe('retries of a write', () => {
  it('are planned until one succeeds; only then is it confirmed', () => {
    const first = failed('work', 'network', { retryAt: '10:00:05' });
    const told = leftPending('calendar_sync_failed', { failures: [first] });
    sequence(requested(), started('work'), first)
      .yields(leavePending('calendar_sync_failed'), writeCalendar('work', 2, '10:00:05'), giveUp)
      .endsAs('pending');
    sequence(requested(), started('work'), first, told, started('work', { attempt: 2 }))
      .yields(resolveWrite('work', 2), giveUp)
      .endsAs('pending');
    sequence(
      requested(),
      started('work'),
      first,
      told,
      started('work', { attempt: 2, at: '10:00:05' }),
      failed('work', 'rate-limited', { attempt: 2, at: '10:00:06', retryAt: '10:00:20' }),
      started('work', { attempt: 3, at: '10:00:20' }),
      succeeded('work', 'evt-1', { attempt: 3, at: '10:00:21', found: true }),
    )
      .yields(accept())
      .endsAs('accepted');
  });

  it('end at the deadline: the booking expires and its slot is released', () => {
    sequence(requested(), started('work'), failed('work', 'network', { at: '11:59:58' }))
      .at('12:00')
      .endsAs('expired');
    sequence(requested(), started('work'), failed('work'), expired()).yields(releaseSlot('expired')).endsAs('expired');
  });

  it('a write that never answers expires too', () => {
    sequence(requested(), started('work')).at('12:00').endsAs('expired');
  });

  it('what was given up for the deadline alone is taken up again once another calendar made it accepted', () => {
    const late = failed('work', 'network', { at: '11:59:58' });
    sequence(
      requested(both),
      started('work'),
      late,
      started('home', { at: '11:59:59' }),
      succeeded('home', 'evt-1', { at: '11:59:59' }),
      accepted({ at: '11:59:59' }),
    )
      .yields(confirmSlot(), writeCalendar('work', 2, '11:59:59'), confirmEvent('home'))
      .endsAs('accepted');
    const again = failed('work', 'network', { attempt: 2, at: '14:29:59' });
    sequence(
      requested(both),
      started('work'),
      late,
      started('home'),
      succeeded('home'),
      accepted({ at: '11:59:59' }),
      started('work', { attempt: 2 }),
      again,
    )
      .yields(confirmSlot(), confirmEvent('home'))
      .endsAs('accepted');
  });
});
