import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup, RunningConsumer } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import { backoffWithJitter } from './backoff.ts';
import { type Changes, makeChanges } from './changes.ts';
import type { ConsumerState, SavedGroup, WaitingMessage } from './consumer-state.ts';
import { follow } from './follow.ts';
import { makeIntake } from './intake.ts';
import { type Lanes, makeLanes, type Message } from './lanes.ts';
import { makeProgress, type Progress } from './progress.ts';
import { makeStopSignal, type StopSignal } from './stop-signal.ts';
import { makeWorker, type Worker } from './worker.ts';

export type ConsumerDependencies = {
  readonly store: EventStore;
  readonly state: ConsumerState;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Told about what is tried again by itself: a log that cannot be read, progress that cannot be saved. */
  readonly onProblem: (problem: { readonly group: string; readonly message: string }) => void;
};

export type StartedConsumer = RunningConsumer & {
  /** Saves what is known so far. */
  readonly flush: () => Promise<void>;
  /** Takes messages back that were parked. */
  readonly replay: (messages: ReadonlyArray<WaitingMessage>) => void;
};

type Loaded = { readonly progress: Progress; readonly lanes: Lanes; readonly worker: Worker };
type Known = SavedGroup & { readonly checkpoint: number };

/** Where the group stands; a new one at the beginning or the present head, as it asks. */
const loadGroup = async (deps: ConsumerDependencies, group: ConsumerGroup): Promise<Known> => {
  const saved = await deps.state.load(group.name);
  if (saved.checkpoint !== undefined) return { ...saved, checkpoint: saved.checkpoint };
  if (group.startAt === 'beginning') return { ...saved, checkpoint: 0 };
  const head = await deps.store.head()();
  if (E.isLeft(head)) throw new Error(`the head of the log cannot be read: ${head.left.type}`);
  return { ...saved, checkpoint: head.right };
};

const assemble = (deps: ConsumerDependencies, group: ConsumerGroup, known: Known, changes: Changes): Loaded => {
  const onProblem = (message: string): void => deps.onProblem({ group: group.name, message });
  const lanes = makeLanes<Message>((message) => ({ ...message, kept: true, event: undefined }));
  const progress = makeProgress({ ...deps, group: group.name, checkpoint: known.checkpoint, onProblem });
  const worker = makeWorker({ ...deps, group, lanes, progress, changes, onProblem });
  return { lanes, progress, worker };
};

export const startConsumer = (deps: ConsumerDependencies, group: ConsumerGroup): StartedConsumer => {
  const { store, clock, random } = deps;
  const stop: StopSignal = makeStopSignal(clock);
  const changes = makeChanges();
  const onProblem = (message: string): void => deps.onProblem({ group: group.name, message });
  let loaded: Loaded | undefined;

  const putBack = ({ lanes, worker }: Loaded, messages: ReadonlyArray<WaitingMessage>): void => {
    for (const message of messages) lanes.add({ ...message, event: undefined, kept: true }, clock.now());
    worker.tick();
  };
  /** The checkpoint of a group that starts now is saved before its first message: a kill must not move its start. */
  const load = async (): Promise<{ readonly known: Known; readonly parts: Loaded }> => {
    const known = await loadGroup(deps, group);
    const parts = assemble(deps, group, known, changes);
    await parts.progress.flush();
    return { known, parts };
  };
  const run = async (): Promise<void> => {
    for (let attempt = 1; loaded === undefined && !stop.stopped(); attempt += 1) {
      try {
        const { known, parts } = await load();
        loaded = parts;
        putBack(parts, known.waiting);
        const ahead = new Set([...known.parkedAhead, ...known.waiting.map(({ position }) => position)]);
        const onEvents: (events: ReadonlyArray<RecordedEvent>) => Promise<void> = makeIntake({
          ...parts,
          group,
          clock,
          stop,
          changes,
          ahead,
        });
        await follow({ store, stop, random, after: parts.progress.seen, onEvents, onProblem });
      } catch (thrown) {
        onProblem(`the group cannot start: ${String(thrown)}`);
        await stop.pause(backoffWithJitter(attempt, random));
      }
    }
  };

  const running = run();

  const atHead = async (): Promise<boolean> => {
    const head = await store.head()();
    if (stop.stopped()) return true;
    return E.isRight(head) && loaded !== undefined && loaded.progress.seen() >= head.right && loaded.worker.isIdle();
  };

  return {
    name: group.name,
    idle: () => changes.until(atHead),
    flush: async () => loaded?.progress.flush(),
    replay: (messages) => {
      if (loaded !== undefined) putBack(loaded, messages);
    },
    stop: async () => {
      stop.stop();
      loaded?.worker.stop();
      changes.notify();
      await running;
      await changes.until(() => loaded === undefined || loaded.worker.inHand() === 0);
      await loaded?.progress.flush();
      changes.notify();
    },
  };
};
