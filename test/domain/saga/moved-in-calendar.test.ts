import { describe, it } from 'vitest';
import {
  accepted,
  cancelForDifference,
  completeReschedule,
  confirmed,
  confirmSlot,
  eventMoved,
  followEvent,
  inOrder,
  moved,
  moveEvent,
  moveFailed,
  moveStarted,
  notFollowed,
  requested,
  rescheduled,
  rescheduleFailed,
  rescheduleRequested,
  sequence,
  settleReschedule,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const first = requested();
const held = [started('work'), succeeded('work'), accepted(), confirmed('work')] as const;
const both = requested({ calendars: ['work', 'home'] });
const heldByBoth = [
  started('work'),
  started('home'),
  succeeded('work'),
  accepted(),
  succeeded('home', 'evt-2'),
  confirmed('work'),
  confirmed('home'),
] as const;
const all = requested({ calendars: ['work', 'home'], acceptance: 'all-of' });
const heldByAll = [
  started('work'),
  started('home'),
  succeeded('work'),
  succeeded('home', 'evt-2'),
  accepted(),
  confirmed('work'),
  confirmed('home'),
] as const;

/** Back at the time that was booked. */
const putBack = { to: '14:00', until: '14:30' } as const;

describe('the saga, when a person moves the event', () => {
  const to = { by: 'host', to: '15:00' } as const;
  const inForce = rescheduled(to);

  it('follows: the booking is moved as by the host, and no reader sees accepted in between', () => {
    sequence(first, ...held, eventMoved('work', '15:00'))
      .yields(confirmSlot(), followEvent('work', '15:00'))
      .readsAs('pending');
    const asked = inOrder(eventMoved('work', '15:00'), rescheduleRequested(to));
    sequence(first, ...held, asked)
      .yields(confirmSlot(), completeReschedule())
      .readsAs('accepted');
    sequence(first, ...held, inOrder(...asked.events, inForce))
      .yields(settleReschedule(true), confirmSlot())
      .readsAs('accepted');
  });

  it('the other calendars are moved along', () => {
    const asked = inOrder(eventMoved('work', '15:00'), rescheduleRequested(to));
    sequence(both, ...heldByBoth, inOrder(...asked.events, inForce)).yields(
      settleReschedule(true),
      confirmSlot(),
      moveEvent('home'),
    );
    sequence(all, ...heldByAll, asked)
      .yields(
        confirmSlot(),
        { type: 'FailReschedule', reason: 'calendar_refused', at: '2050-09-05T10:05:00Z' },
        moveEvent('home'),
      )
      .readsAs('pending');
  });

  it('asks the host about a time that cannot be booked, and cancels without an answer', () => {
    const refused = inOrder(eventMoved('work', '15:00'), notFollowed('work'));
    sequence(first, ...held, refused)
      .yields(confirmSlot(), cancelForDifference('14:00'))
      .at('13:59')
      .readsAs('pending');
    sequence(first, ...held, refused)
      .at('14:00')
      .readsAs('cancelled');
  });

  const noCalendar = rescheduleFailed();
  it('asks the host where the move that was to follow came to nothing', () => {
    const failed = inOrder(
      eventMoved('work', '15:00'),
      rescheduleRequested(to),
      moveStarted('home', { to: '15:00' }),
      moveFailed('home', 'forbidden', { to: '15:00' }),
      {
        ...noCalendar,
        data: {
          ...noCalendar.data,
          failures: [{ calendarId: 'home', kind: 'forbidden', message: 'forbidden', retryable: false }],
        },
      } as const,
    );
    sequence(all, ...heldByAll, failed)
      .at('13:59')
      .readsAs('pending');
  });

  it('puts it back where that is the policy', () => {
    sequence(first, ...held, eventMoved('work', '15:00', 'restore')).yields(confirmSlot(), moveEvent('work'));
    const back = inOrder(eventMoved('work', '15:00', 'restore'), moveStarted('work', putBack), moved('work', putBack));
    sequence(first, ...held, back)
      .yields(confirmSlot())
      .readsAs('accepted');
  });

  it('another length at the same start is put back the same way', () => {
    const longer = eventMoved('work', '14:00', 'restore', { until: '16:00' });
    sequence(first, ...held, longer)
      .yields(confirmSlot(), moveEvent('work'))
      .readsAs('pending');
  });

  it('a host who moves the booking elsewhere has answered', () => {
    const elsewhere = inOrder(eventMoved('work', '15:00', 'ask'), rescheduleRequested({ by: 'host', to: '16:00' }));
    sequence(first, ...held, elsewhere).yields(
      confirmSlot(),
      { type: 'FailReschedule', reason: 'calendar_refused', at: '2050-09-05T10:05:00Z' },
      moveEvent('work'),
    );
  });
});
