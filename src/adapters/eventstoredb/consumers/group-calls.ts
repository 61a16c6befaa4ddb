import type { PersistentSubscriptionToAllInfo, PersistentSubscriptionToAllSettings } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import type { Client } from '../client.ts';
import type { Connection } from '../connection.ts';
import { toFailure } from '../errors.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import { TIME_UP, within } from '../time-limit.ts';
import { filterOf, serverGroupOf, waitingStreamOf } from './group-settings.ts';

/** `missing` and `exists`: of the group. */
export type GroupFailure = { readonly type: 'missing' | 'exists' | 'failed'; readonly reason: string };
type Answer<A> = Promise<E.Either<GroupFailure, A>>;

/** What the server is asked about its groups. One attempt each, within a time limit. */
export type GroupCalls = {
  readonly info: (group: string) => Answer<PersistentSubscriptionToAllInfo>;
  readonly list: () => Answer<ReadonlyArray<PersistentSubscriptionToAllInfo>>;
  readonly create: (group: string, settings: PersistentSubscriptionToAllSettings) => Answer<void>;
  readonly update: (group: string, settings: PersistentSubscriptionToAllSettings) => Answer<void>;
  /** Puts back what is parked before this revision of the stream of parked messages. */
  readonly replay: (group: string, stopAt: number) => Answer<void>;
  /** What is before this revision of the stream of put-off messages need not be read again. */
  readonly truncate: (group: string, before: number) => Answer<unknown>;
};

type Dependencies = {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly readStallMs: number;
};

const KNOWN: Readonly<Record<string, 'missing' | 'exists'>> = {
  'persistent-subscription-does-not-exist': 'missing',
  'persistent-subscription-exists': 'exists',
};

const failureOf = (thrown: unknown): GroupFailure => {
  const said = thrown instanceof Error && 'type' in thrown ? KNOWN[String(thrown.type)] : undefined;
  if (said !== undefined) return { type: said, reason: said };
  const failure = toFailure(thrown);
  if (failure.type === 'final' && failure.error.type === 'Unavailable')
    return {
      type: 'failed',
      reason: `${failure.error.reason}; persistent subscriptions need a user of $ops or $admins`,
    };
  return { type: 'failed', reason: 'reason' in failure ? failure.reason : failure.type };
};

export const makeGroupCalls = ({ connection, clock, readStallMs }: Dependencies): GroupCalls => {
  const call = async <A>(work: (client: Client) => Promise<A>): Answer<A> => {
    let client: Client | undefined;
    try {
      client = connection.client();
      const answer = await within(clock, readStallMs, work(client));
      if (answer !== TIME_UP) return E.right(answer);
      connection.replace(client);
      return E.left({ type: 'failed', reason: `the event store did not answer within ${readStallMs} ms` });
    } catch (thrown) {
      if (client !== undefined && toFailure(thrown).type === 'not-sent') connection.replace(client);
      return E.left(failureOf(thrown));
    }
  };
  const onLeader = { requiresLeader: true };
  return {
    info: (group) => call((client) => client.getPersistentSubscriptionToAllInfo(serverGroupOf(group), onLeader)),
    list: async () => {
      const found = await call((client) => client.listPersistentSubscriptionsToAll(onLeader));
      return E.isLeft(found) && found.left.type === 'missing' ? E.right([]) : found;
    },
    create: (group, settings) =>
      call((client) =>
        client.createPersistentSubscriptionToAll(serverGroupOf(group), settings, {
          ...onLeader,
          filter: filterOf(group),
        }),
      ),
    update: (group, settings) =>
      call((client) => client.updatePersistentSubscriptionToAll(serverGroupOf(group), settings, onLeader)),
    replay: (group, stopAt) =>
      call((client) => client.replayParkedMessagesToAll(serverGroupOf(group), { ...onLeader, stopAt })),
    truncate: (group, before) =>
      call((client) => client.setStreamMetadata(waitingStreamOf(group), { truncateBefore: before }, onLeader)),
  };
};
