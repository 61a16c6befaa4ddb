import type { CommandError } from '@eventstore/db-client';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { messageOf } from '../../../domain/unknown.ts';

/**
 * What a failure of the client means. `final`: asking again answers the same. `not-sent`: nothing reached the server.
 * `unknown`: it may have been carried out. `not-sent` comes as raw errors of gRPC or of the discovery, which are not
 * command errors and after which the client keeps a broken promise of the server's features: it has to be replaced.
 */
export type Failure =
  | { readonly type: 'wrong-revision'; readonly actual: 'no-stream' | number }
  | { readonly type: 'no-stream' }
  | { readonly type: 'too-large'; readonly limit: number }
  /** Of the user: unknown, or with another password; else known, and without the right. */
  | { readonly type: 'denied'; readonly isUserUnknown: boolean; readonly reason: string }
  | { readonly type: 'final'; readonly error: StoreError }
  | { readonly type: 'not-sent'; readonly reason: string }
  /** A subscription that did not keep up, ended by a server before 24.2: it may be made again at once. */
  | { readonly type: 'too-slow'; readonly reason: string }
  | { readonly type: 'unknown'; readonly reason: string };

/** By shape, so that the client package need not be loaded to look at an error. */
const isCommandError = (thrown: unknown): thrown is CommandError =>
  thrown instanceof Error && 'type' in thrown && typeof thrown.type === 'string';

/** Of gRPC: valid credentials without the right; no valid credentials. */
const [PERMISSION_DENIED, UNAUTHENTICATED] = [7, 16];

/** `Consumer too slow to handle event while live` or `while transitioning to live`: 23.10.8. */
const TOO_SLOW = /consumer too slow/i;

const unavailable = (reason: string): Failure => ({ type: 'final', error: { type: 'Unavailable', reason } });

const denied = (code: number | undefined): Failure =>
  code === UNAUTHENTICATED
    ? { type: 'denied', isUserUnknown: true, reason: 'the event store knows no such user with this password' }
    : { type: 'denied', isUserUnknown: false, reason: 'the event store denies access to this user, who lacks a right' };

export const toFailure = (thrown: unknown): Failure => {
  if (!isCommandError(thrown)) return { type: 'not-sent', reason: messageOf(thrown) };
  const error = thrown;
  switch (error.type) {
    case 'wrong-expected-version':
      return {
        type: 'wrong-revision',
        actual: error.actualVersion === 'no_stream' ? 'no-stream' : Number(error.actualVersion),
      };
    case 'stream-not-found':
    case 'no-stream':
      return { type: 'no-stream' };
    case 'maximum-append-size-exceeded':
      return { type: 'too-large', limit: error.maxAppendSize };
    case 'stream-deleted':
      return {
        type: 'final',
        error: { type: 'Corrupt', reason: `the stream ${error.streamName} was deleted for good (tombstoned)` },
      };
    case 'access-denied':
      return denied(error.code);
    case 'invalid-argument':
    case 'unsupported':
      return unavailable(messageOf(error));
    case 'deadline-exceeded':
      return { type: 'unknown', reason: 'the event store timed out, or its clock and this one are an hour apart' };
    case 'timeout':
      return { type: TOO_SLOW.test(error.message) ? 'too-slow' : 'unknown', reason: messageOf(error) };
    case 'not-leader':
      return { type: 'unknown', reason: 'the node is no longer the leader' };
    default:
      // Without the word that makes it a class of the client.
      return error.code === PERMISSION_DENIED ? denied(error.code) : { type: 'unknown', reason: messageOf(error) };
  }
};
