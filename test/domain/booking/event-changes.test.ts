import { describe, it } from 'vitest';
import {
  accepted,
  command,
  confirmSlot,
  confirmationFailed,
  confirmed,
  decorated,
  decorationFailed,
  given,
  requested,
  sequence,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const writing = [requested(), started('work')] as const;

describe('I1 confirming the event', () => {
  const held = [...writing, succeeded('work'), accepted()] as const;

  it('is recorded once, and with the link that the same write put in', () => {
    given(...held)
      .when(command.recordConfirmation('work'))
      .then(confirmed('work'));
    given(...held, confirmationFailed('work'))
      .when(command.recordConfirmation('work', { attempt: 2, meetingUrl: 'https://m' }))
      .then(confirmed('work', { attempt: 2 }), decorated('work', 'https://m'));
    given(...held, confirmed('work'))
      .when(command.recordConfirmation('work'))
      .thenNothing();
    given(...writing)
      .when(command.recordConfirmation('work'))
      .thenNothing();
    given(...writing, succeeded('work', 'evt-1', { status: 'confirmed' }), accepted())
      .when(command.recordConfirmation('work'))
      .thenNothing();
  });

  it('comes with the link too, where that is written first', () => {
    given(...held, confirmationFailed('work', 'forbidden'))
      .when(command.recordDecoration('work'))
      .then(decorated('work'), confirmed('work', { attempt: 2 }));
  });

  it('a failure is planned again until the meeting is over, and recorded once; the booking stays accepted', () => {
    given(...held)
      .when(command.recordConfirmationFailure('work'))
      .then(confirmationFailed('work', 'network', { retryAt: '10:00:05' }));
    given(...held)
      .when(command.recordConfirmationFailure('work', 'forbidden'))
      .then(confirmationFailed('work', 'forbidden'));
    given(...held)
      .when(command.recordConfirmationFailure('work', 'network', { at: '14:29:58' }))
      .then(confirmationFailed('work', 'network', { at: '14:29:58' }));
    given(...held, confirmationFailed('work'))
      .when(command.recordConfirmationFailure('work'))
      .thenNothing();
    sequence(...held, confirmationFailed('work', 'forbidden'))
      .yields(confirmSlot())
      .endsAs('accepted');
  });
});

describe('S10 writing the meeting link', () => {
  const held = [...writing, succeeded('work'), accepted(), confirmed('work')] as const;

  it('S10 succeeds once, after whatever failures', () => {
    given(...held)
      .when(command.recordDecoration('work'))
      .then(decorated('work'));
    given(...held, decorationFailed('work'))
      .when(command.recordDecoration('work', 'https://m', { attempt: 2 }))
      .then(decorated('work', 'https://m', { attempt: 2 }));
    given(...held, decorated('work'))
      .when(command.recordDecoration('work'))
      .thenNothing();
    given(...writing)
      .when(command.recordDecoration('work'))
      .thenNothing();
  });

  it('S10 a failure is planned again until the meeting is over, and recorded once', () => {
    given(...held)
      .when(command.recordDecorationFailure('work'))
      .then(decorationFailed('work', 'network', { retryAt: '10:00:05' }));
    given(...held)
      .when(command.recordDecorationFailure('work', 'network', { at: '14:29:58' }))
      .then(decorationFailed('work', 'network', { at: '14:29:58' }));
    given(...held, decorationFailed('work'))
      .when(command.recordDecorationFailure('work'))
      .thenNothing();
    given(...held, decorated('work'))
      .when(command.recordDecorationFailure('work', 'network', { attempt: 2 }))
      .thenNothing();
  });
});
