import type { WatchPolicy } from '../../domain/booking/watch-commands.ts';
import { calendarIdOf } from '../commands/aggregate.ts';
import type { CalendarWatch } from '../ports/calendar.ts';
import { type CalendarWatching, type LookedAt, type WatchDeps } from './calendar-watching.ts';
import { noteRound } from './sightings.ts';
import { makeWatchRecords } from './watch-records.ts';
import { type CalendarMemory, goThrough, mostAtOnce, noMemory } from './calendar-round.ts';

/**
 * `begunMs`: when the last round began. `isHinted`: this node was told of a change; where another one watches, that one has to
 * hear of it.
 */
type State = CalendarMemory & { dueMs: number; begunMs: number; isHinted: boolean; going: Promise<unknown> };

/** Milliseconds after a hint until a calendar is asked, and at least between two rounds. */
const SOON_MS = 5_000;
/** Milliseconds until calendars that a reload has brought are seen, at most. */
const KEEP_UP_MS = 30_000;
/** Milliseconds between two rounds that readings of busy times bring about, at least. */
const HINT_EVERY_MS = 60_000;
/** Milliseconds after a push until its calendar is asked, and at least between two rounds: four a minute at most. */
const PUSHED_MS = 1_000;
const PUSH_EVERY_MS = 15_000;

/**
 * Watches what people do to our events: each calendar in a round of its own, spread over `everyMs`. What is confirmed becomes a
 * fact in the booking's stream; more than people do at once stops the watching of that calendar until somebody decides.
 */
