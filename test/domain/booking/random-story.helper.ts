import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { BookingState } from '../../../src/domain/booking/booking-state.ts';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import { decide } from '../../../src/domain/booking/decide.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { evolve, foldBooking } from '../../../src/domain/booking/evolve.ts';
import { timersOf } from '../../../src/domain/booking/timers.ts';
import { type FailureKind, failureKindCodec } from '../../../src/domain/calendar/calendar-failure.ts';
import type { Effect } from '../../../src/domain/saga/effect.ts';
import { react } from '../../../src/domain/saga/react.ts';
import { toEpochMs } from '../../../src/domain/time/time.ts';
import { wantedTime } from '../../../src/domain/booking/reschedule-state.ts';
import {
  type RequestOptions,
  command,
  epochMs,
  instant,
  requested,
  rescheduleCommand,
} from '../../../src/testing/index.ts';
import { byPeople, inCalendar } from './random-people.helper.ts';

/** What the world does next: the effect number `pick` that is due is carried out, or a person does something. */
export type Happening = {
  readonly who: 'saga' | 'guest' | 'host' | 'calendar-user' | 'crash' | 'clock';
  readonly pick: number;
  readonly outcome: 'success' | 'no-id' | FailureKind;
  readonly waitMs: number;
  readonly jitter: number;
};

const kinds = Object.keys(failureKindCodec.keys).filter(failureKindCodec.is);

