import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import { decide } from '../../../src/domain/booking/decide.ts';
import { peopleByMailbox } from '../../../src/domain/booking/erasure.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { evolve, foldBooking } from '../../../src/domain/booking/evolve.ts';
import { decodeBookingEvent, newestVersion } from '../../../src/domain/log/decode.ts';
import { ERASED } from '../../../src/domain/log/sealed-data.ts';
import { statusOf } from '../../../src/domain/booking/booking-status.ts';
import { absenceMarked, accepted, cancelled, epochMs, guestsAdded, requested } from '../../../src/testing/index.ts';
import { asObject } from '../log/sealed.helper.ts';

const DURING = epochMs('10:00:00');
const ended = [requested({ guests: ['ola@example.net'] }), accepted(), cancelled('guest', { reason: 'Runa is ill' })];
const erase = (events: ReadonlyArray<BookingEvent>, people: ReadonlyArray<string>, now = DURING) =>
  decide(foldBooking(events), { type: 'ErasePersonalData', subject: 'a1', people, now });
const known = (events: ReadonlyArray<BookingEvent>) => {
  const booking = foldBooking(events);
  if (booking.phase === 'none') throw new Error('no booking');
  return booking;
};
const written = (decided: ReturnType<typeof erase>): ReadonlyArray<BookingEvent> => {
  if (E.isLeft(decided)) throw new Error(decided.left.type);
  return decided.right;
};

/** The same stream when the keys of these people are gone: what stands in is what the decoder makes of it. */
const withoutKeys = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<BookingEvent> =>
  events.map(({ type, data, occurredAt }) => {
    const { personal } = asObject(data);
    const sealed = personal === undefined ? {} : { personal: { sealed: [{ key: 'gone', at: '', text: '' }] } };
    const decoded = decodeBookingEvent({
      type,
      occurredAt,
      version: newestVersion(type),
      data: { ...asObject(data), ...sealed },
    });
    if (E.isLeft(decoded)) throw new Error(decoded.left.reason);
    return decoded.right;
  });

describe('forgetting people of a booking', () => {
  it('names them by what they are of the booking, whatever the spelling of their address', () => {
    expect(peopleByMailbox(known(ended), 'ola@example.net')).toEqual(['guest-1']);
    expect(peopleByMailbox(known(ended), known(ended).request.personal.attendee.email)).toEqual(['attendee']);
  });

  it('leaves nothing of the attendee, and the booking as it was otherwise', () => {
    const events = [...ended, ...written(erase(ended, ['attendee']))];
    const after = known(events);
    expect(JSON.stringify(after)).not.toMatch(/runa|is ill/i);
    expect(after.request.personal.attendee.email).toBe(ERASED);
    expect(statusOf(after)).toBe(statusOf(known(ended)));
    expect(after.guests.map(({ email }) => email)).toEqual(['ola@example.net']);
  });

  it('leaves nothing of a guest, and the attendee as they were', () => {
    const story = [...ended.slice(0, 2), guestsAdded(['kari@example.net'], { first: 2 }), ...ended.slice(2)];
    const after = known([...story, ...written(erase(story, ['guest-2', 'guest-1']))]);
    expect(JSON.stringify(after)).not.toMatch(/ola|kari/);
    expect(after.guests.map(({ number, email }) => [number, email])).toEqual([
      [1, ERASED],
      [2, ERASED],
    ]);
    expect(after.request.personal.attendee).toEqual(known(story).request.personal.attendee);
  });

  it('nobody can tell any more that they were absent', () => {
    const attendee = known(ended).request.personal.attendee.email;
    const story = [requested(), accepted(), absenceMarked({ attendees: { [attendee]: true } })];
    const over = epochMs('23:00:00');
    expect(known([...story, ...written(erase(story, ['attendee'], over))]).absence.absent).toEqual([]);
  });

  it('is refused for whoever is waited for, and success without events where it was done or names nobody', () => {
    const live = ended.slice(0, 2);
    expect(erase(live, ['attendee'])).toMatchObject({ left: { type: 'StillExpected' } });
    expect(erase(live, ['guest-1'])).toMatchObject({ left: { type: 'StillExpected' } });
    expect(erase(ended, ['guest-9'])).toEqual(E.right([]));
    const once = written(erase(ended, ['attendee']));
    expect(erase([...ended, ...once], ['attendee'])).toEqual(E.right([]));
  });

  it('gives the same booking whether it was folded before or after the key was destroyed', () => {
    const alone = [requested(), accepted(), cancelled('guest', { reason: 'Runa is ill' })];
    const events = [...alone, ...written(erase(alone, ['attendee']))];
    expect(withoutKeys(events).reduce(evolve, noBooking)).toEqual(foldBooking(events));
  });
});
