import type { PersistentSubscriptionToAllResolvedEvent } from '@eventstore/db-client';
import type { Client } from '../client.ts';
import { serverGroupOf } from './group-settings.ts';

/** A message as the server hands it out. */
export type HandedOut = PersistentSubscriptionToAllResolvedEvent;

/** Ids in one acknowledgement; the client's documentation allows 2000. */
const MOST_AT_ONCE = 1000;

/** One connection to a group, until it breaks. What it handed out and was not answered for is then handed out again. */
export type Line = {
  /** Settles when it ended; rejects with what broke it. */
  readonly done: Promise<void>;
  /** Settles when the server let this consumer in. */
  readonly confirmed: Promise<void>;
  readonly isOpen: () => boolean;
  readonly ack: (message: HandedOut) => void;
  readonly park: (message: HandedOut, reason: string) => void;
  /** Everything said so far is on its way. */
  readonly flush: () => Promise<void>;
  readonly fail: (reason: Error) => void;
  readonly close: () => void;
};

/** Joins the group. Acks are gathered and sent together; nobody answers them, and a lost one means a repeat. */
export const openLine = (
  client: Client,
  group: string,
  bufferSize: number,
  onMessage: (message: HandedOut, line: Line) => void,
): Line => {
  const subscription = client.subscribeToPersistentSubscriptionToAll(serverGroupOf(group), {
    bufferSize,
    requiresLeader: true,
  });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const { promise: confirmed, resolve: confirm } = Promise.withResolvers<void>();
  let open = true;
  let gathered: Array<HandedOut> = [];
  let saying: Promise<void> = Promise.resolve();

  const fail = (reason: Error): void => {
    open = false;
    reject(reason);
  };
  const close = (): void => {
    open = false;
    resolve();
    // Rejects when the call was never made; then there is nothing to end.
    subscription.unsubscribe().catch(() => undefined);
  };
  const say = (what: () => Promise<void>): void => {
    saying = saying
      .then(() => (open ? what() : undefined))
      .catch((thrown: unknown) => fail(thrown instanceof Error ? thrown : new Error(String(thrown))));
  };
  const sendAcks = (): void => {
    const all = gathered;
    gathered = [];
    for (let at = 0; at < all.length; at += MOST_AT_ONCE) {
      say(() => subscription.ack(...all.slice(at, at + MOST_AT_ONCE)));
    }
  };
  const line: Line = {
    done,
    confirmed,
    isOpen: () => open,
    ack: (message) => {
      if (gathered.length === 0) queueMicrotask(sendAcks);
      gathered.push(message);
    },
    park: (message, reason) => say(() => subscription.nack('park', reason, message)),
    flush: async () => {
      sendAcks();
      await saying;
    },
    fail,
    close,
  };
  done.catch(() => undefined);
  subscription.on('confirmation', () => confirm());
  subscription.on('data', (message: HandedOut) => {
    if (open) onMessage(message, line);
  });
  subscription.on('error', fail);
  const ended = (): void => fail(new Error('the event store ended it', { cause: 'own finding' }));
  subscription.on('end', ended);
  subscription.on('close', ended);
  return line;
};
