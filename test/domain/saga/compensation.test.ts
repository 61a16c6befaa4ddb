import { describe, expect, it } from 'vitest';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import {
  accepted,
  cancelled,
  confirmSlot,
  confirmed,
  decorateEvent,
  decorated,
  decorationFailed,
  expired,
  failed,
  rejected,
  releaseSlot,
  removalFailed,
  removeFromCalendar,
  removed,
  requested,
  sequence,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const released = releaseSlot('cancelled');

describe('what a calendar holds of a booking that is not live is taken out again', () => {
  it('S36 after a cancel', () => {
    const gone = [requested(), started('work'), succeeded('work'), accepted(), cancelled()] as const;
    sequence(...gone)
      .yields(released, removeFromCalendar('work'))
      .endsAs('cancelled');
    sequence(...gone, removed('work'))
      .yields(released)
      .endsAs('cancelled');
  });

  it('S37 again and again while the calendar refuses', () => {
    const refused = removalFailed('work', 'auth-revoked', { retryAt: '10:00:05' });
    sequence(requested(), started('work'), succeeded('work'), accepted(), cancelled(), refused)
      .yields(released, removeFromCalendar('work', 2, '10:00:05'))
      .endsAs('cancelled');
    sequence(
      requested(),
      started('work'),
      succeeded('work'),
      accepted(),
      cancelled(),
      refused,
      removed('work', { attempt: 2 }),
    )
      .yields(released)
      .endsAs('cancelled');
    sequence(requested(), started('work'), succeeded('work'), accepted(), cancelled(), removalFailed('work')).yields(
      released,
    );
  });

  it('what a server may have stored before it answered 5xx is looked for; after a refusal nothing', () => {
    for (const kind of ['provider-error', 'rate-limited', 'outcome-unknown'] as const) {
      sequence(requested(), started('work'), failed('work', kind), cancelled())
        .yields(released, removeFromCalendar('work'))
        .endsAs('cancelled');
      sequence(requested(), started('work'), failed('work', kind), expired())
        .yields(releaseSlot('expired'), removeFromCalendar('work'))
        .endsAs('expired');
    }
    for (const kind of ['forbidden', 'invalid-request', 'calendar-not-found', 'network', 'auth-expired'] as const)
      sequence(requested(), started('work'), failed('work', kind), cancelled()).yields(released).endsAs('cancelled');
    const first = failed('work', 'provider-error', { retryAt: '10:00:05' });
    const second = [started('work', { attempt: 2 }), failed('work', 'network', { attempt: 2 })] as const;
    sequence(requested(), started('work'), first, ...second, cancelled())
      .yields(released, removeFromCalendar('work'))
      .endsAs('cancelled');
  });

  it('a success that comes after cancel, rejection or expiry does not bring the booking back', () => {
    for (const [end, phase] of [
      [cancelled(), 'cancelled'],
      [rejected(), 'rejected'],
      [expired(), 'expired'],
    ] as const)
      sequence(requested(), started('work'), end, succeeded('work'))
        .yields(releaseSlot(phase), removeFromCalendar('work'))
        .endsAs(phase);
  });

  it('a success that comes after the removal is removed too', () => {
    sequence(requested(), started('work'), cancelled(), removed('work', { outcome: 'already-gone' }), succeeded('work'))
      .yields(released, removeFromCalendar('work'))
      .endsAs('cancelled');
  });

  it('a write that was under way, or whose answer was lost, may have left an event', () => {
    sequence(requested(), started('work'), cancelled()).yields(released, removeFromCalendar('work'));
    sequence(requested(), started('work'), failed('work', 'outcome-unknown'), cancelled())
      .yields(released, removeFromCalendar('work'))
      .endsAs('cancelled');
  });

  it('whatever failed after the lost answer, the event may still be there', () => {
    sequence(
      requested(),
      started('work'),
      failed('work', 'outcome-unknown', { retryAt: '10:00:05' }),
      started('work', { attempt: 2 }),
      failed('work', 'network', { attempt: 2 }),
      cancelled(),
    )
      .yields(released, removeFromCalendar('work'))
      .endsAs('cancelled');
  });

  it('a calendar that refused, or was never asked, holds nothing', () => {
    sequence(requested({ calendars: ['work', 'home'] }), started('work'), failed('work', 'forbidden'), cancelled())
      .yields(released)
      .endsAs('cancelled');
  });

  it('the first of two endings counts', () => {
    expect(foldBooking([requested(), cancelled(), expired()]).phase).toBe('cancelled');
    expect(foldBooking([requested(), expired(), cancelled('guest', { at: '12:01' })]).phase).toBe('expired');
  });
});

describe('S10 the meeting link is written into the event as a step of its own', () => {
  const meet = requested({
    room: 'google-meet',
    calendars: [
      { calendarId: 'work', provider: 'google' },
      { calendarId: 'home', provider: 'local' },
    ],
  });
  const held = [
    meet,
    started('work'),
    succeeded('work'),
    started('home'),
    succeeded('home'),
    accepted(),
    confirmed('work'),
    confirmed('home'),
  ] as const;

  it('S10 its failure leaves the booking accepted, and it alone is tried again', () => {
    sequence(...held)
      .yields(confirmSlot(), decorateEvent('work'))
      .endsAs('accepted');
    sequence(...held, decorationFailed('work', 'network', { retryAt: '10:00:05' }))
      .yields(confirmSlot(), decorateEvent('work', 2, '10:00:05'))
      .endsAs('accepted');
    sequence(...held, decorationFailed('work', 'forbidden'))
      .yields(confirmSlot())
      .endsAs('accepted');
    sequence(...held, decorated('work'))
      .yields(confirmSlot())
      .endsAs('accepted');
  });

  it('S10 a cancel removes the event, decorated or not', () => {
    for (const outcome of [decorated('work'), decorationFailed('work')])
      sequence(...held, outcome, cancelled())
        .yields(releaseSlot('cancelled'), removeFromCalendar('work'), removeFromCalendar('home'))
        .endsAs('cancelled');
  });
});
