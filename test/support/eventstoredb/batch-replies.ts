import type { AppendOutcome } from './database.ts';
import type { Refusal } from './fault-plan.ts';
import { Any, GoogleEmpty, type Status, type Streams, shared, status, streams } from './generated.ts';
import { identifierOf } from './messages.ts';

type Message = { readonly serializeBinary: () => Uint8Array };

/** Errors of a batch are `status.Status` with an `Any` that is named after the message inside. Client `unpackError.ts`; server `Grpc/Status.cs`. */
const errorStatus = (name: string, message: Message, text = name): Status.Status => {
  const details = new Any();
  details.pack(message.serializeBinary(), name);
  return new status.Status().setMessage(`stand-in: ${text}`).setDetails(details);
};

const PACKAGE = 'event_store.client';

type Options = Streams.BatchAppendReq.Options;

const wrongVersion = (options: Options, current: bigint | undefined): Status.Status => {
  const wrong = new shared.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new GoogleEmpty());
  else wrong.setCurrentStreamRevision(String(current));
  if (options.hasStreamPosition()) wrong.setExpectedStreamPosition(options.getStreamPosition());
  else if (options.hasNoStream()) wrong.setExpectedNoStream(new GoogleEmpty());
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(new GoogleEmpty());
  else wrong.setExpectedAny(new GoogleEmpty());
  return errorStatus(`${PACKAGE}.WrongExpectedVersion`, wrong);
};

const success = (revision: bigint | undefined, position: bigint | undefined): Streams.BatchAppendResp.Success => {
  const result = new streams.BatchAppendResp.Success();
  if (revision === undefined) result.setNoStream(new GoogleEmpty());
  else result.setCurrentRevision(String(revision));
  if (position === undefined) return result.setNoPosition(new GoogleEmpty());
  const at = new shared.AllStreamPosition();
  return result.setPosition(at.setCommitPosition(String(position)).setPreparePosition(String(position)));
};

export type BatchOutcome =
  | AppendOutcome
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly as: Refusal };

const refusals: Readonly<Record<Refusal, () => Status.Status>> = {
  timeout: () => errorStatus(`${PACKAGE}.Timeout`, new shared.Timeout()),
  'access-denied': () => errorStatus(`${PACKAGE}.AccessDenied`, new shared.AccessDenied()),
  unknown: () => errorStatus(`${PACKAGE}.Unknown`, new shared.Unknown()),
  'not-ready': () => errorStatus('google.protobuf.Empty', new GoogleEmpty(), 'Server Is Not Ready'),
};

const errorOf = (
  options: Options,
  stream: string,
  outcome: Exclude<BatchOutcome, { kind: 'written' }>,
): Status.Status => {
  switch (outcome.kind) {
    case 'wrong-version':
      return wrongVersion(options, outcome.current);
    case 'deleted':
      return errorStatus(
        `${PACKAGE}.StreamDeleted`,
        new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream)),
      );
    case 'too-large': {
      const exceeded = new shared.MaximumAppendSizeExceeded();
      return errorStatus(`${PACKAGE}.MaximumAppendSizeExceeded`, exceeded.setMaxappendsize(outcome.bytes));
    }
    case 'refused':
      return refusals[outcome.as]();
  }
};

/** The correlation id goes back unchanged, and the stream is named on errors too: the client dereferences both. */
export const batchReply = (
  correlationId: ReturnType<Streams.BatchAppendReq['getCorrelationId']>,
  options: Options,
  stream: string,
  outcome: BatchOutcome,
): Streams.BatchAppendResp => {
  const reply = new streams.BatchAppendResp().setCorrelationId(correlationId).setStreamIdentifier(identifierOf(stream));
  if (outcome.kind === 'written') return reply.setSuccess(success(outcome.revision, outcome.position));
  return reply.setError(errorOf(options, stream, outcome));
};
