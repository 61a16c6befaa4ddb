import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import type { Expectation } from './append-rules.ts';
import { applyFault } from './apply-fault.ts';
import { type BatchOutcome, batchReply } from './batch-replies.ts';
import type { Streams } from './generated.ts';
import type { ProposedEvent } from './log.ts';
import { streamNameOf } from './messages.ts';
import { leaderProblem, type Node } from './node.ts';
import { MAX_APPEND_BYTES, proposedEvent, proposedSize } from './proposed.ts';
import { internal } from './rpc-errors.ts';
import { serverStream } from './server-stream.ts';

type Options = Streams.BatchAppendReq.Options;
type Pending = { readonly options: Options; readonly stream: string; readonly events: Array<ProposedEvent> };

const expectationOf = (options: Options): Expectation => {
  if (options.hasStreamPosition()) return BigInt(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

/** The client sends an absolute time; the server measures it with its own clock. Server `Streams.BatchAppend.cs`, `GetRequestedTimeout`. */
const hasExpired = (options: Options, now: number): boolean => {
  const deadline = options.getDeadline();
  return deadline !== undefined && deadline.getSeconds() * 1000 + deadline.getNanos() / 1e6 <= now;
};

/** Why an append is refused before its events are looked at, if it is. */
const refusalAtStart = (node: Node, options: Options, accessProblem: boolean): BatchOutcome | undefined => {
  if (accessProblem) return { kind: 'refused', as: 'access-denied' };
  return hasExpired(options, node.database.now()) ? { kind: 'refused', as: 'timeout' } : undefined;
};

/**
 * `Streams.BatchAppend`: one call for all appends of a client, told apart by correlation id. Answers go out as they are ready.
 * An error of the call itself (a node that does not lead, a lost connection) ends every pending append. Server `Streams.BatchAppend.cs`.
 */
export const batchAppendHandler =
  (node: Node): handleBidiStreamingCall<Streams.BatchAppendReq, Streams.BatchAppendResp> =>
  (call) => {
    const out = serverStream<Streams.BatchAppendResp>(call);
    const pending = new Map<string, Pending>();

    const finish = async (request: Streams.BatchAppendReq, { options, stream, events }: Pending): Promise<void> => {
      const fault = node.faults.take('append');
      const problem = leaderProblem(node, call.metadata);
      if (problem !== undefined) return out.fail(problem);
      const reply = (outcome: BatchOutcome) =>
        out.send(batchReply(request.getCorrelationId(), options, stream, outcome));
      if (fault?.kind === 'refuse') return reply({ kind: 'refused', as: fault.as });
      const act = () => node.database.append(stream, expectationOf(options), events);
      const answer = await applyFault(fault, act);
      if (answer.kind === 'error') out.fail(answer.error);
      else if (answer.kind === 'answer') await reply(answer.answer);
    };

    const receive = async (request: Streams.BatchAppendReq): Promise<void> => {
      const id = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options !== undefined) {
        const stream = streamNameOf(options.getStreamIdentifier());
        const refused = refusalAtStart(
          node,
          options,
          node.access.toStream(call.metadata, stream, 'write') !== undefined,
        );
        if (refused !== undefined) return out.send(batchReply(request.getCorrelationId(), options, stream, refused));
        pending.set(id, { options, stream, events: [] });
      }
      const append = pending.get(id);
      if (append === undefined) return;
      append.events.push(...request.getProposedMessagesList().map(proposedEvent));
      if (proposedSize(append.events) > MAX_APPEND_BYTES) {
        pending.delete(id);
        const tooLarge: BatchOutcome = { kind: 'too-large', bytes: MAX_APPEND_BYTES };
        return out.send(batchReply(request.getCorrelationId(), append.options, append.stream, tooLarge));
      }
      if (!request.getIsFinal()) return;
      pending.delete(id);
      await finish(request, append);
    };

    call.on('data', (request: Streams.BatchAppendReq) => {
      receive(request).catch((error: unknown) => out.fail(internal(String(error))));
    });
    call.on('end', () => out.finish());
  };
