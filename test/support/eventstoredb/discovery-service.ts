import { randomUUID } from 'node:crypto';
import type { handleUnaryCall } from '@grpc/grpc-js';
import { applyFault } from './apply-fault.ts';
import type { FaultPlan, Operation } from './fault-plan.ts';
import { features, gossip, type Shared, StreamsService, shared } from './generated.ts';
import { internal } from './rpc-errors.ts';

export type Member = {
  readonly port: number;
  readonly isLeader: boolean;
  readonly isAlive: boolean;
  readonly isElecting: boolean;
};

const answering =
  <R>(faults: FaultPlan, operation: Operation, make: () => R): handleUnaryCall<Shared.Empty, R> =>
  (_call, callback) => {
    applyFault(faults.take(operation), make).then(
      (answer) => {
        if (answer.kind === 'error') callback(answer.error);
        else if (answer.kind === 'answer') callback(null, answer.answer);
      },
      (error: unknown) => callback(internal(String(error))),
    );
  };

/** Feature flags that the client asks for; the service and method names are taken from the definitions, lower-cased. */
const featuresOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  [StreamsService.append.path]: [],
  [StreamsService.batchAppend.path]: ['deadline_duration'],
  [StreamsService.read.path]: ['position', 'events'],
  [StreamsService.delete.path]: [],
  [StreamsService.tombstone.path]: [],
};

/** `batchAppend: false` plays a server that knows unary appends alone. `version` is `22.10` or the like. */
export const featuresHandler = (faults: FaultPlan, offersBatchAppend: boolean, version: string) =>
  answering(faults, 'features', () => {
    const supported = new features.SupportedMethods().setEventStoreServerVersion(`${version}.0-stand-in`);
    for (const [path, list] of Object.entries(featuresOf)) {
      if (path === StreamsService.batchAppend.path && !offersBatchAppend) continue;
      const [, service = '', method = ''] = path.toLowerCase().split('/');
      const described = new features.SupportedMethod().setServiceName(service).setMethodName(method);
      supported.addMethods(described.setFeaturesList([...list]));
    }
    return supported;
  });

/** Leader is 8 and Follower 6; while nobody leads nodes are Unknown; a node that is down is not alive. Client `discovery.ts`; `gossip.proto`. */
export const gossipHandler = (
  faults: FaultPlan,
  host: string,
  members: () => ReadonlyArray<Member>,
  now: () => number,
) =>
  answering(faults, 'gossip', () => {
    const { VNodeState } = gossip.MemberInfo;
    const cluster = new gossip.ClusterInfo();
    for (const { port, isLeader, isAlive, isElecting } of members()) {
      const member = new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(randomUUID()))
        .setTimeStamp(String(BigInt(now()) * 10_000n))
        .setState(isElecting ? VNodeState.UNKNOWN : isLeader ? VNodeState.LEADER : VNodeState.FOLLOWER)
        .setIsAlive(isAlive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
      cluster.addMembers(member);
    }
    return cluster;
  });
