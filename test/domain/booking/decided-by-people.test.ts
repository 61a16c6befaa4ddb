import { describe, it } from 'vitest';
import {
  accepted,
  approved,
  cancelled,
  command,
  confirmationFailed,
  decorationFailed,
  expired,
  failed,
  given,
  rejected,
  removalAcknowledged,
  removalFailed,
  removed,
  requested,
  retryRequested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const asked = requested({ requiresApproval: true });
const held = [requested(), started('work'), succeeded('work'), accepted()] as const;

describe('requesting', () => {
  it('begins a stream, once', () => {
    given().when(command.request()).then(requested());
    given(requested()).when(command.request()).thenRefused({ type: 'AlreadyRequested' });
    given(requested(), cancelled()).when(command.request()).thenRefused({ type: 'AlreadyRequested' });
  });
});

describe('approving', () => {
  it('once, while the booking waits for it', () => {
    given(asked).when(command.approve()).then(approved());
    given(asked, approved()).when(command.approve()).thenNothing();
    given(requested()).when(command.approve()).thenNothing();
  });

  it('S19 not after it was rejected, cancelled, expired or accepted', () => {
    given(asked, rejected()).when(command.approve()).thenRefused({ type: 'NotPending', status: 'rejected' });
    given(asked, cancelled()).when(command.approve()).thenRefused({ type: 'NotPending', status: 'cancelled' });
    given(asked, expired('approval_missed', { at: '14:30' }))
      .when(command.approve())
      .thenRefused({ type: 'NotPending', status: 'rejected' });
    given(...held)
      .when(command.approve())
      .thenRefused({ type: 'NotPending', status: 'accepted' });
    given().when(command.approve()).thenRefused({ type: 'UnknownBooking' });
  });

  it('not once the meeting is over', () => {
    given(asked)
      .when(command.approve({ at: '14:29' }))
      .then(approved({ at: '14:29' }));
    given(asked)
      .when(command.approve({ at: '14:30' }))
      .thenRefused({ type: 'AlreadyEnded' });
  });
});

describe('rejecting', () => {
  it('while pending, for whatever reason it is; once', () => {
    given(asked)
      .when(command.reject({ reason: 'ill' }))
      .then(rejected({ reason: 'ill' }));
    given(asked, approved(), started('work'), failed('work')).when(command.reject()).then(rejected());
    given(asked, rejected())
      .when(command.reject({ reason: 'other' }))
      .thenNothing();
  });

  it('not when it is decided', () => {
    given(...held)
      .when(command.reject())
      .thenRefused({ type: 'NotPending', status: 'accepted' });
    given(asked, cancelled()).when(command.reject()).thenRefused({ type: 'NotPending', status: 'cancelled' });
  });
});

describe('cancelling', () => {
  it('a live booking, by guest or host, with the reason kept as personal data', () => {
    given(...held)
      .when(command.cancel('guest', { reason: 'ill' }))
      .then(cancelled('guest', { reason: 'ill' }));
    given(requested()).when(command.cancel('host')).then(cancelled('host'));
  });

  it('S38 twice is once', () => {
    given(...held, cancelled())
      .when(command.cancel('host', { at: '15:00' }))
      .thenNothing();
  });

  it('S38 not after the end, nor what has ended otherwise', () => {
    given(...held)
      .when(command.cancel('guest', { at: '14:29:59' }))
      .then(cancelled('guest', { at: '14:29:59' }));
    given(...held)
      .when(command.cancel('guest', { at: '14:30' }))
      .thenRefused({ type: 'AlreadyEnded' });
    given(asked, rejected()).when(command.cancel()).thenRefused({ type: 'NotLive', status: 'rejected' });
    given(requested(), expired()).when(command.cancel()).thenRefused({ type: 'NotLive', status: 'rejected' });
  });

  it('only as the event type allows', () => {
    given(...held)
      .when(command.cancel('guest', { cancellable: false }))
      .thenRefused({ type: 'NotCancellable' });
    const strict = { hostMustGiveReason: true };
    given(...held)
      .when(command.cancel('host', strict))
      .thenRefused({ type: 'ReasonRequired' });
    given(...held)
      .when(command.cancel('host', { ...strict, reason: '  ' }))
      .thenRefused({ type: 'ReasonRequired' });
    given(...held)
      .when(command.cancel('host', { ...strict, reason: 'ill' }))
      .then(cancelled('host', { reason: 'ill' }));
    given(...held)
      .when(command.cancel('guest', strict))
      .then(cancelled('guest'));
  });
});

describe('asking for another try', () => {
  it('makes every failed write of a live booking due again, whatever its plan', () => {
    given(
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      failed('work', 'auth-revoked'),
      started('home'),
      failed('home'),
    )
      .when(command.retryCalendars({ at: '10:30' }))
      .then(retryRequested('work', { at: '10:30' }), retryRequested('home', { at: '10:30' }));
  });

  it('begins nothing that is under way, held, not asked for yet or over', () => {
    given(requested(), started('work')).when(command.retryCalendars()).thenNothing();
    given(...held)
      .when(command.retryCalendars())
      .thenNothing();
    given(asked).when(command.retryCalendars()).thenNothing();
    given(requested(), started('work'), failed('work'), cancelled()).when(command.retryCalendars()).thenNothing();
  });

  it('makes a failed confirmation, link or removal due again, one request a calendar, and not twice', () => {
    for (const behind of [confirmationFailed('work', 'forbidden'), decorationFailed('work', 'forbidden')]) {
      given(...held, behind)
        .when(command.retryCalendars({ at: '10:30' }))
        .then(retryRequested('work', { at: '10:30' }));
      given(...held, behind, retryRequested('work'))
        .when(command.retryCalendars({ at: '10:30' }))
        .thenNothing();
    }
    given(...held, confirmationFailed('work', 'forbidden'), decorationFailed('work'))
      .when(command.retryCalendars())
      .then(retryRequested('work'));
    given(...held, cancelled(), removalFailed('work', 'no-credential'))
      .when(command.retryCalendars())
      .then(retryRequested('work'));
  });

  it('of one calendar, at a start: only what failed before the start', () => {
    const story = [
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      failed('work', 'auth-revoked', { at: '10:05' }),
      started('home'),
      failed('home', 'auth-revoked', { at: '10:05' }),
    ] as const;
    given(...story)
      .when(command.retryCalendars({ calendarId: 'work', failedBefore: '10:10', at: '10:10' }))
      .then(retryRequested('work', { at: '10:10' }));
    given(...story)
      .when(command.retryCalendars({ calendarId: 'work', failedBefore: '10:04', at: '10:10' }))
      .thenNothing();
  });
});

describe('acknowledging what a calendar would not remove', () => {
  const ended = [...held, cancelled()] as const;
  const at = { at: '10:30' } as const;

  it('is written once, whether another try is planned or not', () => {
    for (const kind of ['calendar-not-found', 'network'] as const)
      given(...ended, removalFailed('work', kind))
        .when(command.acknowledgeRemoval('work', at))
        .then(removalAcknowledged('work', at));
    given(...ended, removalFailed('work'), removalAcknowledged('work'))
      .when(command.acknowledgeRemoval('work'))
      .thenNothing();
    given(...ended, removed('work'))
      .when(command.acknowledgeRemoval('work'))
      .thenNothing();
  });

  it('is refused where the removal is ours to do, or there is none', () => {
    const refusal = { type: 'NoRemovalFailed' } as const;
    given(...held)
      .when(command.acknowledgeRemoval('work'))
      .thenRefused(refusal);
    given(...ended)
      .when(command.acknowledgeRemoval('work'))
      .thenRefused(refusal);
    given(...ended, removalFailed('work'))
      .when(command.acknowledgeRemoval('other'))
      .thenRefused(refusal);
  });

  it('ends the hunt: what comes late changes nothing', () => {
    given(...ended, removalFailed('work'), removalAcknowledged('work'))
      .when(command.recordRemovalFailure('work', 'network', { attempt: 2 }))
      .thenNothing();
  });
});