const happening: fc.Arbitrary<Happening> = fc.record({
  who: fc.oneof(
    { weight: 8, arbitrary: fc.constant('saga' as const) },
    { weight: 2, arbitrary: fc.constantFrom('guest', 'guest', 'host', 'host', 'crash', 'clock', 'clock') },
    fc.constant('calendar-user' as const),
  ),
  pick: fc.nat(7),
  outcome: fc.oneof(fc.constant('success' as const), fc.constantFrom('no-id', 'outcome-unknown', ...kinds)),
  waitMs: fc.constantFrom(0, 1, 900, 60_000, 40 * 60_000),
  jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

const plain: fc.Arbitrary<RequestOptions> = fc.record(
  {
    calendars: fc.constantFrom<NonNullable<RequestOptions['calendars']>>(
      [],
      ['work'],
      ['work', 'home'],
      [{ calendarId: 'meet', provider: 'google' }, 'home', 'team'],
    ),
    acceptance: fc.constantFrom('any-of', 'all-of'),
    requiresApproval: fc.boolean(),
    room: fc.constantFrom('jitsi', 'google-meet'),
    remindersInMinutes: fc.constantFrom([], [60], [180, 60]),
    invitesOnceVerified: fc.constant(true as const),
    noShowCheckInMinutes: fc.constantFrom(0, 10),
  },
  { requiredKeys: ['calendars'] },
);

const plan = fc.constantFrom<NonNullable<RequestOptions['approval']> | null>(
  null,
  { deadline: '13:00' },
  { deadline: '10:20', remindAt: ['10:01', '10:10'] },
);
const request = fc
  .tuple(plain, plan)
  .map(([asked, approval]) => (asked.requiresApproval === true && approval !== null ? { ...asked, approval } : asked));

export const story = fc.record({ request, happenings: fc.array(happening, { maxLength: 40, size: 'large' }) });

/** What carrying out an effect puts before the decider. A crash comes between the intent and the outcome. */
const commandsOf = (
  effect: Effect,
  { who, outcome, jitter }: Happening,
  at: string,
  to: string,
  detailsVersion: number,
): ReadonlyArray<BookingCommand> => {
  const failure = outcome === 'success' || outcome === 'no-id' ? null : outcome;
  switch (effect.type) {
    case 'MakeRoom':
      return failure === null
        ? [
            {
              type: 'RecordRoom',
              now: epochMs(at),
              room: { provider: 'jitsi', roomId: 'r', url: 'https://r', fallback: false },
            },
          ]
        : [{ type: 'RecordRoomFailure', now: epochMs(at), provider: 'jitsi', message: failure }];
    case 'WriteCalendar':
    case 'ResolveCalendarWrite': {
      const { calendarId, attempt } = effect;
      const begin = effect.type === 'WriteCalendar' ? [command.startSync(calendarId, { attempt, at })] : [];
      if (who === 'crash') return begin;
      return failure === null
        ? [
            ...begin,
            command.recordSuccess(calendarId, outcome === 'success' ? `evt-${calendarId}` : ' ', {
              attempt,
              at,
              detailsVersion,
            }),
          ]
        : [...begin, command.recordFailure(calendarId, failure, { attempt, at, jitter })];
    }
    case 'MoveCalendarEvent':
    case 'ResolveCalendarMove': {
      const { calendarId, attempt } = effect;
      const begin =
        effect.type === 'MoveCalendarEvent' ? [rescheduleCommand.start(calendarId, { attempt, at, to })] : [];
      if (who === 'crash') return begin;
      return failure === null
        ? [
            ...begin,
            rescheduleCommand.recordMove(calendarId, {
              attempt,
              at,
              to,
              providerEventId: outcome === 'success' ? `evt-${calendarId}` : ' ',
              detailsVersion,
            }),
          ]
        : [...begin, rescheduleCommand.recordFailure(calendarId, failure, { attempt, at, jitter, to })];
    }
    case 'ConfirmCalendarEvent':
      return failure === null
        ? [command.recordConfirmation(effect.calendarId, { attempt: effect.attempt, at, detailsVersion })]
        : [command.recordConfirmationFailure(effect.calendarId, failure, { attempt: effect.attempt, at, jitter })];
    case 'DecorateCalendarEvent':
      return failure === null
        ? [command.recordDecoration(effect.calendarId, 'https://meet', { attempt: effect.attempt, at, detailsVersion })]
        : [command.recordDecorationFailure(effect.calendarId, failure, { attempt: effect.attempt, at, jitter })];
    case 'RemoveFromCalendar':
      return failure === null
        ? [command.recordRemoval(effect.calendarId, { attempt: effect.attempt, at })]
        : [command.recordRemovalFailure(effect.calendarId, failure, { attempt: effect.attempt, at, jitter })];
    case 'Accept':
      return [command.accept({ at })];
    case 'LeavePending':
      return [command.leavePending(effect.reason, { at })];
    case 'RemindOfApproval':
      return [command.remindOfApproval(effect.number, { at })];
    case 'Expire':
      return [command.expire(effect.reason, { at })];
    case 'CompleteReschedule':
      return [rescheduleCommand.complete({ at })];
    case 'FailReschedule':
      return [rescheduleCommand.fail(effect.reason, { at })];
    case 'CancelForDifference':
      return [{ type: 'CancelForDifference', salt: 'salt', now: epochMs(at) }];
    case 'FollowCalendarEvent':
      return failure === null
        ? [
            rescheduleCommand.request({
              at,
              by: 'host',
              id: `${effect.calendarId}@${effect.number}`,
              to: effect.start,
            }),
          ]
        : [{ type: 'RecordNotFollowed', calendarId: effect.calendarId, reason: failure, now: epochMs(at) }];
    case 'SettleReschedules':
    case 'ConfirmSlot':
    case 'ReleaseSlot':
      return [];
  }
};

/** One command that was decided on: the state before it, what came of it, and the state after it. */
export type Told = {
  readonly before: BookingState;
  readonly command: BookingCommand;
  readonly wantedBySaga: boolean;
  readonly decided: E.Either<unknown, ReadonlyArray<BookingEvent>>;
  readonly after: BookingState;
};

/** Plays a story from its request on. Time goes on to the next thing that is due when nothing is. */
export const play = ({ request, happenings }: { request: RequestOptions; happenings: ReadonlyArray<Happening> }) => {
  let events: ReadonlyArray<BookingEvent> = [requested(request)];
  let state = foldBooking(events);
  let now = epochMs('10:00');
  const steps: Told[] = [];
  const put = (wanted: BookingCommand, wantedBySaga: boolean): void => {
    const before = state;
    const decided = decide(before, wanted);
    if (E.isRight(decided)) {
      state = decided.right.reduce(evolve, before);
      events = [...events, ...decided.right];
    }
    steps.push({ before, command: wanted, wantedBySaga, decided, after: state });
  };
  const timeOf = ({ at }: Effect): number => (at === null ? 0 : toEpochMs(at));
  for (const happens of happenings) {
    now += happens.waitMs;
    if (happens.who === 'guest' || happens.who === 'host') {
      put(byPeople(happens.who, happens, instantOf(now), state), false);
      continue;
    }
    if (happens.who === 'calendar-user') {
      put(inCalendar(happens.pick, instantOf(now), state), false);
      continue;
    }
    if (happens.who === 'clock') {
      const timers = timersOf(state);
      now = Math.max(now, timers[happens.pick % timers.length]?.at ?? now);
      put(command.fireTimers({ at: instantOf(now) }), false);
      continue;
    }
    const wanted = react(state).filter(
      ({ type }) => type !== 'ConfirmSlot' && type !== 'ReleaseSlot' && type !== 'SettleReschedules',
    );
    if (wanted.length === 0) continue;
    now = Math.max(now, Math.min(...wanted.map(timeOf)));
    const due = wanted.filter((effect) => timeOf(effect) <= now);
    const effect = due[happens.pick % due.length];
    if (effect === undefined) continue;
    const { detailsVersion } = state.phase === 'none' ? { detailsVersion: 0 } : state;
    // What was written may be of before the last change, as where that came while the calendar was asked.
    const written = Math.max(0, detailsVersion - (happens.pick === 7 ? 1 : 0));
    for (const [index, one] of commandsOf(effect, happens, instantOf(now), wantedStart(state), written).entries())
      // A time that cannot be followed is a fact of its own, and no fault.
      put(one, index === 0 && written === detailsVersion && one.type !== 'RequestReschedule');
  }
  return { events, state, steps, now };
};

/** When its event is wanted to begin in calendars. */
const wantedStart = (booking: BookingState): string =>
  booking.phase === 'none' ? instant('14:00') : wantedTime(booking).start;

const instantOf = (ms: number): string => instant(Temporal.Instant.fromEpochMilliseconds(ms).toString());
