import { describe, expect, it } from 'vitest';
import { isUnsettled } from '../../../src/domain/booking/booking-status.ts';
import type { KnownBooking } from '../../../src/domain/booking/booking-state.ts';
import { statusOf } from '../../../src/domain/booking/booking-status.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import {
  accepted,
  cancelled,
  confirmed,
  eventChanged,
  eventMissing,
  eventMoved,
  eventVerified,
  given,
  inOrder,
  instant,
  moved,
  moveFailed,
  moveStarted,
  requested,
  rescheduled,
  rescheduleRequested,
  restoreRequested,
  started,
  succeeded,
  watchCommand,
} from '../../../src/testing/index.ts';

const held = [requested(), started('work'), succeeded('work'), accepted(), confirmed('work')] as const;
const at = (from: string, until: string) => ({ type: 'at', start: instant(from), end: instant(until) }) as const;
const missing = { type: 'missing' } as const;
const { look, restore } = watchCommand;

describe('what a calendar has said of the event', () => {
  it('is a fact where it is not as booked', () => {
    given(...held)
      .when(look('work', missing))
      .then(eventMissing('work'));
    given(...held)
      .when(look('work', { type: 'cancelled' }))
      .then(eventChanged('work', 'cancelled'));
    given(...held)
      .when(look('work', at('18:00', '18:30')))
      .then(eventMoved('work', '18:00'));
    given(...held)
      .when(look('work', at('14:00', '15:00')))
      .then(eventMoved('work', '14:00', 'follow', { until: '15:00' }));
    given(...held)
      .when(look('work', { type: 'other-organizer' }))
      .then(eventChanged('work', 'organizer'));
  });

  it('is no news where it is as booked, unless somebody asked', () => {
    given(...held)
      .when(look('work', at('14:00', '14:30')))
      .thenNothing();
    given(...held)
      .when(look('work', at('14:00', '14:30'), { isAsked: true, at: '10:01' }))
      .then(eventVerified('work', { at: '10:01' }));
  });

  it('is no news twice', () => {
    given(...held, eventMissing('work'))
      .when(look('work', missing))
      .thenNothing();
    given(...held, eventMoved('work', '18:00'))
      .when(look('work', at('18:00', '18:30')))
      .thenNothing();
    given(...held, eventChanged('work', 'organizer'))
      .when(look('work', { type: 'other-organizer' }))
      .thenNothing();
  });

  it('settles what was found before where it is back at its time, also under another organizer', () => {
    const back = look('work', { type: 'other-organizer' }, { at: '10:05' });
    given(...held, eventMoved('work', '18:00'))
      .when(back)
      .then(
        eventChanged('work', 'organizer', 'cancel', { number: 2, at: '10:05' }),
        eventVerified('work', { number: 2, at: '10:05' }),
      );
    given(...held, eventChanged('work', 'organizer'), eventMoved('work', '18:00', 'follow', { number: 2 }))
      .when(back)
      .then(eventVerified('work', { number: 2, at: '10:05' }));
  });

  it('is news again where a person did something else since', () => {
    given(...held, eventMoved('work', '18:00'))
      .when(look('work', at('19:00', '19:30')))
      .then(eventMoved('work', '19:00', 'follow', { number: 2 }));
    given(...held, eventMoved('work', '18:00'))
      .when(look('work', missing))
      .then(eventMissing('work', 'cancel', { number: 2 }));
    given(...held, eventMissing('work'))
      .when(look('work', at('14:00', '14:30')))
      .then(eventVerified('work', { number: 1 }));
  });

  it('settles by the meeting, where the grace is longer', () => {
    const late = { ...eventMissing('work', 'cancel', { at: '13:59' }) };
    given(...held)
      .when(look('work', missing, { at: '13:59' }))
      .then({ ...late, data: { ...late.data, settleAt: instant('14:00') } });
  });

  it('is no fact while our own move or restore is in flight, or may have gone through', () => {
    given(...held, rescheduleRequested())
      .when(look('work', missing))
      .thenNothing();
    given(...held, rescheduleRequested(), moveStarted('work'))
      .when(look('work', missing))
      .thenNothing();
    const unknown = moveFailed('work', 'outcome-unknown', { retryAt: '10:00:05' });
    given(...held, rescheduleRequested(), moveStarted('work'), unknown)
      .when(look('work', missing))
      .thenNothing();
    const back = inOrder(eventMissing('work', 'restore'), moveStarted('work', { to: '14:00' }));
    given(...held, ...back.events)
      .when(look('work', missing))
      .thenNothing();
  });

  it('is worth nothing where we wrote since the look began', () => {
    const basis = { attempt: 1, moves: 0, number: 0 };
    given(...held)
      .when(look('work', missing, { basis }))
      .then(eventMissing('work'));
    const wasMoved = [rescheduleRequested(), moveStarted('work'), moved('work'), rescheduled()] as const;
    given(...held, ...wasMoved)
      .when(look('work', missing, { basis }))
      .thenNothing();
    given(...held, eventMissing('work'))
      .when(look('work', at('14:00', '14:30'), { basis }))
      .thenNothing();
  });

  it('is no fact of a booking that is not on, nor once the meeting has begun', () => {
    given(requested(), started('work')).when(look('work', missing)).thenNothing();
    given(requested(), started('work'), succeeded('work')).when(look('work', missing)).thenNothing();
    given(...held, cancelled('guest'))
      .when(look('work', missing))
      .thenNothing();
    given(...held)
      .when(look('work', missing, { at: '14:00' }))
      .thenNothing();
    given(...held)
      .when(look('home', missing))
      .thenNothing();
  });

  it('an event that we could not move yet is no difference at its old time', () => {
    const both = requested({ calendars: ['work', 'home'] });
    const move = [
      rescheduleRequested(),
      moveStarted('work'),
      moveStarted('home'),
      moveFailed('home', 'network', { retryAt: '10:00:05' }),
      moved('work'),
      rescheduled(),
    ] as const;
    const story = [
      both,
      started('work'),
      started('home'),
      succeeded('work'),
      accepted(),
      succeeded('home', 'evt-2'),
      confirmed('work'),
      confirmed('home'),
      ...move,
    ] as const;
    given(...story)
      .when(look('work', at('15:00', '15:30')))
      .thenNothing();
  });
});

describe('a host who undoes it', () => {
  it('has it written again, once', () => {
    given(...held, eventMissing('work'))
      .when(restore())
      .then(restoreRequested('work'));
    given(...held, eventMissing('work'), restoreRequested('work'))
      .when(restore())
      .thenNothing();
    given(...held)
      .when(restore())
      .thenNothing();
  });
});

describe('the word that everybody reads', () => {
  const read = (...events: Parameters<typeof foldBooking>[0]): string => statusOf(foldBooking(events) as KnownBooking);

  it('is never accepted between the fact and what settles it, in any prefix (I1)', () => {
    const story = [
      ...held,
      eventMissing('work'),
      restoreRequested('work'),
      moveStarted('work', { to: '14:00' }),
    ] as const;
    const whole = [...story, moved('work', { to: '14:00' })] as const;
    const words = whole.map((_, index) => read(...whole.slice(0, index + 1)));
    expect(words).toEqual([
      'pending',
      'pending',
      'pending',
      'accepted',
      'accepted',
      'pending',
      'pending',
      'pending',
      'accepted',
    ]);
  });

  it('is pending, with no phase of its own, while it is unsettled', () => {
    const booking = foldBooking([...held, eventMissing('work')]) as KnownBooking;
    expect({ phase: booking.phase, unsettled: isUnsettled(booking) }).toEqual({ phase: 'accepted', unsettled: true });
  });
});
