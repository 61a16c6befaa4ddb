import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import type { JsonObject, RecordedEvent } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import { brokenStreams, checkLog } from './log-checks.ts';
import type { Acknowledged } from './log-checks-outside.ts';
import { lostOrMisstated, wrongEvents, wrongInCalendars, wrongRepeats } from './log-checks-outside.ts';
import { unfinished } from './log-checks-quiet.ts';

type Step = readonly [stream: string, type: string, data?: JsonObject];

/** A log of these events, numbered and chained as a real one. */
const logOf = (...steps: ReadonlyArray<Step>): ReadonlyArray<RecordedEvent> => {
  const written: RecordedEvent[] = [];
  for (const [index, [stream, type, data = {}]] of steps.entries()) {
    const before = written.filter((each) => each.stream === stream);
    const [sealed] = seal(sha256Hex)(before.at(-1)?.hash ?? GENESIS_HASH, [
      {
        id: `event-${index + 1}`,
        type,
        version: 1,
        data,
        occurredAt: '2050-09-01T00:00:00Z',
        actor: { kind: 'system' },
        correlationId: 'c',
        causationId: null,
      },
    ]);
    if (sealed !== undefined) written.push({ ...sealed, stream, revision: before.length, position: index + 1 });
  }
  return written;
};

const requested = (uid: string): JsonObject => ({
  hostId: 'odd',
  icsUid: `${uid}@holdfast`,
  start: '2050-09-05T07:00:00Z',
  calendars: [{ calendarId: 'work' }],
});
const claim = (bookingUid: string, from: string, to: string): JsonObject => ({
  bookingUid,
  claim: { start: `2050-09-05T${from}:00Z`, end: `2050-09-05T${to}:00Z` },
});
const story = (uid: string, from: string, to: string): ReadonlyArray<Step> => [
  ['schedule-odd', 'SlotHeld', claim(uid, from, to)],
  [`booking-${uid}`, 'BookingRequested', requested(uid)],
  [`booking-${uid}`, 'CalendarSyncStarted', { calendarId: 'work' }],
  [`booking-${uid}`, 'CalendarSyncSucceeded', { calendarId: 'work', providerEventId: '1' }],
  [`booking-${uid}`, 'BookingAccepted', { reason: 'calendar_holds_it' }],
];
const good = () => logOf(...story('a', '07:00', '07:30'), ...story('b', '07:30', '08:00'));
const without = (uid: string, type: string) =>
  logOf(...story('a', '07:00', '07:30').filter(([stream, name]) => !(stream === `booking-${uid}` && name === type)));
const acknowledged: Acknowledged = {
  what: 'book',
  key: 'k',
  uid: 'a',
  start: '2050-09-05T07:00:00Z',
  status: 'pending',
  position: 2,
};

