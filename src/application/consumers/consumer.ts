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
  type Watermark,
  type SharedConsumers,
} from './consumer-state.ts';
import { type Dispatcher, makeDispatcher } from './dispatch.ts';
import { followLog } from './follow.ts';
import { makeEnqueue } from './enqueue.ts';
import { type MessageQueues, makeMessageQueues } from './message-queues.ts';
import { makeProgress, type Progress } from './progress.ts';
import { type Changes, makeChanges, makeStopSignal, type StopSignal } from './waiting.ts';

export type ConsumerDependencies = {
  readonly store: EventStore;
  readonly state: ConsumerState;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** What the nodes on one log share; absent where one process has the log alone. */
  readonly shared?: SharedConsumers;
  /** Called for what is tried again without help: a log that cannot be read, progress that cannot be saved. */
  readonly onProblem: (problem: { readonly group: string; readonly message: string }) => void;
};

export type StartedConsumer = RunningConsumer & {
  /** Saves the progress made so far. */
  readonly flush: () => Promise<void>;
  /** Handles messages again that were parked. */
  readonly replay: (messages: ReadonlyArray<WaitingMessage>) => void;
  /** How far it has come; `undefined` while the group is not loaded. */
  readonly watermark: () => Watermark | undefined;
};

/** Called by a running group. */
export type ConsumerHooks = {
  readonly onParked: () => void;
  /** A message that an operator had replayed is done. */
  readonly onReplayed: (position: number) => void;
};

type Parts = { readonly progress: Progress; readonly queues: MessageQueues; readonly dispatcher: Dispatcher };
type Loaded = Parts & { readonly onEvents: (events: ReadonlyArray<RecordedEvent>) => Promise<void> };
type Known = SavedGroup & { readonly checkpoint: number };

const orThrow = <A>(what: string, result: E.Either<{ readonly type: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(`${what}: ${result.left.type}`);
  return result.right;
};

/**
 * Where a group begins that this node has not run before: on a log of several nodes at the watermark that another node has
 * published, otherwise at the beginning or at the present head, as the group says.
 */
const beginGroup = async (
  { store, shared, clock }: ConsumerDependencies,
  group: ConsumerGroup,
  saved: SavedGroup,
): Promise<Known> => {
  const own = group.startAt === 'beginning' ? 0 : orThrow('the head of the log cannot be read', await store.head()());
  const fresh: Known = { ...saved, checkpoint: own };
  if (shared === undefined) return fresh;
  const watermark = orThrow('the watermarks of the group cannot be read', await shared.begin(group.name, own)());
  const { position, open } = watermark;
  if (!open) return { ...fresh, checkpoint: position };
  const event = orThrow('the event at the watermark cannot be read', await store.readAt(position)());
  if (event === null || !group.accepts(event)) return { ...fresh, checkpoint: position };
  const asMessage = { position, key: group.keyOf(event), attempts: 0, dueAt: clock.now(), waitMs: 0 };
  const again = saved.waiting.some((message) => message.position === position);
  const waiting = again ? saved.waiting : [...saved.waiting, { ...asMessage, reason: '', replayed: false }];
  return { ...fresh, checkpoint: position, waiting };
};

const loadGroup = async (deps: ConsumerDependencies, group: ConsumerGroup): Promise<Known> => {
  const saved = await deps.state.load(group.name);
  if (saved.checkpoint === null) return beginGroup(deps, group, saved);
  return { ...saved, checkpoint: saved.checkpoint };
};

/** Follows the log for one group until it is stopped. Whatever fails is reported and tried again after a pause. */
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
    const queues = makeMessageQueues(group.ordering);
    const common = { ...hooks, state, clock, store, onProblem };
    const progress = makeProgress({ ...common, group: group.name, checkpoint });
    return { queues, progress, dispatcher: makeDispatcher({ ...common, group, queues, progress, changes }) };
  };
  const putBack = ({ queues, dispatcher }: Parts, messages: ReadonlyArray<WaitingMessage>): void => {
    const now = clock.now();
    // It is not stored which of them waits for an earlier one: each is tried again after one before it was handled.
    const known = { event: null, kept: true, takenAt: clock.elapsed(), behind: true };
    for (const message of messages) queues.add({ ...message, ...known, dueAt: dueBy(message, now) }, now);
    dispatcher.tick();
  };
  /** The start of a new group is saved before its first message: a kill must not move it. */
  const load = async (): Promise<Loaded> => {
    const known = await loadGroup(deps, group);
    const parts = assemble(known.checkpoint);
    for (const message of known.waiting) parts.progress.keep(message);
    await parts.progress.flush();
    putBack(parts, known.waiting);
    const ahead = new Set([...known.parkedAhead, ...known.waiting.map(({ position }) => position)]);
    return { ...parts, onEvents: makeEnqueue({ ...parts, group, clock, stop, changes, ahead }) };
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
    watermark: () => {
      if (loaded === undefined) return undefined;
      const lowest = loaded.queues.lowest();
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
