import type { Log } from './log.ts';
import { isSoftDeleted, isTombstoned, lastRevision, metastreamOf } from './stream-state.ts';
import type { WeakCache } from './weak-cache.ts';

export type Expectation = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Decision =
  | { readonly kind: 'write'; readonly firstRevision: bigint; readonly revive: boolean }
  | { readonly kind: 'already-written'; readonly lastRevision: bigint }
  | { readonly kind: 'wrong-version'; readonly current: bigint | undefined }
  | { readonly kind: 'deleted' };

type Question = {
  readonly stream: string;
  readonly expected: Expectation;
  readonly ids: ReadonlyArray<string>;
};

/** `ANY` and `STREAM_EXISTS`: ids are looked up in the leader's memory alone. */
const weakly = (cache: WeakCache, { stream, ids }: Question): bigint | 'write' | 'mixture' => {
  const known = ids.map((id) => cache.find(stream, id));
  const missing = known.indexOf(undefined);
  if (missing >= 0) return missing === 0 ? 'write' : 'mixture';
  return known.at(-1) ?? 'write';
};

/** A number or `NO_STREAM` below the last revision: the ids must be those stored from there on, every one. */
const strongly = (log: Log, { stream, ids }: Question, expected: bigint): bigint | 'other' | 'mixture' => {
  const stored = log.stream(stream);
  const differing = ids.findIndex((id, index) => stored[Number(expected) + 1 + index]?.id !== id);
  if (differing >= 0) return differing === 0 ? 'other' : 'mixture';
  return ids.length === 0 ? 'other' : expected + BigInt(ids.length);
};

/**
 * What the leader decides about an append, before anything is written. Source: server
 * `IndexWriter.CheckCommit` and `StorageWriterService.ActOnCommitCheckFailure`.
 */
export const decideAppend = (log: Log, cache: WeakCache, question: Question): Decision => {
  const { stream, expected } = question;
  const current = lastRevision(log, stream);
  const wrong: Decision = { kind: 'wrong-version', current };
  const softDeleted = isSoftDeleted(log, stream);
  const write: Decision = { kind: 'write', firstRevision: (current ?? -1n) + 1n, revive: softDeleted };
  if (isTombstoned(log, stream)) return { kind: 'deleted' };

  if (expected === 'stream_exists') {
    if (softDeleted) return { kind: 'deleted' };
    if (current === undefined && log.stream(metastreamOf(stream)).length === 0) return wrong;
  }
  if (expected === 'any' || expected === 'stream_exists') {
    const found = weakly(cache, question);
    if (found === 'write') return write;
    return found === 'mixture' ? wrong : { kind: 'already-written', lastRevision: found };
  }
  const number = expected === 'no_stream' ? -1n : expected;
  const last = current ?? -1n;
  if (number === last) return write;
  if (number > last) return wrong;
  const found = strongly(log, question, number);
  if (typeof found === 'bigint') return { kind: 'already-written', lastRevision: found };
  return found === 'other' && expected === 'no_stream' && softDeleted ? write : wrong;
};
