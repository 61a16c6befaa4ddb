import type { PersistentSubscriptionToAllInfo } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import type {
  ConsumerGroup,
  ConsumerGroups,
  ConsumerStatus,
  ParkedMessage,
} from '../../../application/ports/consumer-groups.ts';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { makeGroupCalls } from './group-calls.ts';
import { type GroupConsumer, type GroupConsumerDependencies, startGroupConsumer } from './group-consumer.ts';
import { groupOf } from './group-settings.ts';
import { messagesOf, readParked } from './parked-messages.ts';
import { replayAll, replayOne } from './replaying.ts';
import { serverView, settledUpTo } from './server-view.ts';
import { openWaitingStream, type WaitingStream } from './waiting-stream.ts';

type Dependencies = Omit<GroupConsumerDependencies, 'calls'>;
type Answer<A> = Promise<E.Either<StoreError, A>>;

/**
 * Consumer groups on EventStoreDB's persistent subscriptions, shared by all nodes of one log (ADR 0035). What is parked
 * and listed is the server's own, so every node sees the same. Starting a group that runs here already is a programming
 * error and throws.
 */
export const makePersistentGroups = (dependencies: Dependencies): ConsumerGroups => {
  const { parts, ownStreams, store } = dependencies;
  const calls = makeGroupCalls(parts);
  const deps: GroupConsumerDependencies = { ...dependencies, calls };
  const running = new Map<string, GroupConsumer>();

  /** Of groups that do not run here; read on from where they were known. */
  const others = new Map<string, WaitingStream>();
  const openedFor = (group: string): WaitingStream => {
    const waiting = running.get(group)?.waiting ?? others.get(group) ?? openWaitingStream(ownStreams, group);
    if (running.has(group)) others.delete(group);
    else others.set(group, waiting);
    return waiting;
  };
  /** As it is now. */
  const waitingOf = async (group: string): Answer<WaitingStream> => {
    const waiting = openedFor(group);
    const read = await waiting.readOn();
    return E.map(() => waiting)(read);
  };
  /** As it was known a moment ago, where it is followed: the status is asked for often. */
  const followedOf = async (group: string): Answer<WaitingStream> => {
    const followed = running.get(group)?.waiting;
    return followed === undefined ? waitingOf(group) : E.right(followed);
  };
  const listed = async (): Answer<ReadonlyArray<readonly [string, PersistentSubscriptionToAllInfo]>> => {
    const found = await calls.list();
    if (E.isLeft(found)) return E.left({ type: 'Unavailable', reason: found.left.reason });
    const ours = found.right.flatMap((info) => {
      const group = groupOf(info.groupName);
      return group === null ? [] : [[group, info] as const];
    });
    return E.right(ours.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  const parkedOf = async (group: string): Answer<ReadonlyArray<ParkedMessage>> => {
    const waiting = await waitingOf(group);
    if (E.isLeft(waiting)) return waiting;
    const parked = await readParked(parts, group, waiting.right.fold.taken());
    return E.map(messagesOf)(parked);
  };
  const allParked = async (): Answer<ReadonlyArray<ParkedMessage>> => {
    const groups = await listed();
    if (E.isLeft(groups)) return groups;
    const all: Array<ParkedMessage> = [];
    for (const [group] of groups.right) {
      const parked = await parkedOf(group);
      if (E.isLeft(parked)) return parked;
      all.push(...parked.right);
    }
    return E.right(all);
  };
  const statusOf = async (
    name: string,
    info: PersistentSubscriptionToAllInfo,
    head: number,
  ): Answer<ConsumerStatus> => {
    const view = serverView(info);
    const waiting = await followedOf(name);
    if (E.isLeft(waiting)) return waiting;
    const { fold } = waiting.right;
    // The server counts links: of some messages two, of some that were put back by themselves still one.
    const parked = view.parked > 0 ? await parkedOf(name) : E.right([]);
    if (E.isLeft(parked)) return parked;
    const held = running.get(name)?.held() ?? 0;
    return E.right({
      name,
      checkpoint: Math.min(settledUpTo(view, held), head),
      head,
      retrying: held + fold.count(),
      parked: parked.right.length,
    });
  };
  const statuses = async (): Answer<ReadonlyArray<ConsumerStatus>> => {
    const head = await store.head()();
    if (E.isLeft(head)) return head;
    const groups = await listed();
    if (E.isLeft(groups)) return groups;
    const listedNames = new Set(groups.right.map(([name]) => name));
    // One that could not be made yet is behind all of the log: it must not look as if nothing were amiss.
    const missing = [...running.keys()]
      .filter((name) => !listedNames.has(name))
      .map((name) => E.right({ name, checkpoint: 0, head: head.right, retrying: 0, parked: 0 }));
    const found = await Promise.all(groups.right.map(([name, info]) => statusOf(name, info, head.right)));
    return E.sequenceArray([...found, ...missing]);
  };

  const start = (group: ConsumerGroup): GroupConsumer => {
    if (running.has(group.name)) throw new Error(`the consumer group ${group.name} is running already`);
    const consumer = startGroupConsumer(deps, group);
    running.set(group.name, consumer);
    return {
      ...consumer,
      stop: async () => {
        await consumer.stop();
        running.delete(group.name);
      },
    };
  };
  const replayed = async (group: string, position: number | undefined): Answer<number> => {
    const waiting = await waitingOf(group);
    if (E.isLeft(waiting)) return waiting;
    const needed = { parts, calls, waiting: waiting.right };
    return position === undefined ? replayAll(needed, group) : replayOne(needed, group, position);
  };
  return {
    start,
    parked: (group) => () => parts.stayAlive(() => (group === undefined ? allParked() : parkedOf(group))),
    replayParked: (group, position) => () => parts.stayAlive(() => replayed(group, position)),
    status: () => () => parts.stayAlive(statuses),
  };
};
