import { describe, expect, it } from 'vitest';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { meetingPlace } from '../../../src/domain/booking/booking-facts.ts';
import { MOST_DETAIL_CHANGES } from '../../../src/domain/booking/details.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { MOST_GUESTS, presentGuests } from '../../../src/domain/booking/guests.ts';
import {
  accepted,
  cancelled,
  detailsCommand,
  expired,
  given,
  guestRemoved,
  guestsAdded,
  leftPending,
  locationChanged,
  rejected,
  requested,
  rescheduleCommand,
  rescheduled,
  rescheduleRequested,
  roomReady,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const OLA = 'ola@example.net';
const KARI = 'kari@example.net';
const held = [requested(), started('work'), succeeded('work'), accepted()] as const;

const folded = (...events: ReadonlyArray<BookingEvent>) => {
  const booking = foldBooking(events);
  if (booking.phase === 'none') throw new Error('no booking');
  return booking;
};

describe('guests of a booking', () => {
  it('are numbered on from those before, and a number is never given twice', () => {
    given(...held)
      .when(detailsCommand.addGuests([OLA, KARI]))
      .then(guestsAdded([OLA, KARI]));
    given(...held, guestsAdded([OLA, KARI]), guestRemoved(2))
      .when(detailsCommand.addGuests(['per@example.net']))
      .then(guestsAdded(['per@example.net'], { first: 3 }));
  });

  it('who comes already, as host, attendee or guest, is no news, however the address is spelled', () => {
    const { organizer, attendee } = requested().data.personal;
    given(...held, guestsAdded([OLA]))
      .when(detailsCommand.addGuests([OLA.toUpperCase(), attendee.email, organizer?.email ?? '']))
      .thenNothing();
    given(...held)
      .when(detailsCommand.addGuests([OLA, KARI, OLA]))
      .then(guestsAdded([OLA, KARI]));
  });

  it('who was removed can come again, as somebody new', () => {
    given(...held, guestsAdded([OLA]), guestRemoved(1))
      .when(detailsCommand.addGuests([OLA]))
      .then(guestsAdded([OLA], { first: 2 }));
  });

  it('are removed by number; again is no news, a number of nobody is refused', () => {
    given(...held, guestsAdded([OLA]))
      .when(detailsCommand.removeGuest(1, { by: 'host' }))
      .then(guestRemoved(1, { by: 'host' }));
    given(...held, guestsAdded([OLA]), guestRemoved(1))
      .when(detailsCommand.removeGuest(1))
      .thenNothing();
    given(...held)
      .when(detailsCommand.removeGuest(1))
      .thenRefused({ type: 'UnknownGuest', number: 1 });
  });

  it(`are at most ${MOST_GUESTS} at a time`, () => {
    const all = Array.from({ length: MOST_GUESTS }, (_, index) => `guest${index}@example.net`);
    given(...held)
      .when(detailsCommand.addGuests([...all, OLA]))
      .thenRefused({ type: 'TooManyGuests', limit: MOST_GUESTS });
    given(...held, guestsAdded(all))
      .when(detailsCommand.addGuests([OLA]))
      .thenRefused({ type: 'TooManyGuests' });
    given(...held, guestsAdded(all), guestRemoved(1))
      .when(detailsCommand.addGuests([OLA]))
      .then(guestsAdded([OLA], { first: MOST_GUESTS + 1 }));
  });
});

describe('the place of a booking', () => {
  it('is another from then on; the same again is no news', () => {
    given(...held)
      .when(detailsCommand.changeLocation('The square'))
      .then(locationChanged('The square'));
    given(...held, locationChanged('The square'))
      .when(detailsCommand.changeLocation('The square'))
      .thenNothing();
    expect(meetingPlace(folded(...held, locationChanged('The square')))).toMatchObject({ place: 'The square' });
  });

  it('leaves the video room of before, and one of a calendar too', () => {
    const video = [requested({ room: 'jitsi' }), roomReady(), started('work'), succeeded('work'), accepted()] as const;
    expect(meetingPlace(folded(...video)).link).not.toBeNull();
    expect(meetingPlace(folded(...video, locationChanged('The square')))).toMatchObject({ link: null });
    const meet = requested({ calendars: [{ calendarId: 'g', provider: 'google' }], room: 'google-meet' });
    const linked = succeeded('g', 'evt-1', { meetingUrl: 'https://meet.example/x' });
    expect(meetingPlace(folded(meet, started('g'), linked, accepted())).link).toBe('https://meet.example/x');
    expect(meetingPlace(folded(meet, started('g'), linked, accepted(), locationChanged('Here'))).link).toBeNull();
  });

  it('may be a video room that is there already', () => {
    const room = { provider: 'jitsi', roomId: 'r1', url: 'https://rooms.example/r1' };
    const booking = folded(...held, locationChanged(null, { room }));
    expect(meetingPlace(booking)).toMatchObject({ place: null, link: room.url });
    given(...held, locationChanged(null, { room }))
      .when(detailsCommand.changeLocation(null, { room }))
      .thenNothing();
  });
});

describe('guests and place', () => {
  const all = [
    detailsCommand.addGuests([OLA]),
    detailsCommand.removeGuest(1),
    detailsCommand.changeLocation('The square'),
  ];

  it('stay as they are once the booking has ended, or its meeting is over', () => {
    const refusedBy = requested({ requiresApproval: true });
    const ends: ReadonlyArray<readonly [ReadonlyArray<BookingEvent>, 'cancelled' | 'rejected']> = [
      [[...held, cancelled('guest')], 'cancelled'],
      [[refusedBy, leftPending('awaiting_approval'), rejected()], 'rejected'],
      [[refusedBy, leftPending('awaiting_approval'), expired('approval_missed', { at: '14:30' })], 'rejected'],
    ];
    for (const [events, status] of ends)
      for (const one of all)
        given(...events)
          .when(one)
          .thenRefused({ type: 'NotLive', status });
    for (const late of [
      detailsCommand.addGuests([OLA], { at: '14:30' }),
      detailsCommand.changeLocation('The square', { at: '14:30' }),
    ])
      given(...held)
        .when(late)
        .thenRefused({ type: 'AlreadyEnded' });
  });

  it(`change at most ${MOST_DETAIL_CHANGES} times`, () => {
    const changes = Array.from({ length: MOST_DETAIL_CHANGES }, (_, index) => locationChanged(`place ${index}`));
    given(...held, ...changes)
      .when(detailsCommand.addGuests([OLA]))
      .thenRefused({ type: 'TooManyDetailChanges', limit: MOST_DETAIL_CHANGES });
    given(...held, ...changes)
      .when(detailsCommand.changeLocation(`place ${MOST_DETAIL_CHANGES - 1}`))
      .thenNothing();
  });

  it('I6 raise the SEQUENCE of an accepted booking with each change, and not that of a pending one', () => {
    expect(folded(...held, guestsAdded([OLA]), guestRemoved(1), locationChanged('Here')).sequence).toBe(3);
    const pending = folded(requested(), guestsAdded([OLA]), locationChanged('Here'));
    expect(pending).toMatchObject({ sequence: 0, detailsVersion: 2 });
    expect(presentGuests(pending).map(({ email }) => email)).toEqual([OLA]);
  });

  it('S33 leave links to another time as good as they were; a move makes them stale', () => {
    given(...held, guestsAdded([OLA]))
      .when(rescheduleCommand.request({ expected: { sequence: 0 } }))
      .then(rescheduleRequested());
    given(...held, guestsAdded([OLA]))
      .when(rescheduleCommand.request({ expected: { sequence: 1 } }))
      .then(rescheduleRequested());
    const plain = [requested({ calendars: [] }), accepted({ reason: 'no_calendar_connected' })] as const;
    const moved = [...plain, guestsAdded([OLA]), rescheduleRequested(), rescheduled()] as const;
    for (const sequence of [0, 1])
      given(...moved)
        .when(rescheduleCommand.request({ id: 'move2', to: '16:00', expected: { sequence } }))
        .thenRefused({ type: 'RescheduledMeanwhile' });
    given(...moved)
      .when(rescheduleCommand.request({ id: 'move2', to: '16:00', expected: { sequence: 2 } }))
      .then(rescheduleRequested({ id: 'move2', to: '16:00' }));
  });
});
