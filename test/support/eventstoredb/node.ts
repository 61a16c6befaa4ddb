import type { Metadata } from '@grpc/grpc-js';
import type { Access } from './access.ts';
import type { Database } from './database.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { ServerVersion } from './server-version.ts';
import { refusal, type RpcError } from './rpc-errors.ts';

/** What one node's services work with. The log is shared by all nodes; the leader is the one that takes writes. */
export type Node = {
  readonly database: Database;
  readonly faults: FaultPlan;
  readonly access: Access;
  readonly version: ServerVersion;
  readonly isLeader: () => boolean;
  /** No node leads, and none will until the stand-in is told so. */
  readonly isLeaderless: () => boolean;
  /** What a client is told that asked a follower for what only the leader does. */
  readonly notLeader: () => RpcError;
};

/**
 * A follower forwards writes and serves reads itself, unless the call says `requires-leader`. Server
 * `RequestForwardingService.cs`. While nobody leads, a node answers that it is not ready (seen on 23.10.8).
 */
export const leaderProblem = (node: Node, metadata: Metadata): RpcError | undefined => {
  if (node.isLeaderless()) return refusal('not-ready');
  return metadata.get('requires-leader').includes('true') && !node.isLeader() ? node.notLeader() : undefined;
};
