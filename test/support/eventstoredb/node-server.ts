import { isIPv6 } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { appendHandler } from './append-service.ts';
import { batchAppendHandler } from './batch-append-service.ts';
import { deleteHandler, tombstoneHandler } from './delete-service.ts';
import { featuresHandler, gossipHandler, type Member } from './discovery-service.ts';
import { GossipService, ServerFeaturesService, StreamsService } from './generated.ts';
import type { Certificate } from './certificates.ts';
import type { Node } from './node.ts';
import { readHandler } from './read-service.ts';

export const ADDRESS = '127.0.0.1';
export const SECURE_HOST = 'localhost';

const credentialsOf = ({ key, certificate }: Certificate): ServerCredentials =>
  ServerCredentials.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) }]);

/** `address`: where it is bound. Answers the port. */
export const listen = async (
  server: Server,
  address: string,
  port: number,
  certificate: Certificate | undefined,
): Promise<number> => {
  const credentials = certificate === undefined ? ServerCredentials.createInsecure() : credentialsOf(certificate);
  return new Promise((resolve, reject) => {
    server.bindAsync(`${isIPv6(address) ? `[${address}]` : address}:${port}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
};

type Surroundings = {
  readonly host: string;
  readonly members: () => ReadonlyArray<Member>;
  readonly batchAppend: boolean;
};

/** Bytes of a message; what the client accepts too. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

/** The services of one node. */
export const createNodeServer = (node: Node, { host, members, batchAppend }: Surroundings): Server => {
  const { faults, database } = node;
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  server.addService(StreamsService, {
    read: readHandler(node),
    append: appendHandler(node),
    batchAppend: batchAppendHandler(node),
    delete: deleteHandler(node),
    tombstone: tombstoneHandler(node),
  });
  server.addService(ServerFeaturesService, { getSupportedMethods: featuresHandler(faults, batchAppend, node.version) });
  server.addService(GossipService, { read: gossipHandler(faults, host, members, database.now) });
  return server;
};
