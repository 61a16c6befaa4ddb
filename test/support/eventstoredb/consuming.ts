import { once } from 'node:events';
import type {
  PersistentSubscriptionToAll,
  PersistentSubscriptionToAllResolvedEvent,
  PersistentSubscriptionToStream,
  PersistentSubscriptionToStreamResolvedEvent,
} from '@eventstore/db-client';

type Subscription = PersistentSubscriptionToStream | PersistentSubscriptionToAll;
export type Delivery = PersistentSubscriptionToStreamResolvedEvent | PersistentSubscriptionToAllResolvedEvent;

/** What one consumer of a group was given, in order. */
export type Consuming = {
  readonly deliveries: () => ReadonlyArray<Delivery>;
  /** `revision` of each delivery, with `#n` behind it from the n-th retry on. */
  readonly told: () => ReadonlyArray<string>;
  readonly errors: () => ReadonlyArray<string>;
  /** Ends once this holds of what was told. */
  readonly until: (isEnough: (told: ReadonlyArray<string>) => boolean) => Promise<void>;
  readonly confirmed: Promise<void>;
  readonly untilError: () => Promise<void>;
  /** Acks or nacks the last delivery of this revision. */
  readonly ack: (...revisions: ReadonlyArray<number>) => Promise<void>;
  /** Acks everything delivered so far, once each. */
  readonly ackAll: () => Promise<void>;
  readonly nack: (action: 'park' | 'retry' | 'skip' | 'stop', ...revisions: ReadonlyArray<number>) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const words = ({ event, link, retryCount }: Delivery): string =>
  `${event?.revision ?? `link ${link?.revision}`}${retryCount > 0 ? `#${retryCount}` : ''}`;

export const consume = (subscription: Subscription): Consuming => {
  const deliveries: Array<Delivery> = [];
  const errors: Array<string> = [];
  const arrivals = new EventTarget();
  const arrived = (): boolean => arrivals.dispatchEvent(new Event('arrival'));
  const confirmed = once(subscription, 'confirmation').then(() => undefined);
  confirmed.catch(() => undefined);
  subscription.on('data', (delivery: Delivery) => {
    deliveries.push(delivery);
    arrived();
  });
  subscription.on('error', (error: Error) => {
    errors.push('type' in error ? String(error.type) : error.message);
    arrived();
  });
  const last = (revision: number): Delivery => {
    const found = deliveries.findLast(({ event }) => event?.revision === BigInt(revision));
    if (found === undefined) throw new Error(`${revision} was not delivered`);
    return found;
  };
  const told = (): ReadonlyArray<string> => deliveries.map(words);
  return {
    deliveries: () => deliveries,
    told,
    errors: () => errors,
    confirmed,
    until: async (isEnough) => {
      while (!isEnough(told())) await once(arrivals, 'arrival');
    },
    untilError: async () => {
      while (errors.length === 0) await once(arrivals, 'arrival');
    },
    ack: (...revisions) => subscription.ack(...revisions.map(last)),
    ackAll: () => subscription.ack(...deliveries),
    nack: (action, ...revisions) => subscription.nack(action, 'told by a test', ...revisions.map(last)),
    stop: () => subscription.unsubscribe(),
  };
};
