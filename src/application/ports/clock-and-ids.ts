import type { Sha256 } from '../../domain/log/hash-chain.ts';

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

/** Ids and randomness, the impure part of making events. */
export type Identity = {
  /** SHA-256 in lower-case hex, for hash chains and digests. */
  readonly sha256: Sha256;
  /** uuidv5 of (command id, ordinal): a repeated command repeats its event ids. */
  readonly eventId: (commandId: string, ordinal: number) => string;
  /** A new random id for a command that nobody repeats. */
  readonly newCommandId: () => string;
  /** 128 random bits in hex, kept beside personal fields. */
  readonly newSalt: () => string;
  /** In [0, 1), for spreading retries. */
  readonly jitter: () => number;
};
