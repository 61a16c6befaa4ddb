import type { Log, LogEvent } from './log.ts';

/** The truncation that means "soft-deleted": the largest int64. */
export const SOFT_DELETED = 2n ** 63n - 1n;
/** The type of the event that a tombstone writes. */
export const TOMBSTONE_TYPE = '$streamDeleted';

export type StreamMetadata = {
  readonly maxCount?: bigint;
  /** Seconds. */
  readonly maxAge?: number;
  readonly truncateBefore?: bigint;
};

export const metastreamOf = (stream: string): string => `$$${stream}`;
const isMetastream = (stream: string): boolean => stream.startsWith('$$');

/** The metadata as it was last set: a JSON object, or nothing when there is none or it is not JSON. */
export const rawMetadata = (log: Log, stream: string): Readonly<Record<string, unknown>> => {
  const last = isMetastream(stream) ? undefined : log.stream(metastreamOf(stream)).at(-1);
  if (last === undefined) return {};
  try {
    return Object(JSON.parse(Buffer.from(last.data).toString('utf8')));
  } catch {
    return {};
  }
};

const wholeNumber = (value: unknown): bigint | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? BigInt(value) : undefined;

const streamMetadata = (log: Log, stream: string): StreamMetadata => {
  // A metadata stream keeps its newest event alone, as on the server.
  if (isMetastream(stream)) return { maxCount: 1n };
  const raw = rawMetadata(log, stream);
  const maxCount = wholeNumber(raw.$maxCount);
  const maxAge = wholeNumber(raw.$maxAge);
  const truncateBefore = wholeNumber(raw.$tb);
  return {
    ...(maxCount === undefined ? {} : { maxCount }),
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
    ...(truncateBefore === undefined ? {} : { truncateBefore }),
  };
};

export const isTombstoned = (log: Log, stream: string): boolean => log.stream(stream).at(-1)?.type === TOMBSTONE_TYPE;

/** A number of JSON that stands for the largest int64 comes back as the next double, which is one more. */
export const isSoftDeleted = (log: Log, stream: string): boolean =>
  (streamMetadata(log, stream).truncateBefore ?? 0n) >= SOFT_DELETED;

export const lastRevision = (log: Log, stream: string): bigint | undefined => log.stream(stream).at(-1)?.revision;

/** What a read shows: metadata hides events when they are read; revisions never shift. */
export const visibleEvents = (log: Log, stream: string, now: number): ReadonlyArray<LogEvent> => {
  const events = log.stream(stream);
  const { maxCount, maxAge, truncateBefore = 0n } = streamMetadata(log, stream);
  const last = events.at(-1)?.revision ?? -1n;
  const firstByCount = maxCount === undefined ? 0n : last - maxCount + 1n;
  const oldest = maxAge === undefined ? Number.NEGATIVE_INFINITY : now - maxAge * 1000;
  return events.filter(
    ({ revision, createdAt }) => revision >= truncateBefore && revision >= firstByCount && createdAt >= oldest,
  );
};
