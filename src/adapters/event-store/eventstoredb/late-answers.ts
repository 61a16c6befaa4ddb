import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';

type BatchAppend = StreamsClient['batchAppend'];
type Call = ReturnType<BatchAppend>;

/**
 * What the client's listener throws for an answer that it waits for no more. It would end the process: the listener is
 * called by the socket, so nobody is there to catch it.
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
 * Makes the client package survive answers that come late. Its appends under way are in one table for all connections
 * (`dist/streams/appendToStream/batchAppend.js` of 6.2.1): a connection that breaks empties the table, and an answer
 * over another one, to a new leader say, then finds nothing there. The append was rejected as unknown by then and is
 * repeated with the same ids, so the answer is not needed.
 */
export const surviveLateAnswers = async (onProblem: (message: string) => void): Promise<void> => {
  const generated = await import('@eventstore/db-client/generated/streams_grpc_pb.js');
  const { prototype } = generated.default.StreamsClient;
  original ??= prototype.batchAppend;
  const send = original;
  const batchAppend = function (this: StreamsClient, ...given: Parameters<BatchAppend>): Call {
    return withoutLateAnswers(send.apply(this, given), onProblem);
  };
  Object.defineProperty(prototype, 'batchAppend', { value: batchAppend, configurable: true, writable: true });
};
