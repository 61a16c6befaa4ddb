import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { Client, MakeClient } from './client.ts';
import { toFailure } from './wire-event.ts';
import { makePermits, type Permits } from './append-permits.ts';
import { sharedTimersOf, TIME_UP, withinOf } from '../../clock/time-limit.ts';
import { messageOf } from '../../../domain/unknown.ts';

/**
 * Appends that a client may have in flight at first, and again after one whose outcome is unknown; others wait for a
 * permit. They share one call: when it breaks, the outcome of all is unknown and all are repeated, so a larger number
 * makes a bad connection worse.
 */
const FIRST_APPENDS_IN_FLIGHT = 16;

/**
 * The default of the most appends in flight, reached while nothing fails: fewer and bigger packets take less CPU, and a
 * distant server is kept busy.
 */
export const MAX_APPENDS_IN_FLIGHT = 128;

/** Answers in a row after which a connection counts as good and may have one more append in flight. */
const ANSWERS_TO_TRUST = 500;

/** Appends without an answer, on a client that answers others, after which the client is replaced. */
const MAX_HUNG = 8;

type Generation = { readonly client: Client; readonly permits: Permits; settled: number; hung: number };

/**
 * One client at a time. It is replaced when it hangs, and after failures that leave a rejected promise inside it.
 * Disposing of the old one rejects what it has in flight.
 */
export type Connection = {
  readonly client: () => Client;
  /** Replaces the client, unless it was replaced already. */
  readonly replace: (broken: Client) => void;
  /** `TIME_UP` when no permit or no answer came, within the given milliseconds each. */
  readonly append: <A>(send: (client: Client) => Promise<A>, limitMs: number) => Promise<Sent<A>>;
  /** After `close` nothing is tried again: calls in flight end with their next failure. */
  readonly close: () => Promise<void>;
  readonly isClosed: () => boolean;
};
export type Sent<A> =
  | { readonly type: 'answered'; readonly answer: A }
  | { readonly type: 'rejected'; readonly thrown: unknown; readonly client: Client }
  | { readonly type: 'hung' }
  | { readonly type: 'no-permit' };

type Dependencies = {
  readonly make: MakeClient;
  readonly clock: Clock;
  readonly maxAppendsInFlight: number;
  readonly onProblem: (message: string) => void;
};

export const makeConnection = ({ make, clock, maxAppendsInFlight, onProblem }: Dependencies): Connection => {
  const begin = (): Generation => ({
    client: make(),
    permits: makePermits({ first: FIRST_APPENDS_IN_FLIGHT, most: maxAppendsInFlight, patience: ANSWERS_TO_TRUST }),
    settled: 0,
    hung: 0,
  });
  let current = begin();
  let isClosed = false;
  const timers = sharedTimersOf(clock);
  const within = withinOf(timers);
  const notClosed = (thrown: unknown): void =>
    onProblem(`a connection to the event store was not closed: ${messageOf(thrown)}`);
  const dispose = async ({ client, permits }: Generation): Promise<void> => {
    permits.open();
    await client.dispose();
  };
  const replace = (broken: Client): void => {
    if (current.client !== broken) return;
    const old = current;
    current = begin();
    dispose(old).catch(notClosed);
  };

  const hang = (at: Generation, settledBefore: number): Sent<never> => {
    at.hung += 1;
    at.permits.narrow();
    if (at.settled === settledBefore || at.hung >= MAX_HUNG) replace(at.client);
    return { type: 'hung' };
  };
  /** The permit is released when the client settles the append, not when its caller stops waiting. */
  const sendFrom = <A>(at: Generation, leave: () => void, send: (client: Client) => Promise<A>, limitMs: number) =>
    new Promise<Sent<A>>((resolve) => {
      const { settled } = at;
      let late = false;
      const cancel = timers(limitMs, () => {
        late = true;
        resolve(hang(at, settled));
      });
      const settle = (sent: Sent<A>): void => {
        cancel();
        at.settled += 1;
        if (late) at.hung -= 1;
        leave();
        resolve(sent);
      };
      send(at.client).then(
        (answer) => {
          if (!late) at.permits.widen();
          settle({ type: 'answered', answer });
        },
        (thrown: unknown) => {
          if (toFailure(thrown).type === 'unknown') at.permits.narrow();
          settle({ type: 'rejected', thrown, client: at.client });
        },
      );
    });
  const append: Connection['append'] = async (send, limitMs) => {
    for (;;) {
      const at = current;
      const { granted, release } = at.permits.acquire();
      if (granted !== null && (await within(limitMs, granted)) === TIME_UP) {
        release();
        return { type: 'no-permit' };
      }
      // The permit counts only if its client is still the current one when it is granted.
      if (at === current) return await sendFrom(at, release, send, limitMs);
    }
  };
  return {
    client: () => current.client,
    replace,
    append,
    close: () => {
      isClosed = true;
      return dispose(current).catch(notClosed);
    },
    isClosed: () => isClosed,
  };
};
