import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { BookingState } from '../../../src/domain/booking/booking-state.ts';
import { statusOf } from '../../../src/domain/booking/booking-status.ts';
import { decide } from '../../../src/domain/booking/decide.ts';
import { type BookingEvent, bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import { isDecided, isTriedAgain } from '../../../src/application/queries/await-decision.ts';
import { meaningOf } from '../../../src/domain/booking/event-meaning.ts';
import { evolve, foldBooking } from '../../../src/domain/booking/evolve.ts';
import { react } from '../../../src/domain/saga/react.ts';
import { decodeBookingEvent, newestVersion } from '../../../src/domain/log/decode.ts';
import { play, story } from './random-story.helper.ts';

const RUNS = { numRuns: 400 };

const ending: ReadonlySet<string> = new Set(['cancelled', 'rejected', 'expired']);

/** The state after each event, the empty one first. */
const states = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<BookingState> =>
  events.map((_, index) => foldBooking(events.slice(0, index + 1)));

const freeze = <A>(value: A): A => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value))
    for (const inner of Object.values(Object.freeze(value))) freeze(inner);
  return value;
};

/** Written only where several nodes share the log, or where somebody is forgotten. */
const onOtherLogs: ReadonlySet<string> = new Set([
  'EffectLeased',
  'RequestAbandoned',
  'RescheduleAbandoned',
  'PersonalDataErased',
]);

describe('whatever the calendars, the host and the guest do, and wherever the process dies', () => {
  it('I1 ACCEPTED comes after a success with an id, or says that no calendar is connected', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { events } = play(told);
        const accepted = events.findIndex(({ type }) => type === 'BookingAccepted');
        const before = events.slice(0, Math.max(accepted, 0));
        const isHeld = before.some((e) => e.type === 'CalendarSyncSucceeded' && e.data.providerEventId.trim() !== '');
        for (const event of events)
          if (event.type === 'BookingAccepted')
            expect(event.data.reason === 'calendar_holds_it' ? isHeld : told.request.calendars).toEqual(
              event.data.reason === 'calendar_holds_it' ? true : [],
            );
        for (const [index, state] of states(events).entries())
          if (state.phase === 'accepted') expect(index).toBeGreaterThanOrEqual(accepted);
        expect(events.filter(({ type }) => type === 'BookingAccepted').length).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('I1 no fact says of a booking that reads as accepted that no calendar holds it at its time', () => {
    fc.assert(
      fc.property(story, (told) => {
        for (const state of states(play(told).events)) {
          if (state.phase === 'none' || statusOf(state) !== 'accepted' || state.calendars.length === 0) continue;
          // While a move is in flight, for minutes, calendars may show the new time already (ADR 70).
          const times = [state.request.start, state.reschedule?.start];
          const mayHold = state.calendars.some(
            (sync) =>
              sync.status === 'held' &&
              sync.difference === undefined &&
              (sync.move.writing || sync.move.uncertain || times.includes(sync.start)),
          );
          // What moved the event puts the new time in force in the same append.
          const moves = react(state).some(({ type }) => type === 'CompleteReschedule');
          expect(mayHold || moves, JSON.stringify(state.calendars)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('only an event that decides ends the waiting of a request, and only a note leaves the time of change', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { events } = play(told);
        const after = states(events);
        for (const [index, event] of events.entries()) {
          const [was, is] = [after[index - 1], after[index]];
          if (was === undefined || was.phase === 'none' || is === undefined || is.phase === 'none') continue;
          const ended = [isDecided, isTriedAgain].some((isOver) => !isOver(was) && isOver(is));
          if (ended) expect([event.type, meaningOf[event.type]]).toEqual([event.type, 'decides']);
          if (meaningOf[event.type] === 'notes') expect(is.updatedAt).toBe(was.updatedAt);
        }
      }),
      RUNS,
    );
  });

  it('I5 the same command again changes nothing and is answered as before', () => {
    fc.assert(
      fc.property(story, (told) => {
        for (const { command, decided, after } of play(told).steps)
          expect(decide(after, command)).toEqual(E.isRight(decided) ? E.right([]) : decided);
      }),
      RUNS,
    );
  });

  it('I6 the ICS UID stays, SEQUENCE only rises', () => {
    fc.assert(
      fc.property(story, (told) => {
        let sequence = 0;
        for (const state of states(play(told).events)) {
          if (state.phase === 'none') throw new Error('a booking was lost');
          expect(state.request.icsUid).toBe('booking1@holdfast');
          expect(state.sequence).toBeGreaterThanOrEqual(sequence);
          sequence = state.sequence;
        }
      }),
      RUNS,
    );
  });

  it('I9 a replay at any position gives what was shown then, and folding touches no state', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { events } = play(told);
        let state = foldBooking([]);
        const shown = events.map((event) => {
          state = freeze(evolve(state, freeze(event)));
          return JSON.stringify(state);
        });
        expect(states(events).map((past) => JSON.stringify(past))).toEqual(shown);
      }),
      RUNS,
    );
  });

  const leadsOn = fc.property(story, (told) => {
    for (const { command, decided, wantedBySaga } of play(told).steps)
      if (wantedBySaga) expect(E.isRight(decided) && decided.right.length, command.type).toBeGreaterThan(0);
  });
  it('what the saga wants is never refused and always leads on, so that it cannot run hot', () => {
    fc.assert(leadsOn, RUNS);
  });
  it('nor where nobody approved a move in time, while an earlier one is still being written', () => {
    fc.assert(leadsOn, { numRuns: 100, seed: -340470485 });
  });

  it('what has ended stays ended', () => {
    fc.assert(
      fc.property(story, (told) => {
        const phases = states(play(told).events).map(({ phase }) => phase);
        const first = phases.findIndex((phase) => ending.has(phase));
        if (first >= 0) expect(new Set(phases.slice(first))).toEqual(new Set([phases[first]]));
      }),
      RUNS,
    );
  });

  it('the stories end in every phase and hold every event of one process that is no notification', () => {
    const told = fc.sample(story, { numRuns: 3_000, seed: 1 }).map(play);
    expect(new Set(told.map(({ state }) => state.phase))).toEqual(new Set(['pending', 'accepted', ...ending]));
    const silent = Object.keys(bookingEventCodecs).filter(
      (type) => !type.startsWith('Notification') && !onOtherLogs.has(type),
    );
    expect(new Set(told.flatMap(({ events }) => events.map(({ type }) => type)))).toEqual(new Set(silent));
  });

  it('every event that is decided can be written and read back', () => {
    fc.assert(
      fc.property(story, (told) => {
        for (const { type, data, occurredAt } of play(told).events) {
          const stored = JSON.parse(JSON.stringify({ type, data, occurredAt, version: newestVersion(type) }));
          expect(decodeBookingEvent(stored)).toEqual(E.right({ type, data, occurredAt }));
        }
      }),
      RUNS,
    );
  });
});
