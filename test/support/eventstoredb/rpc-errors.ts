import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import type { Refusal, Trailers } from './fault-plan.ts';

export type RpcError = StatusObject;

/** Errors are gRPC statuses whose trailers say the rest. Source: server `Transport/Grpc/RpcExceptions.cs`. */
const rpcError = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}): RpcError => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details: `stand-in: ${details}`, metadata };
};

export const notLeader = (port: number, host = '127.0.0.1'): RpcError =>
  rpcError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const streamDeleted = (stream: string): RpcError =>
  rpcError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

/** How a delete says it; an append has an ordinary reply for this. -1 stands for "none" here. */
export const wrongExpectedVersion = (stream: string, expected: string, actual: bigint | undefined): RpcError =>
  rpcError(status.FAILED_PRECONDITION, `WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': expected,
    'actual-version': String(actual ?? -1n),
  });

export const maxAppendSizeExceeded = (bytes: number): RpcError =>
  rpcError(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });

export const accessDenied = (): RpcError =>
  rpcError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const unauthenticated = (): RpcError => rpcError(status.UNAUTHENTICATED, 'Unauthenticated');
export const invalidArgument = (details: string): RpcError => rpcError(status.INVALID_ARGUMENT, details);
export const unavailable = (details = 'connection lost'): RpcError => rpcError(status.UNAVAILABLE, details);
export const cancelled = (details = 'server is stopping'): RpcError => rpcError(status.CANCELLED, details);
export const internal = (details: string): RpcError => rpcError(status.UNKNOWN, details);

/** A subscription that does not keep up, before 24.2. The words of a real 23.10.8. */
export const tooSlow = (when: 'live' | 'transitioning to live' = 'live'): RpcError =>
  rpcError(
    status.ABORTED,
    `Operation timed out: Consumer too slow to handle event while ${when}. Client resubscription required.`,
  );

/** Any status of gRPC, in these words. */
export const withStatus = (code: number, details: string, trailers: Trailers = {}): RpcError => ({
  ...rpcError(code, details, trailers),
  details,
});

export const refusal = (as: Refusal): RpcError => {
  switch (as) {
    case 'timeout':
      return rpcError(status.ABORTED, 'Operation timed out');
    case 'access-denied':
      return accessDenied();
    case 'unknown':
      return rpcError(status.UNKNOWN, 'Unexpected OperationResult');
    case 'not-ready':
      return rpcError(status.UNAVAILABLE, 'Server Is Not Ready');
  }
};
