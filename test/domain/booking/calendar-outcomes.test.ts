import { describe, it } from 'vitest';
import {
  accepted,
  approved,
  cancelled,
  command,
  failed,
  given,
  notificationParked,
  notificationSent,
  removalFailed,
  removed,
  requested,
  roomFailed,
  roomReady,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const writing = [requested(), started('work')] as const;
const asked = requested({ requiresApproval: true });

describe('beginning a write', () => {
  it('leaves its intent in the log, attempt by attempt', () => {
    given(requested()).when(command.startSync('work')).then(started('work'));
    given(...writing, failed('work'))
      .when(command.startSync('work', { attempt: 2 }))
      .then(started('work', { attempt: 2 }));
    given(asked, approved()).when(command.startSync('work')).then(started('work'));
  });

  it('not twice, not out of turn, not when it is not wanted', () => {
    given(...writing)
      .when(command.startSync('work'))
      .thenNothing();
    given(...writing, failed('work'))
      .when(command.startSync('work'))
      .thenNothing();
    given(requested())
      .when(command.startSync('work', { attempt: 2 }))
      .thenNothing();
    given(requested()).when(command.startSync('another')).thenNothing();
    given(asked).when(command.startSync('work')).thenNothing();
    given(requested(), cancelled()).when(command.startSync('work')).thenNothing();
    given(...writing, succeeded('work'))
      .when(command.startSync('work', { attempt: 2 }))
      .thenNothing();
  });
});

describe('the answer of a calendar', () => {
  it('success is a fact in every phase, once', () => {
    given(...writing)
      .when(command.recordSuccess('work', 'evt-1'))
      .then(succeeded('work', 'evt-1'));
    given(...writing, cancelled())
      .when(command.recordSuccess('work'))
      .then(succeeded('work'));
    given(...writing, cancelled(), removed('work'))
      .when(command.recordSuccess('work'))
      .then(succeeded('work'));
    given(...writing, succeeded('work'))
      .when(command.recordSuccess('work', 'evt-2'))
      .thenNothing();
    given(...writing)
      .when(command.recordSuccess('another'))
      .thenNothing();
  });

  it('S08 success without an id is a failure, and one that may have left an event behind', () => {
    const message = 'The calendar answered without an event id.';
    for (const id of ['', '  '])
      given(...writing)
        .when(command.recordSuccess('work', id))
        .then(failed('work', 'outcome-unknown', { message, retryAt: '10:00:05' }));
  });

  it('only the attempt under way can fail, once', () => {
    given(...writing)
      .when(command.recordFailure('work', 'forbidden'))
      .then(failed('work', 'forbidden'));
    given(...writing, failed('work'))
      .when(command.recordFailure('work'))
      .thenNothing();
    given(...writing, succeeded('work'))
      .when(command.recordFailure('work'))
      .thenNothing();
    given(...writing, failed('work'), started('work', { attempt: 2 }))
      .when(command.recordFailure('work'))
      .thenNothing();
  });
});

describe('S37 removing', () => {
  const gone = [...writing, succeeded('work'), accepted(), cancelled()] as const;

  it('S37 is tried again whatever the reason, for a month after the meeting', () => {
    given(...gone)
      .when(command.recordRemovalFailure('work', 'auth-revoked'))
      .then(removalFailed('work', 'auth-revoked', { retryAt: '10:00:05' }));
    const late = '2050-10-05T14:29:58Z';
    given(...gone)
      .when(command.recordRemovalFailure('work', 'network', { at: late }))
      .then(removalFailed('work', 'network', { at: late }));
  });

  it('is recorded once', () => {
    given(...gone)
      .when(command.recordRemoval('work'))
      .then(removed('work'));
    given(...gone, removed('work'))
      .when(command.recordRemoval('work'))
      .thenNothing();
    given(...gone, removed('work'))
      .when(command.recordRemovalFailure('work'))
      .thenNothing();
    given(...gone, removalFailed('work'))
      .when(command.recordRemovalFailure('work'))
      .thenNothing();
  });

  it('is not for live bookings, nor for calendars that were never asked', () => {
    given(...writing, succeeded('work'), accepted())
      .when(command.recordRemoval('work'))
      .thenNothing();
    given(...writing, succeeded('work'))
      .when(command.recordRemovalFailure('work'))
      .thenNothing();
    given(requested(), cancelled()).when(command.recordRemoval('work')).thenNothing();
    given(...gone)
      .when(command.recordRemoval('another'))
      .thenNothing();
  });
});

describe('rooms', () => {
  const withRoom = requested({ room: 'jitsi' });
  const now = Temporal.Instant.from('2050-09-05T10:00:00Z').epochMilliseconds;
  const room = roomReady().data;

  it('the first one stays; a failure is recorded once', () => {
    given(withRoom).when({ type: 'RecordRoom', now, room }).then(roomReady());
    given(withRoom, roomReady())
      .when({ type: 'RecordRoom', now, room: { ...room, url: 'https://b' } })
      .thenNothing();
    const failure = { type: 'RecordRoomFailure', now, provider: 'jitsi', message: 'no room' } as const;
    given(withRoom).when(failure).then(roomFailed());
    given(withRoom, roomFailed()).when(failure).thenNothing();
    given(withRoom, roomReady()).when(failure).thenNothing();
  });
});

describe('telling', () => {
  const now = Temporal.Instant.from('2050-09-05T10:00:00Z').epochMilliseconds;
  const sent = { type: 'RecordNotification', now, sent: notificationSent().data } as const;
  const parked = { type: 'ParkNotification', now, parked: notificationParked().data } as const;

  it('is recorded once per cause, channel, kind and recipient', () => {
    given(requested()).when(sent).then(notificationSent());
    given(requested(), notificationSent()).when(sent).thenNothing();
    given(requested(), notificationSent({ recipient: 'host' }))
      .when(sent)
      .then(notificationSent());
  });

  it('what was parked can be sent after all; what is parked or sent is not parked again', () => {
    given(requested(), notificationParked()).when(sent).then(notificationSent());
    given(requested()).when(parked).then(notificationParked());
    given(requested(), notificationParked()).when(parked).thenNothing();
    given(requested(), notificationSent()).when(parked).thenNothing();
  });
});
