import { isIP, isIPv6 } from 'node:net';
import type { EventStoreDBClient } from '@eventstore/db-client';

type CreateConnector = (this: unknown, ...given: ReadonlyArray<unknown>) => unknown;
const isCreateConnector = (value: unknown): value is CreateConnector => typeof value === 'function';

let isDone = false;

/**
 * Lets gRPC reach an IP address over TLS. It hands the host of its target to Node as the name to ask for (SNI), which must
 * not be an address (RFC 6066, section 3), and Node refuses that. Without a name Node compares the address itself with
 * the IP entries of the certificate. The options are those of `channel-credentials.js` of `@grpc/grpc-js` 1.14.7.
 */
export const allowAddressesOverTls = async (): Promise<void> => {
  if (isDone) return;
  const { credentials } = await import('@grpc/grpc-js');
  const prototype: object = Object.getPrototypeOf(credentials.createSsl());
  const original: unknown = Reflect.get(prototype, '_createSecureConnector');
  if (!isCreateConnector(original)) return;
  const createConnector: CreateConnector = function (this: unknown, ...given) {
    const connector = Object(Reflect.apply(original, this, given));
    const options = Object(Reflect.get(connector, 'connectionOptions'));
    if (isIP(String(Reflect.get(options, 'servername'))) !== 0) Reflect.deleteProperty(options, 'servername');
    return connector;
  };
  Reflect.set(prototype, '_createSecureConnector', createConnector);
  isDone = true;
};

/** `::1:2113`, as the client puts an address and a port together, is `[::1]:2113`. */
export const bracketed = (target: string): string => {
  const colon = target.lastIndexOf(':');
  const host = target.slice(0, colon);
  return isIPv6(host) ? `[${host}]${target.slice(colon)}` : target;
};

/** Nodes advertise IPv6 addresses without brackets, which the client does not put around them. */
export const withBrackets = (client: EventStoreDBClient): EventStoreDBClient => {
  const original: unknown = Reflect.get(client, 'resolveUri');
  if (typeof original !== 'function') return client;
  Reflect.set(client, 'resolveUri', async () => bracketed(String(await Reflect.apply(original, client, []))));
  return client;
};
