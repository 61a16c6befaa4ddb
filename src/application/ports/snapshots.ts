/**
 * A stream's fold as it was after the event at `revision`, kept so that a start need not fold years again. `fold`: which
 * version of the fold made it. `lastId`, `lastHash`: of that event; the hash chain makes them speak for all before.
 */
export type SnapshotHeader = {
  readonly stream: string;
  readonly fold: number;
  readonly revision: number;
  readonly lastId: string;
  readonly lastHash: string;
  readonly position: number;
  readonly parts: number;
};

/**
 * Where snapshots are kept: one for a stream, the newest. They are disposable: whoever finds none, or one that does not fit,
 * folds the stream. Every promise may reject with what the disk said.
 */
export type Snapshots = {
  readonly find: (stream: string) => Promise<SnapshotHeader | null>;
  /** The text of one part, counted from 0; null where it is missing. */
  readonly part: (header: SnapshotHeader, index: number) => Promise<string | null>;
  /** Takes the place of an earlier one once all of it is there. */
  readonly save: (header: Omit<SnapshotHeader, 'parts'>, parts: Iterable<string>) => Promise<void>;
};
