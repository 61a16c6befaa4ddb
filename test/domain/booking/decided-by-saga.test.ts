import { describe, it } from 'vitest';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import { decide } from '../../../src/domain/booking/decide.ts';
import { evolve } from '../../../src/domain/booking/evolve.ts';
import {
  accepted,
  approved,
  cancelled,
  command,
  expired,
  failed,
  given,
  givenFor,
  leftPending,
  rejected,
  removed,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const asked = requested({ requiresApproval: true });
const failure = { calendarId: 'work', kind: 'forbidden', message: 'forbidden', retryable: false } as const;

describe('I1 the one door to ACCEPTED', () => {
  it('I1 opens when a calendar holds the booking', () => {
    given(requested(), started('work'), succeeded('work', 'evt-1')).when(command.accept()).then(accepted());
  });

  it('I1 opens, and says why, when no calendar is connected', () => {
    given(requested({ calendars: [] }))
      .when(command.accept())
      .then(accepted({ reason: 'no_calendar_connected' }));
  });

  it('I1 is shut otherwise', () => {
    const shut = [
      given(requested()),
      given(requested(), started('work')),
      given(requested(), started('work'), failed('work')),
      given(requested(), started('work'), failed('work', 'outcome-unknown')),
      given(
        requested({ calendars: ['work', 'home'], acceptance: 'all-of' }),
        started('work'),
        succeeded('work'),
        started('home'),
        failed('home'),
      ),
      given(requested({ requiresApproval: true, calendars: [] })),
    ];
    for (const one of shut) one.when(command.accept()).thenRefused({ type: 'NotJustified' });
    given().when(command.accept()).thenRefused({ type: 'UnknownBooking' });
  });

  it('I1 is shut in a log that no decider has written, too', () => {
    const after = givenFor({ initial: noBooking, evolve, decide });
    const shut = [
      after(requested(), started('work'), succeeded('work', '')),
      after(requested(), started('work'), succeeded('work', ' \n')),
      after(requested(), started('another'), succeeded('another')),
      after(requested(), started('work'), succeeded('work'), removed('work')),
      after(asked, started('work'), succeeded('work')),
    ];
    for (const one of shut) one.when(command.accept()).thenRefused({ type: 'NotJustified' });
  });

  it('I1 success that comes after the end opens nothing', () => {
    for (const end of [cancelled(), rejected(), expired()])
      given(requested(), started('work'), end, succeeded('work')).when(command.accept()).thenNothing();
  });
});

describe('leaving a booking pending', () => {
  it('names every failure, also of a calendar that is being tried again', () => {
    given(
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      failed('work', 'forbidden'),
      started('home'),
      failed('home'),
      started('home', { attempt: 2 }),
    )
      .when(command.leavePending('calendar_sync_failed', { at: '10:00:03' }))
      .then(
        leftPending('calendar_sync_failed', {
          at: '10:00:03',
          failures: [failure, { calendarId: 'home', kind: 'network', message: 'network', retryable: true }],
        }),
      );
  });

  it('is said once for one reason', () => {
    given(
      requested(),
      started('work'),
      failed('work'),
      leftPending('calendar_sync_failed', { failures: [failed('work')] }),
    )
      .when(command.leavePending('calendar_sync_failed'))
      .thenNothing();
    given(asked, leftPending('awaiting_approval')).when(command.leavePending('awaiting_approval')).thenNothing();
  });

  it('is said again for another: approved, then refused by the calendar', () => {
    given(
      asked,
      leftPending('awaiting_approval'),
      approved({ at: '10:30' }),
      started('work'),
      failed('work', 'forbidden'),
    )
      .when(command.leavePending('calendar_sync_failed', { at: '10:30' }))
      .then(leftPending('calendar_sync_failed', { at: '10:30', deadline: '12:30', failures: [failure] }));
  });

  it('is not said when the reason was overtaken', () => {
    given(asked, approved()).when(command.leavePending('awaiting_approval')).thenNothing();
    given(requested(), started('work'), failed('work'), succeeded('work'))
      .when(command.leavePending('calendar_sync_failed'))
      .thenNothing();
    given(requested(), cancelled()).when(command.leavePending('calendar_sync_failed')).thenNothing();
    given(asked).when(command.leavePending('calendar_sync_failed')).thenNothing();
  });
});

describe('expiring', () => {
  it('not a moment too early', () => {
    given(requested(), started('work'), failed('work'))
      .when(command.expire('calendar_sync_failed', { at: '11:59:59' }))
      .thenRefused({ type: 'NotJustified' });
    given(requested(), started('work'), failed('work'))
      .when(command.expire('calendar_sync_failed', { at: '12:00' }))
      .then(expired());
  });

  it('an approval is missed at the end of the meeting', () => {
    const late = { at: '14:30' };
    given(asked)
      .when(command.expire('approval_missed', { at: '14:29' }))
      .thenRefused({ type: 'NotJustified' });
    given(asked).when(command.expire('approval_missed', late)).then(expired('approval_missed', late));
  });

  it('not when it was decided, approved or held by a calendar meanwhile', () => {
    const late = { at: '15:00' };
    given(requested(), started('work'), succeeded('work'), accepted())
      .when(command.expire('calendar_sync_failed', late))
      .thenNothing();
    given(requested(), cancelled()).when(command.expire('calendar_sync_failed', late)).thenNothing();
    given(requested(), started('work'), succeeded('work'))
      .when(command.expire('calendar_sync_failed', late))
      .thenNothing();
    given(asked, approved()).when(command.expire('approval_missed', late)).thenNothing();
    given(asked).when(command.expire('calendar_sync_failed', late)).thenNothing();
  });
});
