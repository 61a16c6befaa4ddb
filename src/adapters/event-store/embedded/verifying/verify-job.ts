import { type Finding, type Findings, gapBefore } from '../../../../application/audit/finding.ts';

/** What a thread that verifies is told. Buffers are shared by all threads of one verification. */
export type VerifyJob = {
  readonly path: string;
  /** Of the keys that open what is sealed; null: it is judged as far as it can be without. */
  readonly keyFolder: string | null;
  /** Positions: of the log's first event, of the last one that is read, and from which one on findings are wanted. */
  readonly first: number;
  readonly last: number;
  readonly from: number;
  /** Highest number of a stream. */
  readonly streams: number;
  /** 32-bit integers, by `SHARE`. */
  readonly shared: SharedArrayBuffer;
  readonly threads: number;
  /** All levels of the tree over as many leaves as there are positions (`levelsIn`), the leaf of each event by its position from `first` on. */
  readonly levels: SharedArrayBuffer;
  /** One byte for each position: 1 where an event is. */
  readonly present: SharedArrayBuffer;
};

/**
 * `next`: the next share of streams that nobody has taken. `done`: events. `finished`: threads that find no share any more.
 * `irregular`: 1 where one of them found what it cannot judge. `block`: the next block of the tree that nobody has taken.
 */
export const SHARE = { next: 0, done: 1, finished: 2, irregular: 3, block: 4, bytes: 20 } as const;
export const LEAF_BYTES = 32;
/** Streams that a thread takes at once. */
export const STREAMS_IN_SHARE = 128;

/** What a thread has found of the streams that it took. */
export type VerifiedStreams = {
  readonly events: number;
  readonly erased: number;
  readonly streams: number;
  /** The latest time of an event. */
  readonly latest: string;
} & Findings;

/**
 * `ends`: how some streams have ended, as the JSON of a list of `EndedStream`, which costs a third of copying the objects. `verified`: no share is left; the tree is hashed next. `done`: that
 * is over too, and nothing more will come; `rows`: of the table, which it has counted in the blocks that it has hashed.
 * `irregular`: a row that only a walk in the order of the log can judge: what cannot be parsed, or a stream whose positions do
 * not rise.
 */
export type VerifyMessage =
  | { readonly type: 'ends'; readonly ends: string }
  | { readonly type: 'verified'; readonly verified: VerifiedStreams }
  | { readonly type: 'irregular' }
  | { readonly type: 'done'; readonly rows: number };

/** Positions from 1 on at which no event is. */
export const gapsOf = ({ present, first }: VerifyJob): ReadonlyArray<Finding> => {
  const places = new Uint8Array(present);
  if (first === 1 && !places.includes(0)) return [];
  const found: Finding[] = [];
  let before = 0;
  places.forEach((isThere, index) => {
    if (isThere === 0) return;
    if (first + index > before + 1) found.push(...gapBefore(first + index, before));
    before = first + index;
  });
  return found;
};
