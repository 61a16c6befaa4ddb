import * as E from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup, RunningConsumer } from '../ports/consumer-groups.ts';
import type { EventStore } from '../ports/event-store.ts';
import {
  type ConsumerState,
  type SavedGroup,
  type WaitingMessage,
  dueBy,
  type Mark,
  type SharedConsumers,
} from './consumer-state.ts';
import { type Dispatcher, makeDispatcher } from './dispatch.ts';
import { followLog } from './follow.ts';
import { makeIntake } from './intake.ts';
import { type Lanes, makeLanes } from './lanes.ts';
import { makeProgress, type Progress } from './progress.ts';
import { type Changes, makeChanges, makeStopSignal, type StopSignal } from './waiting.ts';

export type ConsumerDependencies = {
  readonly store: EventStore;
  readonly state: ConsumerState;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** What the nodes on one log tell each other; absent where one process has the log alone. */
  readonly shared?: SharedConsumers;
  /** Told about what is tried again by itself: a log that cannot be read, progress that cannot be saved. */
  readonly onProblem: (problem: { readonly group: string; readonly message: string }) => void;
};

export type StartedConsumer = RunningConsumer & {
  /** Saves what is known so far. */
  readonly flush: () => Promise<void>;
  /** Takes messages back that were parked. */
  readonly replay: (messages: ReadonlyArray<WaitingMessage>) => void;
  /** How far it has come; `undefined` while the group is not loaded. */
  readonly mark: () => Mark | undefined;
};

/** What a group tells those around it. */
export type ConsumerHooks = {
  readonly onParked: () => void;
  /** A message that an operator had asked for again is done. */
  readonly onReplayed: (position: number) => void;
};

type Parts = { readonly progress: Progress; readonly lanes: Lanes; readonly dispatcher: Dispatcher };
type Loaded = Parts & { readonly onEvents: (events: ReadonlyArray<RecordedEvent>) => Promise<void> };
type Known = SavedGroup & { readonly checkpoint: number };

const orThrow = <A>(what: string, result: E.Either<{ readonly type: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(`${what}: ${result.left.type}`);
  return result.right;
};

/**
 * Where a group begins that this node has not run before. On a log of several nodes: where all that comes before is
 * settled, as another node that runs the group has told. Else at the beginning or the
 * present head, as the group asks.
 */
const beginGroup = async (
  { store, shared, clock }: ConsumerDependencies,
  group: ConsumerGroup,
  saved: SavedGroup,
): Promise<Known> => {
  const own = group.startAt === 'beginning' ? 0 : orThrow('the head of the log cannot be read', await store.head()());
  const fresh: Known = { ...saved, checkpoint: own };
  if (shared === undefined) return fresh;
  const mark = orThrow('the marks of the group cannot be read', await shared.begin(group.name, own)());
  const { position, open } = mark;
  if (!open) return { ...fresh, checkpoint: position };
  const event = orThrow('the event at the mark cannot be read', await store.readAt(position)());
  if (event === null || !group.accepts(event)) return { ...fresh, checkpoint: position };
  const asMessage = { position, key: group.keyOf(event), attempts: 0, dueAt: clock.now(), waitMs: 0 };
  const again = saved.waiting.some((message) => message.position === position);
  const waiting = again ? saved.waiting : [...saved.waiting, { ...asMessage, reason: '', replayed: false }];
  return { ...fresh, checkpoint: position, waiting };
};

const loadGroup = async (deps: ConsumerDependencies, group: ConsumerGroup): Promise<Known> => {
  const saved = await deps.state.load(group.name);
  if (saved.checkpoint === undefined) return beginGroup(deps, group, saved);
  return { ...saved, checkpoint: saved.checkpoint };
};

/** Follows the log for one group until it is stopped. Whatever breaks is said, and tried again after a pause. */
export const startConsumer = (
  deps: ConsumerDependencies,
  group: ConsumerGroup,
  hooks: ConsumerHooks,
): StartedConsumer => {
  const { store, clock, random, state } = deps;
  const stop: StopSignal = makeStopSignal(clock);
  const changes: Changes = makeChanges();
  const onProblem = (message: string): void => deps.onProblem({ group: group.name, message });
  let loaded: Loaded | undefined;

  const assemble = (checkpoint: number): Parts => {
    const lanes = makeLanes(group.ordering);
    const common = { ...hooks, state, clock, store, onProblem };
    const progress = makeProgress({ ...common, group: group.name, checkpoint });
    return { lanes, progress, dispatcher: makeDispatcher({ ...common, group, lanes, progress, changes }) };
  };
  const putBack = ({ lanes, dispatcher }: Parts, messages: ReadonlyArray<WaitingMessage>): void => {
    const now = clock.now();
    // Which of them waits for an earlier one is not kept: each is looked at again when one before it was handled.
    const known = { event: undefined, kept: true, takenAt: clock.elapsed(), behind: true };
    for (const message of messages) lanes.add({ ...message, ...known, dueAt: dueBy(message, now) }, now);
    dispatcher.tick();
  };
  /** What a group that starts now knows is saved before its first message: a kill must not move its start. */
  const load = async (): Promise<Loaded> => {
    const known = await loadGroup(deps, group);
    const parts = assemble(known.checkpoint);
    for (const message of known.waiting) parts.progress.keep(message);
    await parts.progress.flush();
    putBack(parts, known.waiting);
    const ahead = new Set([...known.parkedAhead, ...known.waiting.map(({ position }) => position)]);
    return { ...parts, onEvents: makeIntake({ ...parts, group, clock, stop, changes, ahead }) };
  };
  const follower = followLog({
    store,
    clock,
    stop,
    random,
    prepare: async () => {
      loaded = await load();
      if (stop.stopped()) loaded.dispatcher.stop();
    },
    after: () => loaded?.progress.seen() ?? 0,
    onEvents: async (events) => loaded?.onEvents(events),
    onProblem,
  });

  const atHead = async (): Promise<boolean> => {
    const head = await store.head()();
    if (stop.stopped()) return true;
    return (
      E.isRight(head) && loaded !== undefined && loaded.progress.seen() >= head.right && loaded.dispatcher.isIdle()
    );
  };
  return {
    name: group.name,
    idle: () => changes.until(atHead),
    trouble: follower.trouble,
    flush: async () => loaded?.progress.flush(),
    replay: (messages) => {
      if (loaded !== undefined) putBack(loaded, messages);
    },
    mark: () => {
      if (loaded === undefined) return undefined;
      const lowest = loaded.lanes.lowest();
      return lowest === undefined
        ? { position: loaded.progress.seen(), open: false }
        : { position: lowest, open: true };
    },
    stop: async () => {
      stop.stop();
      loaded?.dispatcher.stop();
      changes.notify();
      await follower.done;
      await changes.until(() => loaded === undefined || loaded.dispatcher.inFlight() === 0);
      await loaded?.progress.flush();
      changes.notify();
    },
  };
};
