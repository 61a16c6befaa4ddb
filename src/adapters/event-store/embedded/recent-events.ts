import type { RecordedEvent } from '../../../domain/log/envelope.ts';

/** Whichever is reached first bounds the memory that recent events may hold. */
const RECENT_EVENTS = 2048;
const RECENT_BYTES = 8 * 1024 * 1024;

/**
 * The tail of the log in memory, so that live subscribers are fed without reading what was just written. Positions of
 * an embedded log have no gaps, so an event's place follows from its position.
 */
export type RecentEvents = {
  readonly push: (event: RecordedEvent, bytes: number) => void;
  /** At most `limit` events after `position`; `undefined` when the tail does not reach back that far. */
  readonly after: (position: number, limit: number) => ReadonlyArray<RecordedEvent> | undefined;
};

export const makeRecentEvents = (maxEvents = RECENT_EVENTS, maxBytes = RECENT_BYTES): RecentEvents => {
  let events: Array<RecordedEvent> = [];
  let sizes: Array<number> = [];
  let start = 0;
  let held = 0;
  const dropOldest = (): void => {
    held -= sizes[start] ?? 0;
    start += 1;
  };
  const compact = (): void => {
    events = events.slice(start);
    sizes = sizes.slice(start);
    start = 0;
  };
  return {
    push: (event, bytes) => {
      events.push(event);
      sizes.push(bytes);
      held += bytes;
      while (events.length - start > maxEvents || (held > maxBytes && events.length > start)) dropOldest();
      if (start > maxEvents) compact();
    },
    after: (position, limit) => {
      const oldest = events[start];
      if (oldest === undefined || position < oldest.position - 1) return undefined;
      const from = start + position - oldest.position + 1;
      return events.slice(from, from + limit);
    },
  };
};
