import type { Sha256 } from '../../domain/log/hash-chain.ts';

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
