import type { PersistentSubscriptionToAll } from '@eventstore/db-client';
import type { Client } from '../../../../src/adapters/eventstoredb/client.ts';
import type { EventStoreDb } from '../../../../src/adapters/eventstoredb/eventstoredb-event-store.ts';

/** What is lost between a consumer and its group without a word of error. */
export type Impairment = { losesAcks: boolean; isQuiet: boolean };

const impair = (subscription: PersistentSubscriptionToAll, impairment: Impairment): PersistentSubscriptionToAll =>
  new Proxy(subscription, {
    get: (target, name) => {
      if (name === 'ack' && impairment.losesAcks) return async () => undefined;
      if (name === 'on') {
        return (event: string, listener: (...args: ReadonlyArray<unknown>) => void) =>
          target.on(event, (...args) => {
            if (event !== 'data' || !impairment.isQuiet) listener(...args);
          });
      }
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });

/** The connection with lines to groups that lose what the impairment says, from the moment it says so. */
export const withImpairedLines = (db: EventStoreDb, impairment: Impairment): EventStoreDb => {
  const wrapped = new WeakMap<Client, Client>();
  const wrap = (client: Client): Client =>
    new Proxy(client, {
      get: (target, name) => {
        if (name === 'subscribeToPersistentSubscriptionToAll') {
          const join: Client['subscribeToPersistentSubscriptionToAll'] = (...args) =>
            impair(target.subscribeToPersistentSubscriptionToAll(...args), impairment);
          return join;
        }
        const found: unknown = Reflect.get(target, name);
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
  const { connection } = db.parts;
  const client = (): Client => {
    const real = connection.client();
    const known = wrapped.get(real) ?? wrap(real);
    wrapped.set(real, known);
    return known;
  };
  return { ...db, parts: { ...db.parts, connection: { ...connection, client } } };
};
