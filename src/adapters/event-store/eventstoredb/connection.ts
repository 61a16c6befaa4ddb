import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { Client, MakeClient } from './client.ts';
import { toFailure } from './wire-event.ts';
import { makePermits, type Permits } from './append-permits.ts';
import { sharedTimersOf, TIME_UP, withinOf } from '../../clock/time-limit.ts';
import { messageOf } from '../../../domain/unknown.ts';

/**
 * Appends that a client may have in flight at first, and again after one whose outcome is unknown; the rest wait for a permit. They
 * share one call: when it breaks, all of them are unknown and have to be repeated, so more of them make a bad connection worse.
 */
const FIRST_APPENDS_IN_FLIGHT = 16;

/**
 * So many it may come to, if not told otherwise, where nothing went wrong: fewer and bigger packets take less CPU, and a distant
 * server is kept busy.
 */
export const MAX_APPENDS_IN_FLIGHT = 128;

/** So many answers in a row show that a connection is good. Where it breaks more often, more in flight only means more repeats. */
const ANSWERS_TO_TRUST = 500;

/** So many appends without an answer, on a client that answers others, are reason enough for a new one. */
const MAX_HUNG = 8;

type Generation = { readonly client: Client; readonly permits: Permits; settled: number; hung: number };

/**
 * One client at a time. It is replaced when it hangs, and after failures that leave a broken promise inside it; the old
 * one is disposed of, which rejects what it has in flight.
 */
export type Connection = {
  readonly client: () => Client;
  /** Replaces the client, unless it was replaced already. */
  readonly replace: (broken: Client) => void;
  /** `TIME_UP` when no permit came free, or no answer came, in the given milliseconds each. */
  readonly append: <A>(send: (client: Client) => Promise<A>, limitMs: number) => Promise<Sent<A>>;
  /** After that nothing is tried again: what is in flight ends with its next failure. */
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
  /** The permit is given back when the client lets go of the append, not when its caller stops waiting. */
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
      const { granted, giveUp } = at.permits.take();
      if (granted !== null && (await within(limitMs, granted)) === TIME_UP) {
        giveUp();
        return { type: 'no-permit' };
      }
      // A permit of the generation that is current when it is granted.
      if (at === current) return await sendFrom(at, giveUp, send, limitMs);
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
