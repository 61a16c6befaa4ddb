import type { Filter, PersistentSubscriptionToAllSettings } from '@eventstore/db-client';
import { STREAM_PREFIXES } from '../wire-event.ts';

/**
 * Milliseconds from handing a message out until the server hands it to another; counted from the push, so waiting in this
 * process counts too. Longer than any handler takes (a mail: 30 s), shorter than what readiness puts up with (180 s).
 */
export const MESSAGE_TIMEOUT_MS = 120_000;

/** A message that was handed out once and so many times more, and was never answered for, is parked by the server. */
export const MAX_RETRY_COUNT = 10;

/**
 * What is not said here is the client's default. Checkpoints come after one message or 500 ms, so that a new leader repeats
 * little. `Pinned` helps caches and order; nothing rests on it.
 */
const SETTINGS = {
  resolveLinkTos: false,
  extraStatistics: false,
  messageTimeout: MESSAGE_TIMEOUT_MS,
  maxRetryCount: MAX_RETRY_COUNT,
  checkPointAfter: 500,
  checkPointLowerBound: 1,
  checkPointUpperBound: 200,
  maxSubscriberCount: 'unbounded',
  liveBufferSize: 2000,
  readBatchSize: 200,
  historyBufferSize: 2000,
  consumerStrategyName: 'Pinned',
} as const;

export type StartFrom = PersistentSubscriptionToAllSettings['startFrom'];

export const settingsFrom = (startFrom: StartFrom): PersistentSubscriptionToAllSettings => ({ ...SETTINGS, startFrom });

const NAMES: ReadonlyArray<keyof typeof SETTINGS> = [
  'resolveLinkTos',
  'extraStatistics',
  'messageTimeout',
  'maxRetryCount',
  'checkPointAfter',
  'checkPointLowerBound',
  'checkPointUpperBound',
  'maxSubscriberCount',
  'liveBufferSize',
  'readBatchSize',
  'historyBufferSize',
  'consumerStrategyName',
];

/** What the server keeps otherwise than wanted, one line each; where the group began is its own affair. */
export const differences = (found: PersistentSubscriptionToAllSettings): ReadonlyArray<string> =>
  NAMES.filter((name) => found[name] !== SETTINGS[name]).map(
    (name) => `${name} was ${found[name]} and is now ${SETTINGS[name]}`,
  );

/** Positions that the group has behind it when it is created. */
export const startingAfter = (position: number): StartFrom =>
  position === 0 ? 'start' : { commit: BigInt(position), prepare: BigInt(position) };

const GROUP_PREFIX = 'holdfast-';
/** What the names of all streams of put-off messages begin with. */
export const WAITING = 'waiting-';

/** Names on the server: of the subscription, of the stream of messages put off, of the server's stream of parked ones. */
export const serverGroupOf = (group: string): string => `${GROUP_PREFIX}${group}`;
export const waitingStreamOf = (group: string): string => `${WAITING}${group}`;
export const parkedStreamOf = (group: string): string => `$persistentsubscription-$all::${serverGroupOf(group)}-parked`;

/** Null for a subscription that is not Holdfast's. */
export const groupOf = (serverGroup: string): string | null =>
  serverGroup.startsWith(GROUP_PREFIX) ? serverGroup.slice(GROUP_PREFIX.length) : null;

/** Fixed when the subscription is created. A prefix lets in streams of groups whose names begin alike: they are passed over. */
export const filterOf = (group: string): Filter => ({
  filterOn: 'streamName',
  prefixes: [...STREAM_PREFIXES, waitingStreamOf(group)],
  checkpointInterval: 32,
});
