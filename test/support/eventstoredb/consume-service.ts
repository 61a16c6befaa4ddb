import { randomUUID } from 'node:crypto';
import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import { applyFault } from './apply-fault.ts';
import { type Persistent, persistent } from './generated.ts';
import { persistentEventMessage, streamNameOf } from './messages.ts';
import type { Node } from './node.ts';
import type { NackAction } from './persistent-group.ts';
import type { Known } from './persistent-groups.ts';
import type { Consumer, GroupMessage } from './persistent-message.ts';
import { cancelled, groupError, internal, invalidArgument, type RpcError, unavailable } from './rpc-errors.ts';
import { type ServerStream, serverStream } from './server-stream.ts';

type Out = ServerStream<Persistent.ReadResp>;
type Options = Persistent.ReadReq.Options;

/** `stop` is an unfinished stub in the server and behaves as a skip. Server `PersistentSubscription.StopSubscription`. */
const actionOf = (nack: Persistent.ReadReq.Nack): NackAction => {
  const { Action } = persistent.ReadReq.Nack;
  switch (nack.getAction()) {
    case Action.PARK:
      return 'park';
    case Action.RETRY:
    case Action.UNKNOWN:
      return 'retry';
    default:
      return 'skip';
  }
};

const idsOf = (message: Persistent.ReadReq.Ack | Persistent.ReadReq.Nack): ReadonlyArray<string> =>
  message.getIdsList().map((id) => id.getString());

const confirmation = (id: string): Persistent.ReadResp =>
  new persistent.ReadResp().setSubscriptionConfirmation(
    new persistent.ReadResp.SubscriptionConfirmation().setSubscriptionId(id),
  );

type Caller = { readonly peer: string; readonly connectionName: string };

/** `closeAfter`: the connection is lost after so many messages. */
const consumerOf = (known: Known, size: number, caller: Caller, out: Out, closeAfter: number): Consumer => {
  const unconfirmed = new Map<string, GroupMessage>();
  let room = size;
  let total = 0;
  return {
    id: randomUUID(),
    size,
    user: 'anonymous',
    connectionName: caller.connectionName,
    from: caller.peer,
    unconfirmed,
    room: () => room,
    total: () => total,
    push: (message) => {
      room -= 1;
      total += 1;
      if (!unconfirmed.has(message.id)) unconfirmed.set(message.id, message);
      const event = persistentEventMessage(message.resolved, message.retries);
      out.send(event).catch((error: unknown) => out.fail(internal(String(error))));
      if (total >= closeAfter) out.fail(unavailable());
    },
    confirm: (id) => {
      if (unconfirmed.delete(id)) room += 1;
    },
    drop: () => out.fail(groupError('dropped', known.stream, known.name)),
  };
};

type Joined = { readonly known: Known; readonly consumer: Consumer } | RpcError | 'silence';

const join = async (node: Node, options: Options, caller: Caller, out: Out): Promise<Joined> => {
  const stream = options.hasAll() ? '$all' : streamNameOf(options.getStreamIdentifier());
  const fault = node.faults.take('consume');
  const answer = await applyFault(fault, () => node.groups.find(stream, options.getGroupName()));
  if (answer.kind !== 'answer') return answer.kind === 'error' ? answer.error : 'silence';
  const known = answer.answer;
  if (known === undefined) return groupError('does-not-exist', stream, options.getGroupName());
  const most = known.settings.maxSubscriberCount;
  if (most > 0 && known.group.consumers().length >= most)
    return groupError('maximum-subscribers-reached', stream, known.name);
  const closeAfter = fault?.kind === 'close-after' ? fault.events : Number.POSITIVE_INFINITY;
  return { known, consumer: consumerOf(known, options.getBufferSize(), caller, out, closeAfter) };
};

/** `PersistentSubscriptions.Read`: options first, then acks and nacks. Groups live on the leader. */
export const consumeHandler =
  (node: Node): handleBidiStreamingCall<Persistent.ReadReq, Persistent.ReadResp> =>
  (call) => {
    const out = serverStream<Persistent.ReadResp>(call);
    let joined: Exclude<Joined, RpcError | 'silence'> | undefined;

    const begin = async (options: Options): Promise<void> => {
      const stream = options.hasAll() ? '$all' : streamNameOf(options.getStreamIdentifier());
      if (!node.isLeader()) return out.fail(node.notLeader());
      const problem = node.access.toStream(call.metadata, stream);
      if (problem !== undefined) return out.fail(problem);
      const [connectionName = '<unknown>'] = call.metadata.get('connection-name').map(String);
      const answer = await join(node, options, { peer: call.getPeer(), connectionName }, out);
      if (answer === 'silence') return;
      if ('code' in answer) return out.fail(answer);
      joined = answer;
      const { known, consumer } = answer;
      await out.send(confirmation(`${known.stream}::${known.name}`));
      out.onClosed(() => known.group.leave(consumer));
      known.group.join(consumer);
    };

    call.on('data', (request: Persistent.ReadReq) => {
      const options = request.getOptions();
      const ack = request.getAck();
      const nack = request.getNack();
      if (options !== undefined) begin(options).catch((error: unknown) => out.fail(internal(String(error))));
      else if (joined === undefined) out.fail(invalidArgument('options come first'));
      else if (ack !== undefined) joined.known.group.ack(idsOf(ack));
      else if (nack !== undefined) joined.known.group.nack(idsOf(nack), actionOf(nack), nack.getReason());
    });
    call.on('end', () => out.fail(cancelled('the consumer left')));
  };
