import { describe, expect, it } from 'vitest';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { react } from '../../../src/domain/saga/react.ts';
import {
  accept,
  accepted,
  cancelled,
  confirmationFailed,
  confirmed,
  confirmEvent,
  confirmSlot,
  decorated,
  decorateEvent,
  expire,
  failed,
  releaseSlot,
  removed,
  removeFromCalendar,
  requested,
  retryRequested,
  sequence,
  started,
  succeeded,
  writeCalendar,
} from '../../../src/testing/index.ts';

const both = { calendars: ['work', 'home'] };
const giveUp = expire('calendar_sync_failed', '12:00');

describe('I1 an event is tentative until its booking is accepted', () => {
  const held = [requested(), started('work'), succeeded('work')] as const;

  it('no event is confirmed before the booking is accepted, whatever the other calendars say', () => {
    sequence(...held).yields(accept());
    sequence(requested({ ...both, acceptance: 'all-of' }), started('work'), succeeded('work')).yields(
      writeCalendar('home'),
      giveUp,
    );
  });

  it('then each calendar that holds it is told, once', () => {
    sequence(...held, accepted())
      .yields(confirmSlot(), confirmEvent('work'))
      .endsAs('accepted');
    sequence(...held, accepted(), confirmed('work'))
      .yields(confirmSlot())
      .endsAs('accepted');
    sequence(
      requested(both),
      started('work'),
      succeeded('work'),
      started('home'),
      succeeded('home', 'evt-2'),
      accepted(),
      confirmed('home'),
    )
      .yields(confirmSlot(), confirmEvent('work'))
      .endsAs('accepted');
  });

  it('what was written confirmed, after the acceptance or by an earlier release, is not written again', () => {
    sequence(requested(), started('work'), succeeded('work', 'evt-1', { status: 'confirmed' }), accepted())
      .yields(confirmSlot())
      .endsAs('accepted');
    sequence(
      requested(both),
      started('work'),
      succeeded('work', 'evt-1', { status: 'confirmed' }),
      accepted(),
      started('home'),
      succeeded('home', 'evt-2', { status: 'confirmed' }),
    )
      .yields(confirmSlot())
      .endsAs('accepted');
  });

  it('a failure is tried again as planned, and no failure takes the acceptance back', () => {
    sequence(...held, accepted(), confirmationFailed('work', 'network', { retryAt: '10:00:05' }))
      .yields(confirmSlot(), confirmEvent('work', 2, '10:00:05'))
      .endsAs('accepted');
    sequence(...held, accepted(), confirmationFailed('work', 'auth-revoked'))
      .yields(confirmSlot())
      .endsAs('accepted');
    sequence(...held, accepted(), confirmationFailed('work', 'auth-revoked'), retryRequested('work', { at: '11:00' }))
      .yields(confirmSlot(), confirmEvent('work', 2, '11:00'))
      .endsAs('accepted');
  });

  it('after a cancel nothing is confirmed any more, only removed', () => {
    sequence(...held, accepted(), cancelled())
      .yields(releaseSlot('cancelled'), removeFromCalendar('work'))
      .endsAs('cancelled');
    sequence(...held, accepted(), cancelled(), confirmed('work'))
      .yields(releaseSlot('cancelled'), removeFromCalendar('work'))
      .endsAs('cancelled');
    const late = foldBooking([...held, accepted(), cancelled(), removed('work'), confirmed('work')]);
    expect(react(late)).toEqual([releaseSlot('cancelled')]);
  });

  it('goes before the meeting link, which waits for no confirmation that was given up', () => {
    const meet = requested({ room: 'google-meet', calendars: [{ calendarId: 'work', provider: 'google' }] });
    const tentative = [meet, started('work'), succeeded('work'), accepted()] as const;
    sequence(...tentative)
      .yields(confirmSlot(), confirmEvent('work'))
      .endsAs('accepted');
    sequence(...tentative, confirmed('work'))
      .yields(confirmSlot(), decorateEvent('work'))
      .endsAs('accepted');
    sequence(...tentative, confirmed('work'), decorated('work'))
      .yields(confirmSlot())
      .endsAs('accepted');
    sequence(...tentative, confirmationFailed('work', 'forbidden'))
      .yields(confirmSlot(), decorateEvent('work'))
      .endsAs('accepted');
  });
});

describe('a try that was asked for', () => {
  it('makes a write due that only a person could help, and is as open as the first', () => {
    sequence(requested(), started('work'), failed('work', 'auth-revoked'), retryRequested('work', { at: '10:30' }))
      .yields(
        { type: 'LeavePending', reason: 'calendar_sync_failed', at: '2050-09-05T10:00:03Z' },
        writeCalendar('work', 2, '10:30'),
        giveUp,
      )
      .endsAs('pending');
  });
});
