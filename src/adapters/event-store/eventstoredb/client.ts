import type { Credentials, EventStoreDBClient } from '@eventstore/db-client';
import { allowAddressesOverTls, withBrackets } from './addresses.ts';
import type { ConnectionSettings } from './connection-string.ts';
import { holdHandleError, surviveClientRejections } from './client-rejections.ts';
import { surviveLateAnswers } from './late-answers.ts';

export type Client = EventStoreDBClient;

/** Makes a client; each has its own connection. */
export type MakeClient = () => Client;

/**
 * Longest wait for a batch append that is asked of the server, in milliseconds. The client sends the deadline as a time
 * of day, so a clock behind the server's would let every append fail; the server caps what it waits by its own
 * `WriteTimeoutMs` (2 s). An hour tolerates clocks an hour apart. The adapter has its own time limit.
 */
const SERVER_DEADLINE_MS = 3_600_000;

/**
 * Loads the client package only now: it and gRPC take long to load. The password is handed over apart from the
 * addresses, because the client's debug output (`DEBUG=esdb:*`) prints connection strings.
 */
export const loadClient = async (
  settings: ConnectionSettings,
  ca: Buffer | null,
  onProblem: (message: string) => void,
): Promise<MakeClient> => {
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  await surviveLateAnswers(onProblem);
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
