/**
 * The only way to the time of day. Tests turn it by hand. The time of day may be set back and forth while a program runs:
 * how long something takes is measured by `elapsed`, and what others are to read is written with `now`.
 */
export type Clock = {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds since a moment of this process's own; goes on evenly whatever becomes of the time of day. */
  readonly elapsed: () => number;
  /**
   * Calls back once `epochMs` has come, or as much time has passed as was left until then: a clock that is set back
   * keeps nobody waiting. At once when it is past. Answers how to call it off.
   */
  readonly at: (epochMs: number, callback: () => void) => () => void;
};
