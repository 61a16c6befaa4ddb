import { Server, ServerCredentials } from '@grpc/grpc-js';
import { localhostCertificate, localhostKey } from '../localhost-certificate.ts';
import { appendHandler } from './append-service.ts';
import { batchAppendHandler } from './batch-append-service.ts';
import { deleteHandler, tombstoneHandler } from './delete-service.ts';
import { featuresHandler, gossipHandler, type Member } from './discovery-service.ts';
import { GossipService, ServerFeaturesService, StreamsService } from './generated.ts';
import type { Node } from './node.ts';
import { readHandler } from './read-service.ts';

export const ADDRESS = '127.0.0.1';
/** TLS names a host: Node refuses an address there. */
export const SECURE_HOST = 'localhost';

export const listen = async (server: Server, port: number, secure: boolean): Promise<number> => {
  const pair = { private_key: Buffer.from(localhostKey), cert_chain: Buffer.from(localhostCertificate) };
  const credentials = secure ? ServerCredentials.createSsl(null, [pair]) : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(`${ADDRESS}:${port}`, credentials, (error, bound) =>
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
