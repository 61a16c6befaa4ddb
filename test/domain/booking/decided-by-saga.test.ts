import { describe, it } from 'vitest';
import {
  accepted,
  approved,
  cancelled,
  command,
  expired,
  failed,
  given,
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
      given(requested(), started('work'), succeeded('work', '')),
      given(requested(), started('work'), succeeded('work', ' \n')),
      given(requested(), started('work'), succeeded('another')),
      given(requested({ calendars: ['work', 'home'], acceptance: 'all-of' }), succeeded('work'), failed('home')),
      given(requested(), succeeded('work'), removed('work')),
      given(asked, succeeded('work')),
      given(requested({ requiresApproval: true, calendars: [] })),
    ];
    for (const one of shut) one.when(command.accept()).thenRefused({ type: 'NotJustified' });
    given().when(command.accept()).thenRefused({ type: 'UnknownBooking' });
  });

  it('I1 success that comes after the end opens nothing', () => {
    for (const end of [cancelled(), rejected(), expired()])
      given(requested(), end, succeeded('work')).when(command.accept()).thenNothing();
  });
});

describe('leaving a booking pending', () => {
  it('names every failure, also of a calendar that is being tried again', () => {
    given(
      requested({ calendars: ['work', 'home'] }),
      failed('work', 'forbidden'),
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
    given(requested(), failed('work'), leftPending()).when(command.leavePending('calendar_sync_failed')).thenNothing();
    given(asked, leftPending('awaiting_approval')).when(command.leavePending('awaiting_approval')).thenNothing();
  });

  it('is said again for another: approved, then refused by the calendar', () => {
    given(asked, leftPending('awaiting_approval'), approved({ at: '10:30' }), failed('work', 'forbidden'))
      .when(command.leavePending('calendar_sync_failed', { at: '10:30' }))
      .then(leftPending('calendar_sync_failed', { at: '10:30', deadline: '12:30', failures: [failure] }));
  });

  it('is not said when the reason was overtaken', () => {
    given(asked, approved()).when(command.leavePending('awaiting_approval')).thenNothing();
    given(requested(), failed('work'), succeeded('work'))
      .when(command.leavePending('calendar_sync_failed'))
      .thenNothing();
    given(requested(), cancelled()).when(command.leavePending('calendar_sync_failed')).thenNothing();
    given(asked).when(command.leavePending('calendar_sync_failed')).thenNothing();
  });
});

describe('expiring', () => {
  it('not a moment too early', () => {
    given(requested(), failed('work'))
      .when(command.expire('calendar_sync_failed', { at: '11:59:59' }))
      .thenRefused({ type: 'NotJustified' });
    given(requested(), failed('work'))
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
    given(requested(), succeeded('work'), accepted()).when(command.expire('calendar_sync_failed', late)).thenNothing();
    given(requested(), cancelled()).when(command.expire('calendar_sync_failed', late)).thenNothing();
    given(requested(), succeeded('work')).when(command.expire('calendar_sync_failed', late)).thenNothing();
    given(asked, approved()).when(command.expire('approval_missed', late)).thenNothing();
    given(asked).when(command.expire('calendar_sync_failed', late)).thenNothing();
  });
});
