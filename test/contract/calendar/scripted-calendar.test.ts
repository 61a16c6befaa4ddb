import { intervalOf } from '../../../src/domain/time/time.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { calendarContract } from './calendar-contract.ts';
import { anEvent, live, succeeds } from './given.ts';

// The stand-in that other tests build on keeps to the contract as well.
calendarContract('stand-in in memory', async ({ timeLimitMs }) => {
  const scripted = scriptedCalendar({ calendarId: 'scripted', timeLimitMs });
  return {
    calendar: scripted.calendar,
    held: async () =>
      scripted.events().map(({ icsUid, sequence, status, attendees, summary, description, location, ...times }) => ({
        icsUid,
        sequence,
        status,
        answers: attendees.map(() => (status === 'confirmed' ? 'accepted' : 'tentative')),
        summary,
        description,
        location,
        ...intervalOf(times),
      })),
    occupy: async (own) => {
      await succeeds(scripted.calendar.create(anEvent({ ...own, bookingUid: 'stranger' }), live()));
    },
    addForeign: async ({ start, end }) => scripted.addForeign({ start, end }),
    makeUnreadable: async () => scripted.always('busy', { type: 'refuse', kind: 'provider-error' }),
    stall: async () => {
      for (const operation of ['create', 'find', 'change', 'remove', 'busy'] as const) {
        scripted.always(operation, { type: 'stall' });
      }
    },
    loseNextAnswer: async () => scripted.plan('create', { type: 'lose-answer' }),
    close: async () => scripted.release(),
  };
});
