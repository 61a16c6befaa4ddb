import * as fc from 'fast-check';
import { changeDetails, type WantedDetails } from '../../../src/application/commands/change-booking.ts';
import { contextOf } from '../../application/process.helper.ts';
import { acknowledged, at, late, Step } from './step.ts';
import { quiet } from './world.ts';

/** Those who may come along; the first is a guest of every request. */
const mailboxes = ['ola@example.com', 'per@example.com', 'Pia@example.com', 'pia@EXAMPLE.com'];
const places = ['The square', 'Storgata 1', null];

const guest = (email: string) => ({ name: '', email, timeZone: null, language: null, phoneNumber: null });

const by = fc.constantFrom('guest' as const, 'host' as const);

const wanted: fc.Arbitrary<WantedDetails> = fc.oneof(
  fc
    .record({ by, emails: fc.array(fc.constantFrom(...mailboxes), { minLength: 1, maxLength: 2 }) })
    .map(({ by: whose, emails }) => ({ type: 'AddGuests' as const, by: whose, guests: emails.map(guest) })),
  fc.record({ type: fc.constant('RemoveGuest' as const), by, number: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    type: fc.constant('ChangeLocation' as const),
    by,
    location: fc.constantFrom(...places),
    room: fc.constant(null),
  }),
);

const wordsOf = (change: WantedDetails): string => {
  switch (change.type) {
    case 'AddGuests':
      return `the ${change.by} adds ${change.guests.map(({ email }) => email).join(' and ')} to`;
    case 'RemoveGuest':
      return `the ${change.by} removes guest ${change.number} of`;
    case 'ChangeLocation':
      return `the ${change.by} sets the place ${change.location ?? '(none)'} of`;
  }
};

/** Who comes along, or where the meeting takes place, changes. `times`: at the same moment. */
export const changeOfDetails = fc
  .record({ change: wanted, pick: fc.nat(20), times: fc.constantFrom(1, 1, 2), late })
  .map(
    ({ change, pick, times, late: hints }) =>
      new Step(`${wordsOf(change)} booking ${pick}${times > 1 ? ', twice at once' : ''}`, hints, async (story) => {
        const uid = at([...story.seen.bookings.keys()], pick);
        if (uid === undefined) return;
        const told = Array.from({ length: times }, (_, index) => {
          const context = contextOf(`${change.type} ${uid} ${story.count} ${index}`);
          return acknowledged(story, uid, changeDetails(story.world.program.deps)(change)(uid, context)());
        });
        await quiet(story.world);
        for (const one of told) await one.outcome();
      }),
  );
