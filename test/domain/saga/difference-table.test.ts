import { describe, it } from 'vitest';
import {
  accepted,
  cancelForDifference,
  cancelled,
  confirmed,
  confirmSlot,
  eventChanged,
  eventMissing,
  eventVerified,
  inOrder,
  moved,
  moveEvent,
  moveFailed,
  moveStarted,
  releaseSlot,
  requested,
  resolveMove,
  restoreRequested,
  sequence,
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

describe('the saga, when a person deletes the event', () => {
  it('cancels after two minutes, and until then nobody reads accepted', () => {
    sequence(first, ...held, eventMissing('work'))
      .yields(confirmSlot(), cancelForDifference('10:02'))
      .readsAs('pending');
    sequence(first, ...held, eventMissing('work'))
      .at('10:01:59')
      .readsAs('pending');
    sequence(first, ...held, eventMissing('work'))
      .at('10:02')
      .readsAs('cancelled');
  });

  it('writes it again where the host wants that, by policy or by the link in the mail', () => {
    sequence(first, ...held, eventMissing('work', 'restore'))
      .yields(confirmSlot(), moveEvent('work'))
      .readsAs('pending');
    sequence(first, ...held, inOrder(eventMissing('work'), restoreRequested('work')))
      .yields(confirmSlot(), moveEvent('work'))
      .at('10:30')
      .readsAs('pending');
    sequence(
      first,
      ...held,
      inOrder(eventMissing('work'), restoreRequested('work'), moveStarted('work', putBack), moved('work', putBack)),
    )
      .yields(confirmSlot())
      .at('10:30')
      .readsAs('accepted');
  });

  it('a restore that was begun is looked up, and one that fails is tried again', () => {
    const begun = inOrder(eventMissing('work', 'restore'), moveStarted('work', putBack));
    sequence(first, ...held, begun)
      .yields(confirmSlot(), resolveMove('work'))
      .readsAs('pending');
    const refused = moveFailed('work', 'network', { ...putBack, retryAt: '10:00:05' });
    sequence(first, ...held, inOrder(...begun.events, refused))
      .yields(confirmSlot(), moveEvent('work', 2, '10:00:05'))
      .readsAs('pending');
  });

  it('asks the host where that is the policy, and cancels what is unanswered when the meeting would begin', () => {
    sequence(first, ...held, eventMissing('work', 'pending'))
      .yields(confirmSlot(), cancelForDifference('14:00'))
      .at('13:59')
      .readsAs('pending');
    sequence(first, ...held, eventMissing('work', 'pending'))
      .at('14:00')
      .readsAs('cancelled');
  });

  it('cancels what is unanswered after the meeting too, where no server ran when it was to begin', () => {
    const late = cancelled('host', { at: '18:00', reason: 'the host removed it from their calendar' });
    sequence(first, ...held, inOrder(eventMissing('work', 'pending'), late)).readsAs('cancelled');
  });

  it('stands again when the person puts it back within the grace', () => {
    sequence(first, ...held, inOrder(eventMissing('work'), eventVerified('work', { number: 1 })))
      .yields(confirmSlot())
      .at('10:30')
      .readsAs('accepted');
  });

  it('is told apart from what was found earlier, by its number', () => {
    const twice = inOrder(
      eventMissing('work'),
      eventVerified('work', { number: 1 }),
      eventMissing('work', 'pending', { number: 2, at: '11:00' }),
    );
    sequence(first, ...held, twice)
      .at('13:59')
      .readsAs('pending');
  });

  it('any-of stays accepted while another calendar holds it', () => {
    sequence(both, ...heldByBoth, eventMissing('work'))
      .yields(confirmSlot())
      .at('13:00')
      .readsAs('accepted');
    sequence(both, ...heldByBoth, eventMissing('work'), eventMissing('home', 'cancel', { at: '11:00' }))
      .at('11:01')
      .readsAs('pending')
      .at('11:02')
      .readsAs('cancelled');
  });

  it('all-of is not accepted as soon as one does not hold it', () => {
    sequence(all, ...heldByAll, eventMissing('home'))
      .readsAs('pending')
      .at('10:02')
      .readsAs('cancelled');
  });

  it('cancelled in the calendar is as deleted, another organizer is told and nothing more', () => {
    sequence(first, ...held, eventChanged('work', 'cancelled'))
      .readsAs('pending')
      .at('10:02')
      .readsAs('cancelled');
    sequence(first, ...held, eventChanged('work', 'organizer'))
      .yields(confirmSlot())
      .at('13:00')
      .readsAs('accepted');
  });

  it('what a person cancels meanwhile is cancelled once', () => {
    sequence(first, ...held, inOrder(eventMissing('work'), cancelled('guest')))
      .at('13:00')
      .readsAs('cancelled');
    sequence(first, ...held, inOrder(eventMissing('work'), cancelled('guest'))).yields(releaseSlot('cancelled'), {
      type: 'RemoveFromCalendar',
      calendarId: 'work',
      attempt: 1,
      at: null,
    });
  });
});
