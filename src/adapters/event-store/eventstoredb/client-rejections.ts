import type { EventStoreDBClient } from '@eventstore/db-client';
import { messageOf } from '../../../domain/unknown.ts';

/**
 * Holds a promise that the client leaves to nobody (`dist/Client/index.js` of 6.2.1): `handleError` is called after a
 * failure without being waited for, and itself waits for the channel, which is being made anew. While a cluster has no
 * leader that fails after ten looks, and Node ends a process for a rejection that nobody holds.
 */
export const holdHandleError = (
  client: EventStoreDBClient,
  onProblem: (message: string) => void,
): EventStoreDBClient => {
  const original: unknown = Reflect.get(client, 'handleError');
  if (typeof original !== 'function') return client;
  const held = async (...given: ReadonlyArray<unknown>): Promise<void> => {
    try {
      await Reflect.apply(original, client, given);
    } catch (thrown) {
      onProblem(`the event store was looked for in vain: ${messageOf(thrown)}`);
    }
  };
  Reflect.set(client, 'handleError', held);
  return client;
};

const PACKAGES = /node_modules[\\/](?:@eventstore[\\/]db-client|@grpc[\\/]grpc-js)[\\/]/;

/** Whether an error comes out of the client package or of gRPC, by the first place in its stack that is a file. */
export const isOfClient = (thrown: unknown): boolean => {
  if (!(thrown instanceof Error)) return false;
  const [place] = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !line.includes('node:'));
  return place !== undefined && PACKAGES.test(place);
};

let tell: ((message: string) => void) | undefined;

/**
 * The last net, one for the process: a rejection of the client that nobody holds is said, and the process goes on. Any
 * other ends it, as Node does by itself.
 */
export const surviveClientRejections = (onProblem: (message: string) => void): void => {
  if (tell === undefined) {
    process.on('unhandledRejection', (thrown) => {
      if (!isOfClient(thrown)) throw thrown;
      tell?.(`a failure of the event store's client that nobody waited for: ${messageOf(thrown)}`);
    });
  }
  tell = onProblem;
};
