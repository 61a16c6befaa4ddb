import { describe, expect, it } from 'vitest';
import { isAbsent } from '../../../src/domain/booking/absence.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import {
  absenceMarked,
  accepted,
  cancelled,
  command,
  given,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const asked = requested();
const withGuest = {
  ...asked,
  data: { ...asked.data, personal: { ...asked.data.personal, guests: ['Gro@example.com'] } },
};
const story = [withGuest, started('work'), succeeded('work'), accepted()];
const runa = 'runa@example.com';

describe('saying who was absent', () => {
  it('is an event of whom it is news', () => {
    given(...story)
      .when(command.markAbsence({ host: true, attendees: { [runa]: true } }, { at: '14:00' }))
      .then(absenceMarked({ host: true, attendees: { [runa]: true } }, { at: '14:00' }));
    given(...story, absenceMarked({ host: true }))
      .when(command.markAbsence({ host: true, attendees: { [runa]: true } }, { at: '14:30' }))
      .then(absenceMarked({ attendees: { [runa]: true } }));
  });

  it('is success without an event where it was said before, or was so', () => {
    given(...story, absenceMarked({ host: true, attendees: { [runa]: true } }))
      .when(command.markAbsence({ host: true, attendees: { 'RUNA@Example.com': true } }, { at: '15:00' }))
      .thenNothing();
    given(...story)
      .when(command.markAbsence({ host: false, attendees: { [runa]: false } }, { at: '14:30' }))
      .thenNothing();
  });

  it('can be taken back', () => {
    given(...story, absenceMarked({ host: true }))
      .when(command.markAbsence({ host: false }, { at: '14:30' }))
      .then(absenceMarked({ host: false }));
  });

  it('is refused before the start, of a meeting that is not on, and for strangers', () => {
    given(...story)
      .when(command.markAbsence({ host: true }, { at: '13:59:59' }))
      .thenRefused({ type: 'NotStarted', startsAt: '2050-09-05T14:00:00Z' });
    given(...story, cancelled())
      .when(command.markAbsence({ host: true }, { at: '14:10' }))
      .thenRefused({ type: 'NotAccepted', status: 'cancelled' });
    given(withGuest)
      .when(command.markAbsence({ host: true }, { at: '14:10' }))
      .thenRefused({ type: 'NotAccepted', status: 'pending' });
    given(...story)
      .when(command.markAbsence({ attendees: { [runa]: true, 'else@example.com': true } }, { at: '14:10' }))
      .thenRefused({ type: 'UnknownAttendee', index: 1 });
  });

  it('leaves of each what was said last, guests included, however the address is written', () => {
    const booking = foldBooking([
      ...story,
      absenceMarked({ attendees: { [runa]: true, 'gro@EXAMPLE.com': true } }),
      absenceMarked({ attendees: { [runa]: false } }),
    ]);
    if (booking.phase === 'none') throw new Error('no booking');
    expect(booking.absence).toEqual({ isSaid: true, host: false, absent: ['gro@example.com'] });
    expect(isAbsent(booking, 'GRO@example.com')).toBe(true);
    expect(isAbsent(booking, runa)).toBe(false);
  });
});
