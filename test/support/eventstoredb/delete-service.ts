import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Expectation } from './append-rules.ts';
import { applyFault } from './apply-fault.ts';
import { type Streams, shared, streams } from './generated.ts';
import { streamNameOf } from './messages.ts';
import { leaderProblem, type Node } from './node.ts';
import { internal, invalidArgument, type RpcError, streamDeleted, wrongExpectedVersion } from './rpc-errors.ts';

type Options = Streams.DeleteReq.Options | Streams.TombstoneReq.Options;

const expectationOf = (options: Options): Expectation => {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

/** How the trailers of an error write an expectation: the server's own numbers. Server `ExpectedVersion.cs`. */
const numberOf = (expected: Expectation): string => {
  const words = { any: '-2', no_stream: '-1', stream_exists: '-4' };
  return typeof expected === 'bigint' ? String(expected) : words[expected];
};

type Removal = { readonly position: bigint | undefined } | RpcError;

const remove = (node: Node, options: Options, kind: 'soft' | 'tombstone'): Removal => {
  const stream = streamNameOf(options.getStreamIdentifier());
  const expected = expectationOf(options);
  const outcome = node.database.remove(stream, expected, kind);
  if (outcome.kind === 'written') return { position: outcome.position };
  if (outcome.kind === 'deleted') return streamDeleted(stream);
  return wrongExpectedVersion(stream, numberOf(expected), outcome.current);
};

/** Answers a removal through `write`, which makes the reply of its kind. */
const handle = async (
  node: Node,
  call: { readonly metadata: Parameters<typeof leaderProblem>[1] },
  options: Options | undefined,
  kind: 'soft' | 'tombstone',
): Promise<Removal | 'silence'> => {
  const fault = node.faults.take('delete');
  if (options === undefined) return invalidArgument('options are missing');
  const stream = streamNameOf(options.getStreamIdentifier());
  const problem = leaderProblem(node, call.metadata) ?? node.access.toStream(call.metadata, stream, 'write');
  if (problem !== undefined) return problem;
  const answer = await applyFault(fault, () => remove(node, options, kind));
  if (answer.kind === 'silence') return 'silence';
  return answer.kind === 'error' ? answer.error : answer.answer;
};

export const deleteHandler =
  (node: Node): handleUnaryCall<Streams.DeleteReq, Streams.DeleteResp> =>
  (call, callback) => {
    handle(node, call, call.request.getOptions(), 'soft').then(
      (removal) => {
        if (removal === 'silence') return;
        if ('code' in removal) return callback(removal);
        const reply = new streams.DeleteResp();
        if (removal.position === undefined) return callback(null, reply.setNoPosition(new shared.Empty()));
        const at = new streams.DeleteResp.Position().setCommitPosition(String(removal.position));
        return callback(null, reply.setPosition(at.setPreparePosition(String(removal.position))));
      },
      (error: unknown) => callback(internal(String(error))),
    );
  };

export const tombstoneHandler =
  (node: Node): handleUnaryCall<Streams.TombstoneReq, Streams.TombstoneResp> =>
  (call, callback) => {
    handle(node, call, call.request.getOptions(), 'tombstone').then(
      (removal) => {
        if (removal === 'silence') return;
        if ('code' in removal) return callback(removal);
        const reply = new streams.TombstoneResp();
        if (removal.position === undefined) return callback(null, reply.setNoPosition(new shared.Empty()));
        const at = new streams.TombstoneResp.Position().setCommitPosition(String(removal.position));
        return callback(null, reply.setPosition(at.setPreparePosition(String(removal.position))));
      },
      (error: unknown) => callback(internal(String(error))),
    );
  };
