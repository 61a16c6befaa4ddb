import * as E from 'fp-ts/lib/Either.js';
import type { BookingState } from '../../domain/booking/booking-state.ts';
import type { BookingRejection } from '../../domain/booking/commands.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CommandError, Executed } from '../commands/command-bus.ts';
import type { NodePreference } from '../consumers/node-preference.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { DueTimers, TimerReader } from '../ports/read-models.ts';
import type { Report } from '../saga/effect-context.ts';

/** Bookings that are looked at in one go; what more is due comes right after. */
const AT_ONCE = 256;
/** Milliseconds between two looks while the log goes on: so much later than its time a timer may fire. */
const SHORTEST_WAIT_MS = 1_000;
/** A machine that slept, or whose clock was set forward, looks again after so long at the latest. */
const LONGEST_WAIT_MS = 60_000;
/** Milliseconds until what could not be written is tried again. */
const AFTER_FAILURE_MS = 5_000;
/** Milliseconds that the read model gets to show what was just written. */
const FOLLOWING_MS = 5_000;

export type TimerDeps = {
  readonly reader: TimerReader;
  readonly buses: Pick<BookingBuses, 'bookings'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  /** For how long another node is left to go first for a booking. */
  readonly standByMs: NodePreference['standByMs'];
  readonly report: Report;
};

export type BookingTimers = {
  /** Looks now, and answers how many bookings had something due. */
  readonly look: () => Promise<number>;
  /** Fires nothing new; what is being written is finished. */
  readonly stop: () => Promise<void>;
};

type Looked = { readonly fired: number; readonly nextMs: number | null };

/**
 * Brings to each booking what the clock has brought: reminders, start, the question who came, end. The read model says
 * whose time has come, by an index on the time, so the work is that of the bookings that are due. It only names them: what
 * is due is decided from the booking's own stream, and written there at an expected revision, so that of several nodes,
 * and of a look and its repeat, one writes it. Nothing is kept between two looks.
 */
export const startTimers = (deps: TimerDeps): BookingTimers => {
  const { reader, buses, clock, identity, standByMs, report } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;

  type Fired = Executed<BookingState, BookingEvent>;

  const fire = (uid: string): Promise<E.Either<CommandError<BookingRejection>, Fired>> => {
    const context = {
      commandId: identity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: uid,
      causationId: null,
    } as const;
    return buses.bookings.execute(uid, { type: 'FireTimers', now: clock.now() }, context)();
  };

  /** Each with the time at which this node is to look at it: later where another node goes first. */
  const byThisNode = (timers: DueTimers): DueTimers =>
    timers.map(({ uid, dueMs }) => ({ uid, dueMs: dueMs + standByMs(uid) }));

  const lookOnce = async (): Promise<Looked> => {
    const read = await reader.firstTimers(AT_ONCE)();
    // A read model that is being built or cannot be read is told by itself; the timers wait for it.
    if (E.isLeft(read)) return { fired: 0, nextMs: null };
    const timers = byThisNode(read.right);
    const now = clock.now();
    const due = timers.filter(({ dueMs }) => dueMs <= now);
    const outcomes = await Promise.all(due.map(({ uid }) => fire(uid)));
    const [failure] = outcomes.filter(E.isLeft);
    if (failure !== undefined) report({ where: 'timers', reason: failure.left.type });
    const written = outcomes
      .filter(E.isRight)
      .flatMap(({ right: { events, position } }) => (events.length === 0 ? [] : [position]));
    // Else the next look would see the same rows again.
    if (written.length > 0) await reader.waitFor(Math.max(...written), FOLLOWING_MS, signal);
    const later = timers.filter(({ dueMs }) => dueMs > now).map(({ dueMs }) => dueMs);
    // Most likely the log is away, and one look says it of all.
    const again = failure === undefined ? [] : [now + AFTER_FAILURE_MS];
    return { fired: written.length, nextMs: [...again, ...later].length === 0 ? null : Math.min(...again, ...later) };
  };

  let looking: Promise<Looked> = Promise.resolve({ fired: 0, nextMs: null });
  /** One look after the other. */
  const look = (): Promise<Looked> => {
    looking = looking.then(() => (signal.aborted ? { fired: 0, nextMs: null } : lookOnce()));
    return looking;
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const over = (): void => {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const cancel = clock.at(clock.now() + ms, over);
      if (signal.aborted) over();
      else signal.addEventListener('abort', over);
    });

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const seen = reader.position();
      const { fired, nextMs } = await look();
      if (fired > 0) continue;
      const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(1, (nextMs ?? Infinity) - clock.now()));
      await pause(Math.min(waitMs, SHORTEST_WAIT_MS));
      // A booking that is new may be the next to be due.
      if (waitMs > SHORTEST_WAIT_MS) await reader.waitFor(seen + 1, waitMs - SHORTEST_WAIT_MS, signal);
    }
  };

  const running = run().catch((fault: unknown) => report({ where: 'timers', reason: String(fault) }));
  return {
    look: async () => (await look()).fired,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};
