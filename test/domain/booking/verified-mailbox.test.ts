import { describe, expect, it } from 'vitest';
import { guestsWait } from '../../../src/domain/booking/booking-state.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import {
  accepted,
  approved,
  cancelled,
  command,
  expired,
  given,
  mailboxVerified,
  rejected,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const asked = requested({ guests: ['kari@example.net'], invitesOnceVerified: true });
const written = [started('work'), succeeded('work')] as const;
const waits = (...events: ReadonlyArray<BookingEvent>): boolean => {
  const booking = foldBooking(events);
  return booking.phase !== 'none' && guestsWait(booking);
};

describe('showing that the mailbox is theirs', () => {
  it('given guests who wait, once, before the booking is confirmed or after', () => {
    given(asked).when(command.verifyMailbox()).then(mailboxVerified());
    given(asked, ...written, accepted())
      .when(command.verifyMailbox())
      .then(mailboxVerified());
    given(asked, mailboxVerified()).when(command.verifyMailbox()).thenNothing();
    given(asked, mailboxVerified(), ...written, accepted())
      .when(command.verifyMailbox())
      .thenNothing();
  });

  it('given a booking that nobody waits in, or of a log that knew no waiting, then nothing', () => {
    given(requested({ guests: ['kari@example.net'] }))
      .when(command.verifyMailbox())
      .thenNothing();
  });

  it('given a booking that has ended, then nobody is told any more', () => {
    given(asked, ...written, accepted(), cancelled())
      .when(command.verifyMailbox())
      .thenRefused({ type: 'NotLive', status: 'cancelled' });
    given(asked, expired()).when(command.verifyMailbox()).thenRefused({ type: 'NotLive', status: 'rejected' });
    given(requested({ requiresApproval: true, invitesOnceVerified: true }), rejected())
      .when(command.verifyMailbox())
      .thenRefused({ type: 'NotLive', status: 'rejected' });
    given(asked, ...written, accepted())
      .when(command.verifyMailbox({ at: '14:30' }))
      .thenRefused({ type: 'AlreadyEnded', endedAt: '2050-09-05T14:30:00Z' });
  });

  it('given a stranger’s request, then guests wait until then; given any other, they never do', () => {
    expect(waits(asked)).toBe(true);
    expect(waits(asked, ...written, accepted())).toBe(true);
    expect(waits(requested({ requiresApproval: true, invitesOnceVerified: true }), approved())).toBe(true);
    expect(waits(asked, mailboxVerified())).toBe(false);
    expect(waits(requested({ guests: ['kari@example.net'] }))).toBe(false);
  });
});
