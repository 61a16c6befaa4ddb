import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { judgeBookingEvent } from '../../../src/domain/audit/judge-booking.ts';
import { type BookingState, noBooking } from '../../../src/domain/booking/booking-state.ts';
import { decide } from '../../../src/domain/booking/decide.ts';
import { peopleByMailbox } from '../../../src/domain/booking/erasure.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { evolve, foldBooking } from '../../../src/domain/booking/evolve.ts';
import { decodeBookingEvent, newestVersion } from '../../../src/domain/log/decode.ts';
import type { Json, JsonObject } from '../../../src/domain/log/envelope.ts';
import { joinPersonal, splitPersonal } from '../../../src/domain/log/sealed-data.ts';
import { mailboxKey } from '../../../src/domain/mail/mail-address.ts';
import { isObject } from '../../../src/domain/unknown.ts';
import { absenceMarked, accepted, epochMs, guestsAdded, requested } from '../../../src/testing/index.ts';
import { asObject } from '../log/sealed.helper.ts';
import { play, story } from './random-story.helper.ts';

const ATTENDEE = 'runa@example.com';
const LATER = epochMs('23:00:00') + 7 * 86_400_000;

/** An event as it reads when the keys of these mailboxes are gone. `erased`: something of it is. */
const openedWithout =
  (gone: ReadonlySet<string>) =>
  ({ type, data, occurredAt }: BookingEvent): { readonly event: BookingEvent; readonly erased: boolean } => {
    const { personal, ...rest }: JsonObject = asObject(data);
    const read = (whole: JsonObject): JsonObject => {
      const parts = splitPersonal(whole).map(({ at, mailbox, value, open }) => {
        const part: Json = JSON.parse(JSON.stringify(value));
        return { at, open, key: mailbox ?? ATTENDEE, text: JSON.stringify(part) };
      });
      return joinPersonal(type, parts, ({ key, text }) => (gone.has(key) ? null : (JSON.parse(text) as Json)));
    };
    const opened = isObject(personal) ? { ...rest, personal: read(personal) } : rest;
    const decoded = decodeBookingEvent({ type, occurredAt, version: newestVersion(type), data: opened });
    if (E.isLeft(decoded)) throw new Error(decoded.left.reason);
    return { event: decoded.right, erased: isObject(opened.personal) && 'erased' in opened.personal };
  };

/** What an audit says of events that nothing of is erased, where something of those before them is. */
const impossible = (read: ReadonlyArray<ReturnType<ReturnType<typeof openedWithout>>>): ReadonlyArray<string> => {
  let state: BookingState = noBooking;
  return read.flatMap(({ event, erased }) => {
    const judged = judgeBookingEvent(state, event, { clocksMayBeSetBack: true });
    state = evolve(state, event);
    return E.isLeft(judged) && !erased ? [`${event.type}: ${judged.left}`] : [];
  });
};

/** These are forgotten one after the other, each after the keys of those before are gone. */
const forgotten = (events: ReadonlyArray<BookingEvent>, mailboxes: ReadonlyArray<string>): void => {
  const gone = new Set<string>();
  let log = events;
  let live = foldBooking(events);
  for (const mailbox of mailboxes) {
    if (live.phase === 'none') return;
    const people = peopleByMailbox(live, mailbox);
    const done = decide(live, { type: 'ErasePersonalData', subject: 's', people, now: LATER });
    if (E.isLeft(done)) throw new Error(done.left.type);
    live = done.right.reduce(evolve, live);
    log = [...log, ...done.right];
    gone.add(mailboxKey(mailbox));
    // Somebody who joins the server now, and reads the log from its beginning, knows the same.
    const read = log.map(openedWithout(gone));
    const anew = read.reduce((state, { event }) => evolve(state, event), noBooking);
    expect(anew).toEqual(live);
    const before = impossible(log.map(openedWithout(new Set())));
    expect(impossible(read).filter((one) => !before.includes(one))).toEqual([]);
    // Nobody was forgotten whom the log does not know: verify decides it again.
    expect(done.right.map(({ type }) => type)).toEqual(people.length > 0 ? ['PersonalDataErased'] : []);
    expect(JSON.stringify(anew)).not.toContain(mailbox);
  }
};

const others = ['ola@example.net', 'kari@example.net'];
const people = fc.shuffledSubarray([ATTENDEE, ...others, 'guest1@example.com', 'guest2@example.com']);

it('a booking is the same to who read it before a key was destroyed and after, whoever is forgotten', () => {
  fc.assert(
    fc.property(story, people, (told, mailboxes) => {
      forgotten(play({ ...told, request: { ...told.request, guests: others } }).events, mailboxes);
    }),
    { numRuns: 300 },
  );
});

it('given several absent and taken back, then so too', () => {
  const marks = fc.array(fc.tuple(fc.constantFrom(ATTENDEE, ...others), fc.boolean()), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(marks, people, (marked, mailboxes) => {
      const events = marked.map(([mailbox, absent]) => absenceMarked({ attendees: { [mailbox]: absent } }));
      const both = [requested({ guests: others.slice(0, 1) }), accepted(), guestsAdded(others.slice(1), { first: 2 })];
      forgotten([...both, ...events], mailboxes);
    }),
    { numRuns: 300 },
  );
});
