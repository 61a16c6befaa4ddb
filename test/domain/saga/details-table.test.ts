import { describe, expect, it } from 'vitest';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import {
  accepted,
  cancelled,
  command,
  completeReschedule,
  confirmationFailed,
  confirmed,
  confirmEvent,
  confirmSlot,
  failReschedule,
  given,
  guestsAdded,
  locationChanged,
  moved,
  moveEvent,
  moveStarted,
  releaseSlot,
  removeFromCalendar,
  requested,
  rescheduled,
  rescheduleRequested,
  resolveMove,
  resolveWrite,
  sequence,
  settleReschedule,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const OLA = 'ola@example.net';
const held = [requested(), started('work'), succeeded('work'), accepted(), confirmed('work')] as const;
const [first, ...rest] = held;

describe('the saga, after guests or place have changed', () => {
  it('has every calendar that holds the event write it again, and is done once each has', () => {
    sequence(first, ...rest, guestsAdded([OLA]))
      .yields(confirmSlot(), confirmEvent('work', 2))
      .endsAs('accepted');
    sequence(first, ...rest, guestsAdded([OLA]), confirmed('work', { attempt: 2, detailsVersion: 1 })).yields(
      confirmSlot(),
    );
  });

  it('a write that was on its way when another change came is followed by one more', () => {
    const changes = [guestsAdded([OLA]), locationChanged('The square')] as const;
    sequence(first, ...rest, ...changes).yields(confirmSlot(), confirmEvent('work', 2));
    given(...held, ...changes)
      .when(command.recordConfirmation('work', { attempt: 2, detailsVersion: 1 }))
      .thenNothing();
    given(...held, ...changes)
      .when(command.recordConfirmation('work', { attempt: 2, detailsVersion: 2 }))
      .then(confirmed('work', { attempt: 2, detailsVersion: 2 }));
  });

  it('a calendar that refuses is asked again, and the booking stays accepted at its time', () => {
    const refused = confirmationFailed('work', 'network', { attempt: 2, retryAt: '10:00:10' });
    sequence(first, ...rest, guestsAdded([OLA]), refused)
      .yields(confirmSlot(), confirmEvent('work', 3, '10:00:10'))
      .endsAs('accepted');
    const forGood = confirmationFailed('work', 'auth-revoked', { attempt: 2 });
    sequence(first, ...rest, guestsAdded([OLA]), forGood)
      .yields(confirmSlot())
      .endsAs('accepted');
    // The next change is a new reason to try.
    sequence(first, ...rest, guestsAdded([OLA]), forGood, locationChanged('The square')).yields(
      confirmSlot(),
      confirmEvent('work', 3),
    );
  });

  it('the acceptance of a pending booking writes what is so by then', () => {
    sequence(first, started('work'), succeeded('work'), guestsAdded([OLA]), accepted()).yields(
      confirmSlot(),
      confirmEvent('work', 1),
    );
  });

  it('a first write of an accepted booking that began before the change is followed by another', () => {
    const two = requested({ calendars: ['work', 'home'] });
    const behind = [two, started('work'), succeeded('work'), accepted(), confirmed('work'), started('home')] as const;
    sequence(two, ...behind.slice(1), guestsAdded([OLA])).yields(
      confirmSlot(),
      resolveWrite('home', 1),
      confirmEvent('work', 2),
    );
    const written = succeeded('home', 'evt-2', { status: 'confirmed' });
    sequence(two, ...behind.slice(1), guestsAdded([OLA]), written).yields(
      confirmSlot(),
      confirmEvent('work', 2),
      confirmEvent('home', 1),
    );
    const upToDate = succeeded('home', 'evt-2', { status: 'confirmed', detailsVersion: 1 });
    sequence(two, ...behind.slice(1), guestsAdded([OLA]), upToDate).yields(confirmSlot(), confirmEvent('work', 2));
  });

  it('a calendar says what it said before, until it was written', () => {
    const booking = foldBooking([...held, guestsAdded([OLA])]);
    expect(booking).toMatchObject({ calendars: [{ eventStatus: 'confirmed', confirmation: { done: false } }] });
  });
});

describe('guests or place that change while the booking is being moved', () => {
  it('go along with a move that has not begun: the event is written whole', () => {
    sequence(first, ...rest, rescheduleRequested(), guestsAdded([OLA])).yields(
      confirmSlot(),
      failReschedule('calendar_refused', '10:05'),
      moveEvent('work'),
    );
    const written = moved('work', { detailsVersion: 1 });
    sequence(
      first,
      ...rest,
      rescheduleRequested(),
      guestsAdded([OLA]),
      moveStarted('work'),
      written,
      rescheduled(),
    ).yields(settleReschedule(true), confirmSlot());
  });

  it('are written after a move that was on its way, and the move is none the worse', () => {
    const moving = [rescheduleRequested(), moveStarted('work'), guestsAdded([OLA])] as const;
    sequence(first, ...rest, ...moving).yields(confirmSlot(), resolveMove('work'));
    sequence(first, ...rest, ...moving, moved('work')).yields(
      confirmSlot(),
      completeReschedule(),
      confirmEvent('work', 1),
    );
    const done = sequence(first, ...rest, ...moving, moved('work'), rescheduled());
    done.yields(settleReschedule(true), confirmSlot(), confirmEvent('work', 1)).endsAs('accepted');
  });

  it('I6 have a SEQUENCE of their own, and the move the next one', () => {
    const booking = foldBooking([
      ...held,
      rescheduleRequested(),
      moveStarted('work'),
      guestsAdded([OLA]),
      moved('work'),
      rescheduled(),
    ]);
    expect(booking).toMatchObject({ sequence: 2, sequenceOfTime: 2 });
  });

  it('that waits for approval are written at the time that is in force', () => {
    const waiting = rescheduleRequested({ requiresApproval: true });
    sequence(first, ...rest, waiting, guestsAdded([OLA])).yields(
      confirmSlot(),
      failReschedule('approval_missed', '14:30'),
      confirmEvent('work', 2),
    );
  });

  it('are of no matter once the booking has ended', () => {
    sequence(first, ...rest, guestsAdded([OLA]), cancelled('guest')).yields(
      releaseSlot('cancelled'),
      removeFromCalendar('work', 1),
    );
  });
});
