import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup, RunningConsumer } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import { makeChanges } from '../../event-store/consumers/changes.ts';
import { makeLanes } from '../../event-store/consumers/lanes.ts';
import { makeStopSignal } from '../../event-store/consumers/stop-signal.ts';
import type { StoreParts } from '../assemble-store.ts';
import type { OwnStreams } from '../own-streams.ts';
import { within } from '../time-limit.ts';
import { makeCustody } from './custody.ts';
import { ensureGroup } from './ensure-group.ts';
import { followWaiting } from './follow-waiting.ts';
import type { GroupCalls } from './group-calls.ts';
import type { Message } from './concluding.ts';
import { type Hands, makeHands } from './hands.ts';
import { holdLine } from './hold-line.ts';
import { makeIntake } from './intake.ts';
import type { Line } from './line.ts';
import { serverView } from './server-view.ts';
import { makeTidying } from './tidy-waiting.ts';
import { makeWaitingRoom } from './waiting-room.ts';
import { openWaitingStream, type WaitingStream } from './waiting-stream.ts';

export type GroupConsumerDependencies = {
  readonly store: Pick<EventStore, 'head' | 'readAt'>;
  readonly ownStreams: OwnStreams;
  /** The connection, with its own clock for what passes between this node and the server. */
  readonly parts: StoreParts;
  readonly calls: GroupCalls;
  /** For due times. */
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly onProblem: (problem: { readonly group: string; readonly message: string }) => void;
};

export type GroupConsumer = RunningConsumer & {
  readonly waiting: WaitingStream;
  /** Messages that wait here for another attempt. */
  readonly held: () => number;
};

/** Messages that the server may have handed out to this node: those in hand, and as many that are held. */
const bufferFor = (maxInFlight: number): number => Math.max(16, 2 * maxInFlight);

/** Milliseconds a stop waits for the server to have heard the last answers, and between two looks at what it says. */
const LAST_WORDS_MS = 1000;
const ASK_AGAIN_MS = 20;

export const startGroupConsumer = (deps: GroupConsumerDependencies, group: ConsumerGroup): GroupConsumer => {
  const { store, ownStreams, parts, calls, clock, random } = deps;
  const network = parts.clock;
  const stop = makeStopSignal(network);
  /** Fired when what is in hand is done: only then is the line given up. */
  const leave = makeStopSignal(network);
  const changes = makeChanges();
  const onProblem = (message: string): void => deps.onProblem({ group: group.name, message });
  const waiting = openWaitingStream(ownStreams, group.name);
  const tidyUp = makeTidying({ parts, calls, waiting, group: group.name, random, stop, onProblem });
  const onChange = (): void => {
    room.look();
    tidyUp();
    changes.notify();
  };
  const room = makeWaitingRoom({ waiting, clock, network, random, stop, onProblem, onChange: changes.notify });
  const custody = makeCustody(clock);
  const lanes = makeLanes<Message>((message) => message);
  let since = 0;
  let line: Line | undefined;
  let ready = false;
  const common = { group, since: () => since, clock, custody, room, waiting, parts, onProblem };
  const hands: Hands = makeHands({ ...common, store, lanes, changes });
  const intake = makeIntake({ ...common, hands });

  const prepare = async (): Promise<void> => {
    const ensured = await ensureGroup({ calls, store, onProblem }, group, !ready);
    if (E.isLeft(ensured)) throw new Error(ensured.left);
    since = ensured.right;
    const read = await waiting.readOn();
    if (E.isLeft(read)) throw new Error(`the messages put off cannot be read: ${read.left.type}`);
    if (!ready) void followWaiting({ ...parts, stop, random, group: group.name, waiting, onChange, onProblem });
    ready = true;
    onChange();
  };
  const running = holdLine({
    ...parts,
    calls,
    stop: leave,
    random,
    group: group.name,
    bufferSize: bufferFor(group.maxInFlight),
    isEmpty: () => custody.count() === 0,
    prepare,
    onMessage: (message, from) => {
      if (!stop.stopped()) intake(message, from);
    },
    onOpen: (opened) => {
      line = opened;
    },
    onBroken: () => {
      line = undefined;
      custody.drop(lanes.takeOut(({ position }) => custody.isLost(position), clock.now()));
    },
    onProblem,
  });

  const isIdleHere = (): boolean => hands.isIdle() && !room.somethingDue();
  /** At the head, with nothing outstanding on any node but what this one holds back. */
  const isIdle = async (): Promise<boolean> => {
    if (stop.stopped()) return true;
    if (!ready || line === undefined || !isIdleHere()) return false;
    const head = await store.head()();
    const info = await calls.info(group.name);
    if (E.isLeft(head) || E.isLeft(info)) return false;
    const { outstanding, buffered, known } = serverView(info.right);
    const atHead = known >= Math.max(head.right, waiting.fold.position());
    return atHead && buffered === 0 && outstanding === custody.receipts() && isIdleHere();
  };
  const idle = async (): Promise<void> => {
    while (!(await isIdle())) await stop.pause(ASK_AGAIN_MS);
  };

  const lastWords = async (): Promise<void> => {
    await line?.flush();
    // Goes the same way behind the last answers: once it is answered, they have been heard.
    await calls.info(group.name);
  };
  return {
    name: group.name,
    waiting,
    held: () => custody.count() - hands.inHand(),
    idle: () => parts.stayAlive(idle),
    stop: () =>
      parts.stayAlive(async () => {
        stop.stop();
        hands.stop();
        changes.notify();
        await changes.until(() => hands.inHand() === 0);
        if (line !== undefined) await within(network, LAST_WORDS_MS, lastWords());
        leave.stop();
        line?.close();
        await within(network, LAST_WORDS_MS, running);
        changes.notify();
      }),
  };
};
