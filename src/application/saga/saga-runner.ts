import * as E from 'fp-ts/lib/Either.js';
import type { Effect } from '../../domain/saga/effect.ts';
import { react } from '../../domain/saga/react.ts';
import { toEpochMs, toInstant } from '../../domain/time/time.ts';
import { bookingStream } from '../commands/aggregate.ts';
import { makeKeyedQueue } from '../commands/keyed-queue.ts';
import { verdictOnFailure } from '../consumers/verdict-on-failure.ts';
import type { Verdict } from '../ports/consumer-groups.ts';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { leaseElsewhere } from '../../domain/booking/lease.ts';
import type { Leasing } from '../consumers/leasing.ts';
import { type EffectContext, type EffectOutcome, type SagaDeps, systemContext, keyOf } from './effect-context.ts';
import { isCall, isDecision, isSlotEffect } from '../../domain/saga/follow-up.ts';
import { perform } from './perform.ts';
import { makeDueTimes } from './due-times.ts';
import { makeInFlightCalls } from './in-flight-calls.ts';

/**
 * What is left to do for a booking. `idle`: nothing before `due` (epoch ms; null: nothing at all); `leasedBy`: because
 * this other node has a lease until then. `busy`: calls are
 * in flight, `settled` says what came of them, and nothing else is due before `due`. `failed`: the log could not be
 * read or written, and what is to become of the hint. `stopping`: nothing new is begun.
 */
export type SagaProgress =
  | { readonly type: 'idle'; readonly due: number | null; readonly leasedBy?: string; readonly revision: number }
  | {
      readonly type: 'busy';
      readonly due: number | null;
      readonly leasedBy?: string;
      readonly revision: number;
      /** Of the very calls of this look: asked for later, a call that failed at once would be missed. */
      readonly settled: Promise<EffectOutcome>;
    }
  | { readonly type: 'failed'; readonly reason: string; readonly verdict: Verdict['type'] }
  | { readonly type: 'stopping' };

export type SagaRunner = {
  /**
   * Looks at a booking and does what is due. Any number of calls, in any order, lead to the same. `atLeast`: revision of
   * an event that is known to be in the stream; the log is asked only when the fold in memory does not reach it.
   * `isSecond`: another node is preferred for the booking, so the log is asked before anything is done.
   */
  readonly run: (uid: string, atLeast: number, isSecond?: boolean) => Promise<SagaProgress>;
  /** Revision up to which the booking is known without asking the log; -1: not at all. */
  readonly knows: (uid: string) => number;
  /** Whether nobody waits for what is next: the booking is accepted, or at its end, as far as it is known here. */
  readonly isDecided: (uid: string) => boolean;
  /** Whether anything is due for the booking now, as far as it is known. Does nothing. */
  readonly hasDue: (uid: string, atLeast: number) => Promise<boolean>;
  /** Begins nothing new, lets calls finish for `graceMs`, then cuts them; what was cut is looked up at the next start. */
  readonly stop: (graceMs: number) => Promise<void>;
};

/**
 * Milliseconds after which a booking is looked at again whose next step another node is at. It mostly takes a second; the
 * outcome comes as a hint of its own, this is for the node that dies.
 */
export const CHECK_ON_OTHERS_MS = 5_000;

/** The next thing to look at. `leasedBy`: what this other node is at; else what is due by its own time. */
type Next = { readonly due: number; readonly leasedBy?: string };

/** When to look again at what another node is at; null: none is. */
const leasedElsewhere = (leasing: Leasing, booking: KnownBooking, effect: string, now: number): Next | null => {
  const lease = leasing === null ? null : leaseElsewhere(booking, effect, leasing.node, now);
  if (lease === null) return null;
  return { due: Math.min(toEpochMs(lease.until), now + CHECK_ON_OTHERS_MS), leasedBy: lease.node };
};

const firstOf = (all: ReadonlyArray<Next>): Next | { readonly due: null } =>
  all.reduce<Next | undefined>(
    (first, next) => (first === undefined || next.due < first.due ? next : first),
    undefined,
  ) ?? {
    due: null,
  };

/** The effect with the time that it is due by the clock as it is set now. */
const dueBy = (effect: Effect, due: number): Effect =>
  effect.at === null ? effect : { ...effect, at: toInstant(due) };

/** A decision that writes nothing new would be made for ever; so many rounds mean that something is wrong. */
const MAX_ROUNDS = 50;

