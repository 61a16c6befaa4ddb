import type { BoxAnswer } from '../box-answers.ts';

/** What the stand-in tells apart. */
export type Operation =
  'token' | 'insert' | 'get' | 'list' | 'patch' | 'update' | 'delete' | 'freebusy' | 'watch' | 'stop';

/**
 * `refuse`: answers with this status and reason instead of acting. `refuse-token`: the same
 * in the token endpoint's form. `stall`: takes the request and never answers.
 * `drop`: cuts the connection without acting. `commit-and-drop`: acts, then cuts the connection.
 * `answer-without-id`: acts, and leaves the id out of the answer. `answer`: this body, whatever it means.
 * `in-between`: something else answers, and the stand-in never hears of it.
 */
export type Fault =
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly reason: string;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'refuse-token'; readonly status: number; readonly error: string }
  | { readonly kind: 'stall' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'commit-and-drop' }
  | { readonly kind: 'answer-without-id' }
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'in-between'; readonly answer: BoxAnswer };

export type FaultPlan = {
  /** The next `times` requests of this operation meet the fault. */
  readonly next: (operation: Operation, fault: Fault, times?: number) => void;
  /** Every request of this operation meets the fault, until `clear`. */
  readonly always: (operation: Operation, fault: Fault) => void;
  readonly clear: () => void;
  readonly take: (operation: Operation) => Fault | undefined;
};

export const createFaultPlan = (): FaultPlan => {
  const planned = new Map<Operation, ReadonlyArray<Fault>>();
  const standing = new Map<Operation, Fault>();
  return {
    next: (operation, fault, times = 1) => {
      planned.set(operation, [...(planned.get(operation) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    always: (operation, fault) => void standing.set(operation, fault),
    clear: () => {
      planned.clear();
      standing.clear();
    },
    take: (operation) => {
      const [first, ...rest] = planned.get(operation) ?? [];
      planned.set(operation, rest);
      return first ?? standing.get(operation);
    },
  };
};
