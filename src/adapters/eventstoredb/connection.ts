import type { Clock } from '../../application/ports/clock.ts';
import type { Client, MakeClient } from './client.ts';
import { makeSlots, type Slots } from './slots.ts';
import { TIME_UP, within } from './time-limit.ts';

/**
 * Appends that one client may have under way if not told otherwise; the rest wait for a slot. They share one call: when it
 * breaks, all of them are unknown and have to be repeated, so more of them make a bad connection worse. At 2 ms for an
 * append it is 8,000 a second.
 */
export const MAX_APPENDS_IN_FLIGHT = 16;

/** So many appends without an answer, on a client that answers others, are reason enough for a new one. */
const MAX_HUNG = 8;

type Generation = { readonly client: Client; readonly slots: Slots; settled: number; hung: number };

/**
 * One client at a time. It is replaced when it hangs, and after failures that leave a broken promise inside it; the old
 * one is disposed of, which rejects what it has under way.
 */
export type Connection = {
  readonly client: () => Client;
  /** Replaces the client, unless it was replaced already. */
  readonly replace: (broken: Client) => void;
  /** `TIME_UP` when no slot came free, or no answer came, in the given milliseconds each. */
  readonly append: <A>(send: (client: Client) => Promise<A>, limitMs: number) => Promise<Sent<A>>;
  /** After that nothing is tried again: what is under way ends with its next failure. */
  readonly close: () => Promise<void>;
  readonly isClosed: () => boolean;
};
export type Sent<A> =
  | { readonly type: 'answered'; readonly answer: A }
  | { readonly type: 'rejected'; readonly thrown: unknown; readonly client: Client }
  | { readonly type: 'hung' }
  | { readonly type: 'no-slot' };

type Dependencies = {
  readonly make: MakeClient;
  readonly clock: Clock;
  readonly maxAppendsInFlight: number;
  readonly onProblem: (message: string) => void;
};

export const makeConnection = ({ make, clock, maxAppendsInFlight, onProblem }: Dependencies): Connection => {
  const begin = (): Generation => ({
    client: make(),
    slots: makeSlots(maxAppendsInFlight),
    settled: 0,
    hung: 0,
  });
  let current = begin();
  let isClosed = false;
  const dispose = async ({ client, slots }: Generation): Promise<void> => {
    slots.open();
    try {
      await client.dispose();
    } catch (thrown) {
      onProblem(`a connection to the event store was not closed: ${String(thrown)}`);
    }
  };
  const replace = (broken: Client): void => {
    if (current.client !== broken) return;
    const old = current;
    current = begin();
    void dispose(old);
  };

  /** A slot of the generation that is current when it is granted. */
  const enter = async (limitMs: number): Promise<{ readonly at: Generation; readonly leave: () => void } | null> => {
    for (;;) {
      const at = current;
      const turn = at.slots.take();
      if (!turn.isHeld() && (await within(clock, limitMs, turn.granted)) === TIME_UP) {
        turn.giveUp();
        return null;
      }
      if (at === current) return { at, leave: turn.giveUp };
    }
  };
  const append: Connection['append'] = async (send, limitMs) => {
    const entered = await enter(limitMs);
    if (entered === null) return { type: 'no-slot' };
    const { at, leave } = entered;
    const before = at.settled;
    let late = false;
    const settle = (): void => {
      at.settled += 1;
      if (late) at.hung -= 1;
      leave();
    };
    const sent = send(at.client);
    // The slot is given back when the client lets go of the append, not when its caller stops waiting.
    sent.then(settle, settle);
    try {
      const answer = await within(clock, limitMs, sent);
      if (answer !== TIME_UP) return { type: 'answered', answer };
    } catch (thrown) {
      return { type: 'rejected', thrown, client: at.client };
    }
    late = true;
    at.hung += 1;
    if (at.settled === before || at.hung >= MAX_HUNG) replace(at.client);
    return { type: 'hung' };
  };
  return {
    client: () => current.client,
    replace,
    append,
    close: () => {
      isClosed = true;
      return dispose(current);
    },
    isClosed: () => isClosed,
  };
};
