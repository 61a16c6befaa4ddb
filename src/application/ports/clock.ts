/** The only way to the time of day. Tests turn it by hand. */
export type Clock = {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Calls back once `epochMs` has come; at once when it is past. Answers how to call it off. */
  readonly at: (epochMs: number, callback: () => void) => () => void;
};
