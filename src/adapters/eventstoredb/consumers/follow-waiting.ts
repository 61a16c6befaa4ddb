import type { ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { backoffWithJitter } from '../../event-store/consumers/backoff.ts';
import type { StopSignal } from '../../event-store/consumers/stop-signal.ts';
import type { Connection } from '../connection.ts';
import { toFailure } from '../errors.ts';
import { ownEventOf } from '../own-streams.ts';
import { waitingStreamOf } from './group-settings.ts';
import type { WaitingStream } from './waiting-stream.ts';

type Following = {
  readonly connection: Connection;
  readonly stop: StopSignal;
  readonly random: () => number;
  readonly watchdogMs: number;
  readonly group: string;
  readonly waiting: WaitingStream;
  /** Called after each change. */
  readonly onChange: () => void;
  readonly onProblem: (message: string) => void;
};

/** One subscription until it breaks, is stopped, or its client is replaced, which cancels it without a word. */
const followOnce = async (deps: Following, progressed: () => void): Promise<void> => {
  const { connection, stop, group, waiting, onChange, watchdogMs } = deps;
  const client = connection.client();
  const revision = waiting.fold.revision();
  const subscription = client.subscribeToStream(waitingStreamOf(group), {
    fromRevision: revision < 0 ? 'start' : BigInt(revision),
    requiresLeader: true,
  });
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  let ended = false;
  const watch = async (): Promise<void> => {
    while (!ended && !stop.stopped()) {
      await stop.pause(watchdogMs);
      if (ended || stop.stopped()) return;
      if (connection.client() !== client) return reject(new Error('the connection was replaced'));
      // A subscription that went quiet without an error shows itself by what it did not bring.
      const before = waiting.fold.revision();
      const read = await waiting.readOn();
      if (E.isRight(read) && waiting.fold.revision() > before) onChange();
    }
  };
  subscription.on('data', (raw: ResolvedEvent) => {
    const event = ownEventOf(raw);
    if (event !== null && E.isLeft(event)) return reject(new Error(event.left.type));
    if (event !== null) waiting.fold.apply(event.right);
    progressed();
    onChange();
  });
  subscription.on('error', reject);
  subscription.on('end', resolve);
  subscription.on('close', resolve);
  const forget = stop.onStop(resolve);
  watch().catch(reject);
  try {
    await over;
  } finally {
    ended = true;
    forget();
    // Rejects when the call was never made; then there is nothing to end.
    subscription.unsubscribe().catch(() => undefined);
  }
};

/** Keeps what a node knows of the waiting stream up to date; subscribes again with backoff and jitter. Settles when stopped. */
export const followWaiting = async (deps: Following): Promise<void> => {
  const { stop, random, onProblem } = deps;
  let failures = 0;
  while (!stop.stopped()) {
    try {
      await followOnce(deps, () => {
        failures = 0;
      });
    } catch (thrown) {
      const failure = toFailure(thrown);
      onProblem(`the messages put off cannot be followed: ${'reason' in failure ? failure.reason : failure.type}`);
    }
    failures += 1;
    await stop.pause(backoffWithJitter(failures, random));
  }
};