/** Drives bookings from fact to fact: fold, react, carry out what is due, again until nothing is. */
export const makeSagaRunner = (deps: SagaDeps): SagaRunner => {
  const queue = makeKeyedQueue();
  const inFlight = makeInFlightCalls();
  const dueTimes = makeDueTimes();
  const shutdown = new AbortController();
  let stopping = false;

  /** A fault of ours must not stop the other bookings: it is reported, and this one is looked at again. */
  const safely = async (context: EffectContext, effect: Effect): Promise<EffectOutcome> => {
    try {
      return await perform(deps)(context, effect);
    } catch (fault) {
      deps.report({ where: `saga ${effect.type} of ${context.uid}`, reason: String(fault) });
      return 'failed';
    }
  };

  /** Stops at the first that does not succeed. */
  const inOrder = async (context: EffectContext, effects: ReadonlyArray<Effect>): Promise<SagaProgress | null> => {
    for (const effect of effects) {
      const outcome = await safely(context, effect);
      if (outcome === 'done') continue;
      const verdict = outcome === 'unavailable' ? 'defer' : 'retry';
      return { type: 'failed', reason: `${effect.type} could not be written`, verdict };
    }
    return null;
  };

  const isDue = (booking: BookingState): boolean =>
    react(booking).some(({ at }) => at === null || toEpochMs(at) <= deps.clock.now());
  const present = async (uid: string, atLeast: number, isSecond: boolean) => {
    const known = await deps.buses.bookings.loadUpTo(uid, atLeast)();
    const isAsked = isSecond && E.isRight(known) && isDue(known.right.state);
    return isAsked ? deps.buses.bookings.load(uid)() : known;
  };

  /** One round; `again` when a decision was written, so that the next look sees it. */
  const round = async (uid: string, atLeast: number, isSecond: boolean): Promise<SagaProgress | 'again'> => {
    const loaded = await present(uid, atLeast, isSecond);
    if (E.isLeft(loaded))
      return { type: 'failed', reason: JSON.stringify(loaded.left), verdict: verdictOnFailure(loaded.left).type };
    const { state: booking, lastId } = loaded.right;
    const revision = loaded.right.revision === 'no-stream' ? -1 : loaded.right.revision;
    const effects = react(booking);
    if (booking.phase === 'none' || effects.length === 0) {
      dueTimes.forget(uid);
      return { type: 'idle', due: null, revision };
    }
    if (stopping) return { type: 'stopping' };
    const now = deps.clock.now();
    const timed = dueTimes.of(uid, booking, effects, now);
    const due = timed.flatMap(({ effect, due: at }) => (at <= now ? [dueBy(effect, at)] : []));
    const context = { uid, booking, signal: shutdown.signal, context: systemContext(deps, uid, lastId) };
    const elsewhere = (call: Effect): Next | null => leasedElsewhere(deps.leasing, booking, keyOf(call), now);
    // Decisions first: one of them may end the booking, and then the call would be for nothing.
    const decisions = due.filter(isDecision);
    if (decisions.length === 0)
      for (const call of due.filter(isCall))
        if (!inFlight.has(uid, keyOf(call)) && elsewhere(call) === null)
          inFlight.begin(uid, keyOf(call), safely(context, call), () => runAgain(uid, revision));
    // Taken now: a call that fails at once is over before what follows is written.
    const settled = inFlight.any(uid) ? inFlight.settled(uid) : null;
    const failed = await inOrder(context, decisions.length > 0 ? decisions : due.filter(isSlotEffect));
    if (failed !== null) return failed;
    if (decisions.length > 0) return 'again';
    const later = timed.filter(({ due: at }) => at > now).map(({ due: at }): Next => ({ due: at }));
    const next = firstOf([...later, ...due.filter(isCall).flatMap((call) => elsewhere(call) ?? [])]);
    return settled === null ? { type: 'idle', ...next, revision } : { type: 'busy', ...next, revision, settled };
  };

  const iterate = async (uid: string, atLeast: number, isSecond: boolean): Promise<SagaProgress> => {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const result = await round(uid, atLeast, isSecond && rounds === 0);
      if (result !== 'again') return result;
    }
    return { type: 'failed', reason: `no rest after ${MAX_ROUNDS} rounds`, verdict: 'retry' };
  };

  const run = (uid: string, atLeast: number, isSecond = false): Promise<SagaProgress> =>
    queue(uid, () => iterate(uid, atLeast, isSecond));
  const isDecided = (uid: string): boolean => {
    const phase = deps.buses.bookingCache.get(bookingStream(uid))?.state.phase ?? 'none';
    return phase !== 'none' && phase !== 'pending';
  };
  const knows = (uid: string): number => {
    const revision = deps.buses.bookingCache.get(bookingStream(uid))?.revision;
    return typeof revision === 'number' ? revision : -1;
  };

  /** After a call. Nobody waits for it: a fault of ours is told, and the hint that is kept back brings the booking up again later. */
  const runAgain = (uid: string, atLeast: number): void => {
    run(uid, atLeast).catch((fault: unknown) => deps.report({ where: `saga of ${uid}`, reason: String(fault) }));
  };

  const hasDue = async (uid: string, atLeast: number): Promise<boolean> => {
    const known = await deps.buses.bookings.loadUpTo(uid, atLeast)();
    return E.isLeft(known) || isDue(known.right.state);
  };

  const stop = async (graceMs: number): Promise<void> => {
    stopping = true;
    const cancelTimer = deps.clock.at(deps.clock.now() + graceMs, () => shutdown.abort());
    await inFlight.drained();
    cancelTimer();
  };

  return { run, knows, isDecided, hasDue, stop };
};
