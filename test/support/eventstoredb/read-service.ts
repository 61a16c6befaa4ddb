import { randomUUID } from 'node:crypto';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { applyFault } from './apply-fault.ts';
import { allSource, runCatchUp, type Source, streamSource } from './catch-up.ts';
import type { Ending, Fault } from './fault-plan.ts';
import { eventFilter } from './filters.ts';
import type { Streams } from './generated.ts';
import { resolve } from './links.ts';
import { confirmationMessage, eventMessage, notFoundMessage, streamNameOf } from './messages.ts';
import { leaderProblem, type Node } from './node.ts';
import { readAll, readStream, subscribeFrom } from './reading.ts';
import { cancelled, internal, type RpcError, streamDeleted, tooSlow, unavailable } from './rpc-errors.ts';
import { type ServerStream, serverStream } from './server-stream.ts';
import { isTombstoned } from './stream-state.ts';

type Options = Streams.ReadReq.Options;
type Out = ServerStream<Streams.ReadResp>;

const endings: Readonly<Record<Ending, () => RpcError>> = {
  cancelled: () => cancelled(),
  unavailable: () => unavailable(),
  'too-slow': () => tooSlow(),
  'too-slow-at-first': () => tooSlow('transitioning to live'),
};

const endingOf = (fault: Fault | undefined): { readonly after: number; readonly error: RpcError } =>
  fault?.kind === 'close-after'
    ? { after: fault.events, error: endings[fault.as ?? 'unavailable']() }
    : { after: Number.POSITIVE_INFINITY, error: unavailable() };

const read = async (node: Node, options: Options, out: Out, fault: Fault | undefined): Promise<void> => {
  const { log, now } = node.database;
  const target = options.getStream();
  const events = target === undefined ? readAll(log, options) : readStream(log, now(), options, target);
  if (events === 'not-found') {
    await out.send(notFoundMessage(streamNameOf(target?.getStreamIdentifier())));
    return out.finish();
  }
  const ending = endingOf(fault);
  for (const [index, event] of events.entries()) {
    if (index >= ending.after) return out.fail(ending.error);
    if (!out.isOpen()) return;
    await out.send(eventMessage(resolve(log, now(), event, options.getResolveLinks())));
  }
  out.finish();
};

const sourceOf = (node: Node, options: Options): Source => {
  const { log, now } = node.database;
  const target = options.getStream();
  if (target !== undefined) return streamSource(log, now, streamNameOf(target.getStreamIdentifier()));
  const filter = options.getFilter();
  return allSource(log, filter === undefined ? undefined : eventFilter(filter));
};

const subscribe = async (node: Node, options: Options, out: Out, fault: Fault | undefined): Promise<void> => {
  const { log, now } = node.database;
  const ending = endingOf(fault);
  await out.send(confirmationMessage(randomUUID()));
  if (ending.after === 0) return out.fail(ending.error);
  await runCatchUp(out, {
    log,
    now,
    version: node.version,
    source: sourceOf(node, options),
    from: subscribeFrom(log, options),
    resolveLinks: options.getResolveLinks(),
    onSent: (sent) => sent >= ending.after && out.fail(ending.error),
  });
};

/** `Streams.Read`: one call for reads and subscriptions. */
export const readHandler =
  (node: Node): handleServerStreamingCall<Streams.ReadReq, Streams.ReadResp> =>
  (call) => {
    const out = serverStream<Streams.ReadResp>(call);
    const options = call.request.getOptions();
    if (options === undefined) return out.fail(internal('options are missing'));
    const isSubscription = options.hasSubscription();
    const fault = node.faults.take(isSubscription ? 'subscribe' : 'read');
    const stream = streamNameOf(options.getStream()?.getStreamIdentifier());
    const gone = isTombstoned(node.database.log, stream) ? streamDeleted(stream) : undefined;
    const problem =
      leaderProblem(node, call.metadata) ??
      node.access.toStream(call.metadata, options.hasAll() ? '$all' : stream, 'read') ??
      gone;
    if (problem !== undefined) return out.fail(problem);
    applyFault(fault, () => undefined)
      .then((answer) => {
        if (answer.kind === 'error') return out.fail(answer.error);
        if (answer.kind === 'silence') return;
        return isSubscription ? subscribe(node, options, out, fault) : read(node, options, out, fault);
      })
      .catch((error: unknown) => out.fail(internal(String(error))));
  };
