import * as E from 'fp-ts/lib/Either.js';
import { messageOf } from '../../domain/unknown.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { Report } from '../saga/effect-context.ts';
import type { ForgetError } from './erase-person.ts';
import type { ForgottenByAge } from './forget-by-age.ts';

/** Milliseconds from the start to the first round, which is not to slow the start down. */
const FIRST_MS = 60_000;
/** Between two rounds. */
export const EVERY_MS = 86_400_000;
/** Until the next one where this one left people for want of places, or could not be done. */
const SOONER_MS = 3_600_000;

type RetentionDeps = {
  /** Null: personal data is not sealed on this log. */
  readonly forget: ((days: number, signal: AbortSignal) => Promise<E.Either<ForgetError, ForgottenByAge>>) | null;
  /** Milliseconds until this node may do a round; 0: now. Of several nodes one does them. */
  readonly claim: () => Promise<E.Either<StoreError, number>>;
  /** As the configuration says now; null: nobody is forgotten by age. */
  readonly days: () => number | null;
  readonly clock: Clock;
  readonly info: (message: string, details: Readonly<Record<string, string | number>>) => void;
  readonly report: Report;
};

const where = 'forgetting by age';

/** Said without names. */
const tellDone = (
  { info, report }: Pick<RetentionDeps, 'info' | 'report'>,
  days: number,
  { forgotten, left, failed, reasons, inClear }: ForgottenByAge,
): void => {
  info(`forgot ${forgotten} people`, { where, forgetAfterDays: days, left, failed });
  if (failed > 0)
    report({ where, reason: `${failed} people could not be forgotten, and are tried again: ${reasons.join(', ')}` });
  if (inClear > 0)
    report({ where, reason: `${inClear} people have events in the clear and stay: run "holdfast privacy seal" first` });
};

/** A round a minute after the start, and then each day. What it did is said in the program's log, without names. */
export const startRetention = (deps: RetentionDeps) => {
  const { forget, claim, days, clock, report } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  let working: Promise<void> = Promise.resolve();

  /** Milliseconds until the next one. */
  const round = async (): Promise<number> => {
    const after = days();
    if (after === null || signal.aborted) return EVERY_MS;
    if (forget === null) {
      report({ where, reason: 'nobody is forgotten: this node has no folder of keys (HOLDFAST_PRIVACY_KEYS)' });
      return EVERY_MS;
    }
    const claimed = await claim();
    if (E.isRight(claimed) && claimed.right > 0) return claimed.right;
    const done = E.isLeft(claimed) ? claimed : await forget(after, signal);
    if (E.isLeft(done)) {
      report({ where, reason: JSON.stringify(done.left) });
      return SOONER_MS;
    }
    tellDone(deps, after, done.right);
    return done.right.isFull ? SOONER_MS : EVERY_MS;
  };
  let cancel = (): void => undefined;
  const plan = (waitMs: number): void => {
    cancel = clock.at(clock.now() + waitMs, () => {
      working = round()
        .catch((fault: unknown) => {
          report({ where, reason: messageOf(fault) });
          return SOONER_MS;
        })
        .then((nextMs) => (signal.aborted ? undefined : plan(nextMs)));
    });
  };
  plan(FIRST_MS);
  return {
    stop: async (): Promise<void> => {
      stopping.abort();
      cancel();
      await working;
    },
  };
};