export const watchCalendars = (deps: WatchDeps): CalendarWatching => {
  const { clock, identity, everyMs, confirmMs, report, channels } = deps;
  const { record, onCalendar, standing, handOn, noteBusy } = makeWatchRecords(deps);
  const stopping = new AbortController();
  const { signal } = stopping;
  const states = new Map<string, State>();
  const watchOf = (calendarId: string): CalendarWatch | undefined => deps.calendars.get(calendarId)?.watch;

  /** Those that are connected now: a reload of the configuration may have changed them. */
  const keepUp = (): void => {
    for (const id of states.keys())
      if (watchOf(id) === undefined) {
        states.delete(id);
        channels.drop(id);
      }
    for (const { calendarId, watch } of deps.calendars.values())
      if (watch !== undefined && !states.has(calendarId))
        // The first round is spread, so that a start does not ask all calendars at once.
        states.set(calendarId, {
          ...noMemory(),
          dueMs: clock.now() + everyMs * (0.2 + 0.8 * identity.jitter()),
          begunMs: 0,
          isHinted: false,
          going: Promise.resolve(),
        });
  };

  const settle = async (
    calendarId: string,
    state: State,
    options: { readonly all: boolean; readonly isAsked: boolean; readonly how?: 'accept' | 'restore' },
  ): Promise<LookedAt | null> => {
    const watch = watchOf(calendarId);
    if (watch === undefined) return null;
    const { how } = options;
    const began = clock.now();
    const round = await goThrough(deps, state, { calendarId, watch }, { confirmMs, ...options }, signal);
    const { watched, asked, failed, confirmed, verified } = round;
    const looked = { calendarId, watched, asked, found: confirmed.length, failed };
    if (signal.aborted) return { ...looked, stopped: false };
    // Those that were seen once count too: a calendar that answers slowly shows a wave little by little.
    const differing = confirmed.length + state.suspects.size;
    if (how === undefined && confirmed.length > 0 && differing > mostAtOnce(watched, deps.limits)) {
      await onCalendar(calendarId, { type: 'StopWatch', found: differing, watched, now: clock.now() });
      const words = `${differing} of ${watched} events were changed at once; nothing was done. Decide with "holdfast calendar accept-differences ${calendarId}" or "holdfast calendar restore ${calendarId}"`;
      report({ where: `calendar ${calendarId}`, reason: words });
      return { ...looked, stopped: true };
    }
    const own = deps.policyOf(calendarId);
    const policy: WatchPolicy = how === 'restore' ? { ...own, deleted: 'restore', moved: 'restore' } : own;
    // What could not be written is asked for again: the calendar tells a change once.
    for (const answer of confirmed) if (!(await record(calendarId, answer, policy, false))) state.open.add(answer.uid);
    for (const answer of verified) await record(calendarId, answer, policy, true);
    if (failed) return { ...looked, stopped: false };
    noteRound(deps.sightings, calendarId, { began, watched, unsure: [...state.open, ...state.suspects.keys()] });
    return { ...looked, stopped: false };
  };

  /** One round of one calendar after the other. */
  const inTurn = <A>(state: State, run: () => Promise<A>): Promise<A> => {
    const next = state.going.then(run, run);
    state.going = next.catch(() => undefined);
    return next;
  };

  const round = async (calendarId: string, state: State): Promise<void> => {
    state.begunMs = clock.now();
    state.dueMs = state.begunMs + everyMs * (0.9 + 0.2 * identity.jitter());
    const { isHinted } = state;
    state.isHinted = false;
    const stands = await standing(calendarId);
    if (stands !== 'ours') channels.drop(calendarId);
    if (signal.aborted) return;
    // The node that watches follows the log. Whoever takes over from it asks for all that was changed anyway.
    if (stands === 'elsewhere' && !(await handOn(calendarId, isHinted))) {
      state.isHinted = true;
      state.dueMs = Math.min(state.dueMs, clock.now() + everyMs / 4);
    }
    if (stands !== 'ours') return;
    await settle(calendarId, state, { all: false, isAsked: false });
    const watch = watchOf(calendarId);
    if (watch !== undefined) await channels.keep(calendarId, watch, signal);
    if (state.suspects.size > 0) state.dueMs = Math.min(state.dueMs, clock.now() + confirmMs);
    else if (state.open.size > 0) state.dueMs = Math.min(state.dueMs, clock.now() + everyMs / 4);
  };

  let cancel = (): void => undefined;
  const schedule = (): void => {
    if (signal.aborted) return;
    const next = Math.min(clock.now() + KEEP_UP_MS, ...[...states.values()].map(({ dueMs }) => dueMs));
    cancel();
    cancel = clock.at(Math.max(next, clock.now() + 100), lookAround);
  };
  const lookAround = (): void => {
    const now = clock.now();
    keepUp();
    for (const [calendarId, state] of states) {
      if (state.dueMs > now || signal.aborted) continue;
      state.dueMs = Number.POSITIVE_INFINITY;
      inTurn(state, () => round(calendarId, state))
        .catch((fault: unknown) => report({ where: `watching ${calendarId}`, reason: String(fault) }))
        .finally(() => {
          if (!Number.isFinite(state.dueMs)) state.dueMs = clock.now() + everyMs;
          schedule();
        });
    }
    schedule();
  };
  keepUp();
  schedule();

  const waitMs = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancelWait = clock.at(clock.now() + ms, () => resolve());
      signal.addEventListener('abort', () => {
        cancelWait();
        resolve();
      });
    });

  /** The calendar's round comes `afterMs` from now, and no sooner than `atLeastMs` after the one before. */
  const soon = (state: State, afterMs: number, atLeastMs: number): void => {
    if (signal.aborted || !Number.isFinite(state.dueMs)) return;
    state.dueMs = Math.min(state.dueMs, Math.max(clock.now() + afterMs, state.begunMs + atLeastMs));
    schedule();
  };

  return {
    look: async (calendarId, how) => {
      const state = states.get(calendarId);
      if (state === undefined) return null;
      return inTurn(state, async () => {
        if (how !== undefined) await onCalendar(calendarId, { type: 'ResumeWatch', how, now: clock.now() });
        const options = { all: true, isAsked: true, ...(how === undefined ? {} : { how }) };
        const first = await settle(calendarId, state, options);
        if (first === null || first.failed || first.stopped || state.suspects.size === 0) return first;
        await waitMs(confirmMs);
        const second = await settle(calendarId, state, { ...options, all: false });
        return second === null ? first : { ...second, asked: first.asked + second.asked };
      });
    },
    hint: (calendarId, seen) => {
      const state = states.get(calendarId);
      if (state === undefined) return;
      noteBusy(calendarId, seen);
      soon(state, SOON_MS, HINT_EVERY_MS);
    },
    pushed: ({ channelId, token, state: said }) => {
      const calendarId = channels.calendarOf(channelId, token);
      const state = states.get(calendarId ?? '');
      if (state === undefined) return false;
      if (said === 'sync') return true;
      state.isHinted = true;
      soon(state, PUSHED_MS, PUSH_EVERY_MS);
      return true;
    },
    seen: (events) => {
      for (const { type, stream } of events) {
        const state = type === 'CalendarWatchHinted' ? states.get(calendarIdOf(stream) ?? '') : undefined;
        if (state !== undefined) soon(state, PUSHED_MS, PUSH_EVERY_MS);
      }
    },
    stop: async () => {
      stopping.abort();
      cancel();
      await Promise.all([...states.values()].map(({ going }) => going));
      await channels.stop();
    },
  };
};