describe('the checks of the crash tests find what is wrong', () => {
  it('nothing in a log that is right', () => {
    expect(checkLog(good())).toEqual([]);
    expect(wrongInCalendars(good(), new Map([['work', ['a@holdfast', 'b@holdfast']]]))).toEqual([]);
    expect(lostOrMisstated(good(), [acknowledged, { ...acknowledged, status: 'accepted', position: 5 }])).toEqual([]);
  });

  it('a missing, a changed and a doubled event', () => {
    expect(brokenStreams(good().filter(({ position }) => position !== 3))).toContain(
      'booking-a: revision 1 is missing',
    );
    const changed = good().map((event) => (event.position === 4 ? { ...event, data: { calendarId: 'x' } } : event));
    expect(brokenStreams(changed)).toEqual(['booking-a: the hash chain breaks at 2']);
    expect(brokenStreams(logOf(...story('a', '07:00', '07:30'), ...story('a', '08:00', '08:30')))).toContain(
      'booking-a: requested 2 times',
    );
  });

  it('ACCEPTED before a success, and after one without an id', () => {
    const early = ['a: accepted before any calendar held it'];
    expect(checkLog(without('a', 'CalendarSyncSucceeded'))).toEqual(early);
    const [held, asked, started, , accepted] = story('a', '07:00', '07:30');
    const noId: Step = ['booking-a', 'CalendarSyncSucceeded', { calendarId: 'work', providerEventId: '' }];
    expect(checkLog(logOf(...[held, asked, started, noId, accepted].filter((step) => step !== undefined)))).toEqual(
      early,
    );
  });

  it('claims that overlap, and claims and bookings without each other', () => {
    expect(checkLog(logOf(...story('a', '07:00', '07:30'), ...story('b', '07:29', '08:00')))).toEqual([
      'schedule-odd: b overlaps a',
    ]);
    expect(checkLog(logOf(...story('a', '07:00', '07:30').slice(1)))).toEqual(['a: live without a claim']);
    expect(checkLog(logOf(...story('a', '07:00', '07:30'), ['booking-a', 'BookingCancelled']))).toEqual([
      'a: holds a slot and is not live',
    ]);
  });

  it('an event that is missing in the calendar, an orphan, and one that is there twice', () => {
    expect(wrongInCalendars(good(), new Map([['work', ['b@holdfast', 'b@holdfast', 'c@holdfast']]]))).toEqual([
      'work: a@holdfast is accepted and not there',
      'work: c@holdfast is an orphan',
      'work: b@holdfast is there 2 times',
    ]);
  });

  it('an acknowledged booking that is lost, a status that was not so, and a key with two bookings', () => {
    expect(lostOrMisstated(good(), [{ ...acknowledged, uid: 'c' }])).toHaveLength(3);
    expect(lostOrMisstated(good(), [{ ...acknowledged, status: 'accepted' }])).toEqual([
      'a: book said accepted at 2, where it was pending',
    ]);
    expect(wrongRepeats([acknowledged, { ...acknowledged, uid: 'b' }])).toHaveLength(1);
  });

  const MOVE = { rescheduleId: 'm1', requiresApproval: false };
  const moved = (...ended: ReadonlyArray<Step>) =>
    logOf(
      ...story('a', '07:00', '07:30'),
      ['schedule-odd', 'NewSlotHeld', { ...claim('a', '09:00', '09:30'), rescheduleId: 'm1' }],
      ['booking-a', 'RescheduleRequested', MOVE],
      ...ended,
    );
  const done: Step = ['booking-a', 'BookingRescheduled', { rescheduleId: 'm1', start: '2050-09-05T09:00:00Z' }];
  const settled: Step = ['schedule-odd', 'SlotMoved', { bookingUid: 'a', rescheduleId: 'm1' }];

  it('a time that stays held for a move, one that another booking has, and a move that has not ended', () => {
    expect(checkLog(moved(done, settled))).toEqual([]);
    expect(checkLog(moved(done))).toEqual(['a m1: holds a time for a move that is over']);
    const other: Step = ['schedule-odd', 'SlotHeld', claim('b', '09:00', '09:30')];
    expect(checkLog(moved(other))).toContain('schedule-odd: b overlaps a');
    const free: Step = ['schedule-odd', 'SlotHeld', claim('b', '07:00', '07:30')];
    expect(checkLog(moved(done, settled, free))).toEqual(['b: holds a slot and is not live']);
    expect(unfinished(moved(), 'everything')).toContain('a: move m1 has not ended');
  });

  it('an event at another time than is in force, and without somebody whose coming was acknowledged', () => {
    const start = Temporal.Instant.from('2050-09-05T09:00:00Z').epochMilliseconds;
    const guest: Acknowledged = { ...acknowledged, what: 'guests', guest: 'ola@example.com' };
    const at = (event: number, ...attendees: ReadonlyArray<string>) =>
      wrongEvents(
        moved(done, settled),
        new Map([['work', [{ uid: 'a@holdfast', start: event, attendees, location: '' }]]]),
        [guest],
      );
    expect(at(start, 'ola@example.com')).toEqual([]);
    expect(at(start)).toEqual(['work: a is there without ola@example.com']);
    expect(at(start - 1, 'ola@example.com')).toHaveLength(1);
    expect(lostOrMisstated(moved(done), [{ ...acknowledged, status: 'accepted', position: 8 }])).toHaveLength(1);
  });

  it('an event with somebody who was removed, and at another place than the last; a guest not told', () => {
    const start = Temporal.Instant.from('2050-09-05T07:00:00Z').epochMilliseconds;
    const ola: Step = ['booking-a', 'GuestsAdded', { personal: { guests: [{ number: 1, email: 'ola@example.com' }] } }];
    const gone: Step = ['booking-a', 'GuestRemoved', { number: 1 }];
    const place: Step = ['booking-a', 'LocationChanged', { personal: { location: 'Storgata 2' } }];
    const log = logOf(...story('a', '07:00', '07:30'), ola, gone, place);
    const at = (location: string, ...attendees: ReadonlyArray<string>) =>
      wrongEvents(log, new Map([['work', [{ uid: 'a@holdfast', start, attendees, location }]]]), []);
    expect(at('Storgata 2')).toEqual([]);
    expect(at('Storgata 1')).toEqual(['work: a is at Storgata 1, not at Storgata 2']);
    expect(at('Storgata 2', 'ola@example.com')).toEqual(['work: a has ola@example.com, who was removed']);
    expect(unfinished(log, 'everything')).not.toContain('a: guest-1 not told');
    expect(unfinished(logOf(...story('a', '07:00', '07:30'), ola), 'everything')).toContain('a: guest-1 not told');
  });

  it('what is still to come', () => {
    const open = unfinished(logOf(...story('a', '07:00', '07:30').slice(0, 3)), 'everything');
    expect(open).toContain('a: not decided');
    const cancelled = logOf(...story('a', '07:00', '07:30'), ['booking-a', 'BookingCancelled']);
    expect(unfinished(cancelled, 'everything')).toContain('a: open at work');
  });
});
