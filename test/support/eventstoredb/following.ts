import { once } from 'node:events';
import type { AllStreamSubscription, StreamSubscription } from '@eventstore/db-client';

type Subscription = StreamSubscription | AllStreamSubscription;

/** What a subscription says, in order. An event is told by its stream and revision. */
export type Followed = {
  readonly said: () => ReadonlyArray<string>;
  readonly events: () => ReadonlyArray<string>;
  /** Ends once it has said as much as `isEnough` asks for. */
  readonly until: (isEnough: (said: ReadonlyArray<string>) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Follows from the moment of the call. An error is said as `error:type`. */
export const follow = (subscription: Subscription): Followed => {
  const said: Array<string> = [];
  const arrivals = new EventTarget();
  const say = (word: string) => (): void => {
    said.push(word);
    arrivals.dispatchEvent(new Event('arrival'));
  };
  subscription.on('confirmation', say('confirmation'));
  subscription.on('caughtUp', say('caughtUp'));
  subscription.on('fellBehind', say('fellBehind'));
  subscription.on('data', ({ event }) => say(`${event?.streamId}@${event?.revision}`)());
  subscription.on('error', (error) => say(`error:${'type' in error ? error.type : error.message}`)());
  return {
    said: () => said,
    events: () => said.filter((word) => word.includes('@')),
    until: async (isEnough) => {
      while (!isEnough(said)) await once(arrivals, 'arrival');
    },
    stop: () => subscription.unsubscribe(),
  };
};
