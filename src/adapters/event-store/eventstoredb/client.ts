import type { EventStoreDBClient, Credentials } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { isIP, isIPv6 } from 'node:net';
import { messageOf } from '../../../domain/unknown.ts';
import type { ConnectionSettings } from './connection-string.ts';

type CreateConnector = (this: unknown, ...given: ReadonlyArray<unknown>) => unknown;
const isCreateConnector = (value: unknown): value is CreateConnector => typeof value === 'function';

let isDone = false;

/**
 * Lets gRPC reach an IP address over TLS. It hands the host of its target to Node as the name to ask for (SNI), which must
 * not be an address (RFC 6066, section 3), and Node refuses that. Without a name Node compares the address itself with
 * the IP entries of the certificate. The options are those of `channel-credentials.js` of `@grpc/grpc-js` 1.14.7.
 */
const allowAddressesOverTls = async (): Promise<void> => {
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
const withBrackets = (client: EventStoreDBClient): EventStoreDBClient => {
  const original: unknown = Reflect.get(client, 'resolveUri');
  if (typeof original !== 'function') return client;
  Reflect.set(client, 'resolveUri', async () => bracketed(String(await Reflect.apply(original, client, []))));
  return client;
};

/**
 * Catches a promise that the client does not await (`dist/Client/index.js` of 6.2.1): `handleError` is called after a
 * failure and waits for the new channel. While a cluster has no leader it rejects after ten attempts, and Node ends a
 * process for an unhandled rejection.
 */
const holdHandleError = (client: EventStoreDBClient, onProblem: (message: string) => void): EventStoreDBClient => {
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

let onRejection: ((message: string) => void) | undefined;

/**
 * The last resort, once per process: an unhandled rejection of the client is reported, and the process goes on. Any
 * other ends the process, as Node does by default.
 */
const surviveClientRejections = (onProblem: (message: string) => void): void => {
  if (onRejection === undefined) {
    process.on('unhandledRejection', (thrown) => {
      if (!isOfClient(thrown)) throw thrown;
      onRejection?.(`a failure of the event store's client that nobody waited for: ${messageOf(thrown)}`);
    });
  }
  onRejection = onProblem;
};

type BatchAppend = StreamsClient['batchAppend'];
type Call = ReturnType<BatchAppend>;

/**
 * Catches what the client's listener throws for an answer that it no longer waits for. It would end the process: the
 * socket calls the listener, so nothing else can catch it.
 */
const withoutLateAnswers = (call: Call, onProblem: (message: string) => void): Call => {
  const emit = call.emit.bind(call);
  call.emit = (event: string | symbol, ...given: ReadonlyArray<unknown>): boolean => {
    try {
      return emit(event, ...given);
    } catch (thrown) {
      if (event !== 'data' || !(thrown instanceof TypeError)) throw thrown;
      onProblem('an answer of the event store came too late and was let go; its append was sent again');
      return true;
    }
  };
  return call;
};

let original: BatchAppend | undefined;

/**
 * Makes the client package survive late answers. Its appends in flight are in one table for all connections
 * (`dist/streams/appendToStream/batchAppend.js` of 6.2.1). A connection that breaks empties the table, and an answer
 * over another connection (to a new leader, say) then finds no entry. By then the append was rejected as unknown and is
 * repeated with the same ids, so the answer is not needed.
 */
const surviveLateAnswers = async (onProblem: (message: string) => void): Promise<void> => {
  const generated = await import('@eventstore/db-client/generated/streams_grpc_pb.js');
  const { prototype } = generated.default.StreamsClient;
  original ??= prototype.batchAppend;
  const send = original;
  const batchAppend = function (this: StreamsClient, ...given: Parameters<BatchAppend>): Call {
    return withoutLateAnswers(send.apply(this, given), onProblem);
  };
  Object.defineProperty(prototype, 'batchAppend', { value: batchAppend, configurable: true, writable: true });
};

let isInBytes = false;

/**
 * The client hands the data of an event over in base64, which its protobuf decodes letter by letter, once for the size and
 * once to send it (`eventBatcher` in `dist/streams/appendToStream/batchAppend.js` of 6.2.1). As bytes it costs a quarter.
 */
const sendBytes = async (): Promise<void> => {
  if (isInBytes) return;
  isInBytes = true;
  const generated = await import('@eventstore/db-client/generated/streams_pb.js');
  const { prototype } = generated.default.BatchAppendReq.ProposedMessage;
  for (const name of ['setData', 'setCustomMetadata'] as const) {
    const set = prototype[name];
    const value = function (this: typeof prototype, given: Uint8Array | string) {
      return set.call(this, typeof given === 'string' ? new Uint8Array(Buffer.from(given, 'base64')) : given);
    };
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  }
};

export type Client = EventStoreDBClient;

/** Makes a client; each has its own connection. */
export type MakeClient = () => Client;

/**
 * Milliseconds that the server may take for a batch append. The client sends the deadline as a time of day, so a clock
 * that is behind the server's would let every append fail. The server has its own limit (`WriteTimeoutMs`, 2 s) and so
 * has the adapter; an hour tolerates clocks that differ by an hour.
 */
const SERVER_DEADLINE_MS = 3_600_000;

/**
 * Loads the client package when it is needed: it and gRPC take long to load. The password is passed apart from the
 * addresses, because the client's debug output (`DEBUG=esdb:*`) prints connection strings.
 */
export const loadClient = async (
  settings: ConnectionSettings,
  ca: Buffer | null,
  onProblem: (message: string) => void,
): Promise<MakeClient> => {
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  await surviveLateAnswers(onProblem);
  await sendBytes();
  surviveClientRejections(onProblem);
  if (settings.tls) await allowAddressesOverTls();
  const held = (client: Client): Client => withBrackets(holdHandleError(client, onProblem));
  const endpoints = settings.hosts.map((host) => ({ ...host }));
  const [first] = endpoints;
  if (first === undefined) throw new Error('a connection needs a host');
  const common = {
    ...settings.numbers,
    ...(settings.connectionName === null ? {} : { connectionName: settings.connectionName }),
    defaultDeadline: SERVER_DEADLINE_MS,
    throwOnAppendFailure: true,
  };
  const channel = { insecure: !settings.tls, ...(ca === null ? {} : { rootCertificate: ca }) };
  const credentials: Credentials | undefined = settings.credentials ?? undefined;
  if (settings.discover)
    return () => held(new EventStoreDBClient({ ...common, discover: first }, channel, credentials));
  if (endpoints.length > 1) return () => held(new EventStoreDBClient({ ...common, endpoints }, channel, credentials));
  return () => held(new EventStoreDBClient({ ...common, endpoint: first }, channel, credentials));
};
