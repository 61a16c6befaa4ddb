import type { handleUnaryCall, Metadata } from '@grpc/grpc-js';
import { applyFault } from './apply-fault.ts';
import { type Persistent, persistent, type Shared, shared } from './generated.ts';
import { streamNameOf } from './messages.ts';
import type { Node } from './node.ts';
import type { Known } from './persistent-groups.ts';
import { groupInfo } from './persistent-info.ts';
import { groupFilter, groupSettings, settingsProblem } from './persistent-settings.ts';
import { type GroupProblem, groupError, groupFailed, internal, invalidArgument, type RpcError } from './rpc-errors.ts';

type Reply<R> = R | RpcError;

/** Answers on the leader only, to callers who may; a thrown error reaches the caller too. */
const managing =
  <Q, R>(node: Node, answer: (request: Q) => Reply<R>): handleUnaryCall<Q, R> =>
  (call: { readonly request: Q; readonly metadata: Metadata }, callback) => {
    const problem = node.isLeader() ? node.access.toGroups(call.metadata) : node.notLeader();
    if (problem !== undefined) return callback(problem);
    applyFault(node.faults.take('manage'), () => answer(call.request)).then(
      (given) => {
        if (given.kind === 'silence') return;
        const reply = given.kind === 'error' ? given.error : given.answer;
        if (isError(reply)) callback(reply);
        else callback(null, reply);
      },
      (error: unknown) => callback(internal(String(error))),
    );
  };

const isError = <R>(reply: Reply<R>): reply is RpcError =>
  typeof reply === 'object' && reply !== null && 'code' in reply && 'details' in reply;

type Target = {
  readonly hasAll: () => boolean;
  readonly getStreamIdentifier: () => Shared.StreamIdentifier | undefined;
};

const streamOf = (target: Target): string => (target.hasAll() ? '$all' : streamNameOf(target.getStreamIdentifier()));

const after = <R>(problem: GroupProblem | undefined, stream: string, group: string, reply: R): Reply<R> =>
  problem === undefined ? reply : groupError(problem, stream, group);

const incomplete = (): RpcError => invalidArgument('options or settings are missing');

const lastPosition = ({ database }: Node): bigint => database.log.all().at(-1)?.position ?? 0n;

export const createHandler = (node: Node) =>
  managing(node, (request: Persistent.CreateReq): Reply<Persistent.CreateResp> => {
    const options = request.getOptions();
    const settings = options && groupSettings(options);
    if (options === undefined || settings === undefined) return incomplete();
    const stream = streamOf(options);
    const refused = settingsProblem(options, lastPosition(node));
    if (refused !== undefined) return groupFailed(stream, options.getGroupName(), refused);
    const problem = node.groups.create(stream, options.getGroupName(), settings, groupFilter(options));
    return after(problem, stream, options.getGroupName(), new persistent.CreateResp());
  });

export const updateHandler = (node: Node) =>
  managing(node, (request: Persistent.UpdateReq): Reply<Persistent.UpdateResp> => {
    const options = request.getOptions();
    const settings = options && groupSettings(options);
    if (options === undefined || settings === undefined) return incomplete();
    const stream = streamOf(options);
    const refused = settingsProblem(options, lastPosition(node));
    if (refused !== undefined) return groupFailed(stream, options.getGroupName(), refused);
    const problem = node.groups.update(stream, options.getGroupName(), settings);
    return after(problem, stream, options.getGroupName(), new persistent.UpdateResp());
  });

export const removeHandler = (node: Node) =>
  managing(node, (request: Persistent.DeleteReq): Reply<Persistent.DeleteResp> => {
    const options = request.getOptions();
    if (options === undefined) return incomplete();
    const stream = streamOf(options);
    const problem = node.groups.remove(stream, options.getGroupName());
    return after(problem, stream, options.getGroupName(), new persistent.DeleteResp());
  });

const infoFound = (known: Known | undefined, stream: string, group: string): Reply<Persistent.GetInfoResp> =>
  known === undefined
    ? groupError('does-not-exist', stream, group)
    : new persistent.GetInfoResp().setSubscriptionInfo(groupInfo(known));

export const infoHandler = (node: Node) =>
  managing(node, (request: Persistent.GetInfoReq): Reply<Persistent.GetInfoResp> => {
    const options = request.getOptions();
    if (options === undefined) return incomplete();
    const stream = streamOf(options);
    return infoFound(node.groups.find(stream, options.getGroupName()), stream, options.getGroupName());
  });

/** Asked for one stream, a server that never had a group there says so with an error. */
export const listHandler = (node: Node) =>
  managing(node, (request: Persistent.ListReq): Reply<Persistent.ListResp> => {
    const one = request.getOptions()?.getListForStream();
    const stream = one && (one.hasAll() ? '$all' : streamNameOf(one.getStream()));
    const groups = node.groups.all().filter((known) => stream === undefined || known.stream === stream);
    if (stream !== undefined && !node.groups.hasTopic(stream)) return groupError('does-not-exist', stream, '');
    return new persistent.ListResp().setSubscriptionsList(groups.map(groupInfo));
  });

export const replayHandler = (node: Node) =>
  managing(node, (request: Persistent.ReplayParkedReq): Reply<Persistent.ReplayParkedResp> => {
    const options = request.getOptions();
    if (options === undefined) return incomplete();
    const stream = streamOf(options);
    const known = node.groups.find(stream, options.getGroupName());
    if (known === undefined) return groupError('does-not-exist', stream, options.getGroupName());
    known.group.replay(options.hasStopAt() ? BigInt(options.getStopAt()) : undefined);
    return new persistent.ReplayParkedResp();
  });

export const restartHandler = (node: Node) =>
  managing(node, (_request: Shared.Empty): Reply<Shared.Empty> => {
    node.groups.beginAgain();
    return new shared.Empty();
  });
