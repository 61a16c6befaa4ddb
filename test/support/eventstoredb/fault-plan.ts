/** What the stand-in tells apart: `delete` is a tombstone too. */
export type Operation = 'append' | 'read' | 'subscribe' | 'delete' | 'gossip' | 'features';

/**
 * `commit-and-forget`: acts, never answers. `commit-and-cut`: acts, then the call ends as when the connection is lost.
 * `commit-then`: acts, runs this (a restart, a change of leader), never answers. `answer-never`: neither acts nor answers.
 * `cut`: ends as when the connection is lost, without acting. `duplicate`: acts twice, as when a request
 * is delivered twice, and answers once. `delay` and `hold`: acts, answers later. `not-leader`: says that
 * another port leads. `refuse`: answers with this error, `status`: the call ends
 * with this status of gRPC. `close-after`: a read or subscription ends after so many events.
 * Only `append` and `delete` act; elsewhere the commit kinds do what their second half says.
 */
export type Fault =
  | { readonly kind: 'commit-and-forget' }
  | { readonly kind: 'commit-and-cut' }
  | { readonly kind: 'commit-then'; readonly run: () => unknown }
  | { readonly kind: 'answer-never' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  | { readonly kind: 'not-leader'; readonly port: number; readonly host?: string }
  | { readonly kind: 'refuse'; readonly as: Refusal }
  | { readonly kind: 'status'; readonly code: number; readonly details: string; readonly trailers?: Trailers }
  | { readonly kind: 'close-after'; readonly events: number; readonly as?: Ending };

/** `too-slow` and `too-slow-at-first`: as 23.10 ends a subscriber that does not keep up, live or on the way there. */
export type Ending = 'cancelled' | 'unavailable' | 'too-slow' | 'too-slow-at-first';

export type Trailers = Readonly<Record<string, string>>;
export type Refusal = 'timeout' | 'access-denied' | 'unknown' | 'not-ready';

export type FaultPlan = {
  /** The next `times` calls of this operation meet the fault. */
  readonly next: (operation: Operation, fault: Fault, times?: number) => void;
  /** Every call of this operation meets the fault, until `clear`. */
  readonly always: (operation: Operation, fault: Fault) => void;
  readonly clear: () => void;
  /** Told of each call before it is served, with the operation and how many calls of all kinds have come in. */
  readonly onCall: (listener: (operation: Operation, count: number) => void) => void;
  /** How many faults wait for a call of this operation. */
  readonly waiting: (operation: Operation) => number;
  readonly take: (operation: Operation) => Fault | undefined;
  /** How many calls of this operation have come in. */
  readonly seen: (operation: Operation) => number;
};

export const createFaultPlan = (): FaultPlan => {
  const planned = new Map<Operation, ReadonlyArray<Fault>>();
  const standing = new Map<Operation, Fault>();
  const counts = new Map<Operation, number>();
  const listeners = new Set<(operation: Operation, count: number) => void>();
  let all = 0;
  return {
    next: (operation, fault, times = 1) => {
      planned.set(operation, [...(planned.get(operation) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    always: (operation, fault) => void standing.set(operation, fault),
    clear: () => {
      planned.clear();
      standing.clear();
    },
    onCall: (listener) => void listeners.add(listener),
    waiting: (operation) => planned.get(operation)?.length ?? 0,
    take: (operation) => {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      all += 1;
      for (const listener of listeners) listener(operation, all);
      const [first, ...rest] = planned.get(operation) ?? [];
      planned.set(operation, rest);
      return first ?? standing.get(operation);
    },
    seen: (operation) => counts.get(operation) ?? 0,
  };
};
