import type { handleClientStreamingCall } from '@grpc/grpc-js';
import type { Expectation } from './append-rules.ts';
import { applyFault } from './apply-fault.ts';
import type { AppendOutcome } from './database.ts';
import { type Streams, shared, streams } from './generated.ts';
import { streamNameOf } from './messages.ts';
import { leaderProblem, type Node } from './node.ts';
import { MAX_APPEND_BYTES, proposedEvent, proposedSize } from './proposed.ts';
import { internal, invalidArgument, maxAppendSizeExceeded, type RpcError, streamDeleted } from './rpc-errors.ts';

type Options = Streams.AppendReq.Options;

const expectationOf = (options: Options): Expectation | undefined => {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasAny() ? 'any' : undefined;
};

const success = (revision: bigint | undefined, position: bigint | undefined): Streams.AppendResp => {
  const result = new streams.AppendResp.Success();
  if (revision === undefined) result.setNoStream(new shared.Empty());
  else result.setCurrentRevision(String(revision));
  if (position === undefined) result.setNoPosition(new shared.Empty());
  else {
    const at = new streams.AppendResp.Position();
    result.setPosition(at.setCommitPosition(String(position)).setPreparePosition(String(position)));
  }
  return new streams.AppendResp().setSuccess(result);
};

/** An ordinary reply, not a gRPC error. "None" is a member of its own, never -1. */
const wrongVersion = (options: Options, current: bigint | undefined): Streams.AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  if (options.hasRevision()) wrong.setExpectedRevision(options.getRevision());
  else if (options.hasNoStream()) wrong.setExpectedNoStream(new shared.Empty());
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedAny(new shared.Empty());
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};

type Reply = Streams.AppendResp | RpcError;

const replyTo = (options: Options, outcome: AppendOutcome): Reply => {
  switch (outcome.kind) {
    case 'written':
      return success(outcome.revision, outcome.position);
    case 'wrong-version':
      return wrongVersion(options, outcome.current);
    case 'deleted':
      return streamDeleted(streamNameOf(options.getStreamIdentifier()));
  }
};

const decide = (node: Node, requests: ReadonlyArray<Streams.AppendReq>): Reply => {
  const options = requests[0]?.getOptions();
  const expected = options && expectationOf(options);
  if (options === undefined || expected === undefined) return invalidArgument('options come first');
  const events = requests.flatMap((request) => {
    const message = request.getProposedMessage();
    return message === undefined ? [] : [proposedEvent(message)];
  });
  if (proposedSize(events) > MAX_APPEND_BYTES) return maxAppendSizeExceeded(MAX_APPEND_BYTES);
  return replyTo(options, node.database.append(streamNameOf(options.getStreamIdentifier()), expected, events));
};

const isError = (reply: Reply): reply is RpcError => 'code' in reply;

/** `Streams.Append`: the unary path of a client that brings credentials, or whose server does not offer batches. */
export const appendHandler =
  (node: Node): handleClientStreamingCall<Streams.AppendReq, Streams.AppendResp> =>
  (call, callback) => {
    const requests: Array<Streams.AppendReq> = [];
    call.on('data', (request: Streams.AppendReq) => requests.push(request));
    const respond = async (): Promise<void> => {
      const stream = streamNameOf(requests[0]?.getOptions()?.getStreamIdentifier());
      const fault = node.faults.take('append');
      const problem = leaderProblem(node, call.metadata) ?? node.access.toStream(call.metadata, stream, 'write');
      if (problem !== undefined) return callback(problem);
      try {
        const answer = await applyFault(fault, () => decide(node, requests));
        if (answer.kind === 'error') return callback(answer.error);
        if (answer.kind === 'silence') return;
        return isError(answer.answer) ? callback(answer.answer) : callback(null, answer.answer);
      } catch (error) {
        return callback(internal(String(error)));
      }
    };
    call.on('end', () => {
      respond().catch((fault: unknown) => callback(internal(String(fault))));
    });
  };
