import { describe, expect, it } from 'vitest';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { leasedUntil, leaseElsewhere, notificationEffect } from '../../../src/domain/booking/lease.ts';
import {
  accepted,
  cancelled,
  confirmEvent,
  confirmSlot,
  epochMs,
  failed,
  given,
  instant,
  leased,
  leasedWhole,
  requested,
  sequence,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const wish = (node: string, at = '10:00:00') =>
  ({
    type: 'LeaseEffect',
    effect: 'calendar work',
    lease: { node, until: epochMs(at) + 15_000 },
    now: epochMs(at),
  }) as const;

const known = (...events: Parameters<typeof foldBooking>[0]) => {
  const booking = foldBooking([requested(), ...events]);
  if (booking.phase === 'none') throw new Error('no booking');
  return booking;
};

describe('leases', () => {
  it('given nobody is at it, then the node has it', () => {
    given(requested()).when(wish('a')).then(leasedWhole('a', '10:00:15'));
  });

  it('given it wants the effect alone, then it has no other', () => {
    given(requested())
      .when({ ...wish('a'), alone: true })
      .then(leased('work', 'a', '10:00:15'));
    const alone = known(leased('work', 'a', '10:00:15'));
    expect(leaseElsewhere(alone, 'calendar home', 'b', epochMs('10:00:01'))).toBeNull();
  });

  it('one lease covers all that is done for a booking', () => {
    const whole = known(leasedWhole('a', '10:00:15'), started('work'), succeeded('work'), accepted());
    for (const effect of ['calendar work', 'calendar home', 'room', 'mail-host id-1']) {
      expect(leaseElsewhere(whole, effect, 'b', epochMs('10:00:14')), effect).toMatchObject({ node: 'a' });
      expect(leaseElsewhere(whole, effect, 'a', epochMs('10:00:14')), effect).toBeNull();
      expect(leasedUntil(whole, effect, 'a', epochMs('10:00:14')), effect).toBe(epochMs('10:00:15'));
      expect(leasedUntil(whole, effect, 'b', epochMs('10:00:14')), effect).toBe(0);
    }
  });

  it('given another node is at it, then it is refused, until the lease ends', () => {
    const story = [requested(), leased('work', 'a', '10:00:15')] as const;
    given(...story)
      .when(wish('b', '10:00:14'))
      .thenRefused({ type: 'LeasedElsewhere', node: 'a', until: instant('10:00:15') });
    given(...story)
      .when(wish('b', '10:00:15'))
      .then(leasedWhole('b', '10:00:30', { at: '10:00:15' }));
  });

  it.each([leased('work', 'a', '10:00:15'), leasedWhole('a', '10:00:15')])(
    'given the node has it for less than half a lease, then it has it for longer, and not before',
    (lease) => {
      given(requested(), lease).when(wish('a', '10:00:07')).thenNothing();
      given(requested(), lease)
        .when(wish('a', '10:00:08'))
        .then(leasedWhole('a', '10:00:23', { at: '10:00:08' }));
    },
  );

  it('given a start that takes its lease along, then both are written, or neither', () => {
    const { lease } = wish('b');
    const start = {
      type: 'StartCalendarSync',
      calendarId: 'work',
      attempt: 1,
      lease,
      now: epochMs('10:00:00'),
    } as const;
    given(requested()).when(start).then(leasedWhole('b', '10:00:15'), started('work'));
    given(requested(), leasedWhole('b', '10:00:14')).when(start).then(started('work'));
    given(requested(), leased('work', 'a', '10:00:15'))
      .when(start)
      .thenRefused({ type: 'LeasedElsewhere', node: 'a', until: instant('10:00:15') });
  });

  it('an outcome ends it, of this calendar and no other', () => {
    const both = [leased('work', 'a', '10:00:15'), leased('home', 'a', '10:00:15')];
    const after = known(...both, started('work'), succeeded('work'));
    expect(leaseElsewhere(after, 'calendar work', 'b', epochMs('10:00:01'))).toBeNull();
    expect(leaseElsewhere(after, 'calendar home', 'b', epochMs('10:00:01'))).toMatchObject({ node: 'a' });
    expect(known(...both, started('home'), failed('home', 'network')).leases).toHaveLength(1);
  });

  it('those that have ended are forgotten when another begins, and it is no change of the booking', () => {
    const later = known(leased('work', 'a', '10:00:15'), leased('home', 'b', '10:01:00', { at: '10:00:20' }));
    expect(later.leases.map(({ node }) => node)).toEqual(['b']);
    expect(later.updatedAt).toBe(instant('10:00:00'));
  });

  it('given a lease of a clock that was days ahead and is set right, then it keeps nobody from the effect', () => {
    const now = epochMs('10:00:01') - 3 * 86_400_000;
    const ahead = known(leased('work', 'a', '10:00:15'));
    expect(leaseElsewhere(ahead, 'calendar work', 'b', now)).toBeNull();
  });

  it('given a node whose clock is a little ahead, then its lease counts', () => {
    const ahead = known(leased('work', 'a', '10:00:15', { at: '10:00:00' }));
    expect(leaseElsewhere(ahead, 'calendar work', 'b', epochMs('10:00:00') - 15_000)).toMatchObject({ node: 'a' });
    expect(leaseElsewhere(ahead, 'calendar work', 'b', epochMs('10:00:00') - 15_001)).toBeNull();
  });

  it('a group that tells has one lease for each event', () => {
    expect(notificationEffect('mail-host', 'id-1')).not.toBe(notificationEffect('mail-host', 'id-2'));
  });

  it('wherever leases stand in a story, it ends the same', () => {
    sequence(
      requested(),
      leased('work', 'a', '10:00:15'),
      started('work'),
      leased('work', 'b', '10:00:31', { at: '10:00:16' }),
      succeeded('work', 'evt-1', { at: '10:00:17' }),
      accepted({ at: '10:00:17' }),
    )
      .yields(confirmSlot(), confirmEvent('work'))
      .endsAs('accepted');
    sequence(requested(), leased('work', 'a', '10:00:15'), started('work'), cancelled()).endsAs('cancelled');
  });
});
