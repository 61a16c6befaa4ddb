import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs } from '../../../domain/time/interval.ts';
import type { RecordedOwnEvent } from '../own-streams.ts';
import {
  DUE,
  type MessageRef,
  messagePutOff,
  messageRef,
  PUT_OFF,
  parkedMessageTaken,
  TAKEN,
} from './waiting-events.ts';

/** Revisions between two places that are remembered with their positions. */
const MARK_EVERY = 50;

/** `at`: revision of its event in the waiting stream; `id`: of that event; `dueAt`: epoch milliseconds. */
export type Waiting = MessageRef & { readonly at: number; readonly id: string; readonly dueAt: number };

/** What a group's waiting stream says: which messages are put off, and which parked ones were put back by themselves. */
export type WaitingFold = {
  /** What was applied already is passed over. */
  readonly apply: (event: RecordedOwnEvent) => void;
  /** Revision of the last event, -1 for none. */
  readonly revision: () => number;
  /** Position of the last event in the log, 0 for none. */
  readonly position: () => number;
  readonly find: (position: number) => Waiting | undefined;
  readonly all: () => ReadonlyArray<Waiting>;
  readonly count: () => number;
  /** Latest due time of those of the key that lie before the position; undefined where there is none. */
  readonly heldUntil: (key: string, position: number) => number | undefined;
  /** The first revision that could be read, -1 for none. */
  readonly first: () => number;
  /** A revision up to which all events lie at or before the position; coarse, never too high. */
  readonly revisionAt: (position: number) => number;
  /** Ids of parked links that were put back by themselves, with the revision that says so. */
  readonly taken: () => ReadonlyMap<string, number>;
};

export const makeWaitingFold = (): WaitingFold => {
  let revision = -1;
  let first = -1;
  let marks: Array<{ readonly revision: number; readonly position: number }> = [];
  let position = 0;
  const waiting = new Map<number, Waiting>();
  const keys = new Map<string, Set<number>>();
  const taken = new Map<string, number>();

  const remove = (at: number): void => {
    const found = waiting.get(at);
    if (found === undefined) return;
    waiting.delete(at);
    const sameKey = keys.get(found.key);
    sameKey?.delete(at);
    if (sameKey?.size === 0) keys.delete(found.key);
  };
  const put = (entry: Waiting): void => {
    remove(entry.position);
    waiting.set(entry.position, entry);
    keys.set(entry.key, (keys.get(entry.key) ?? new Set()).add(entry.position));
  };
  const applyData = ({ id, type, data, revision: at }: RecordedOwnEvent): void => {
    if (type === PUT_OFF) {
      const said = messagePutOff.decode(data);
      if (E.isRight(said)) put({ ...said.right, at, id, dueAt: toEpochMs(said.right.dueAt) });
    } else if (type === DUE) {
      const said = messageRef.decode(data);
      if (E.isRight(said)) remove(said.right.position);
    } else if (type === TAKEN) {
      const said = parkedMessageTaken.decode(data);
      if (E.isRight(said)) taken.set(said.right.link, at);
    }
  };

  return {
    apply: (event) => {
      if (event.revision <= revision) return;
      revision = event.revision;
      position = event.position;
      if (first < 0) first = revision;
      if (revision % MARK_EVERY === 0) marks.push({ revision, position });
      applyData(event);
    },
    revision: () => revision,
    position: () => position,
    find: (at) => waiting.get(at),
    all: () => [...waiting.values()],
    count: () => waiting.size,
    heldUntil: (key, before) => {
      let latest: number | undefined;
      for (const at of keys.get(key) ?? []) {
        const found = at < before ? waiting.get(at) : undefined;
        if (found !== undefined) latest = Math.max(latest ?? 0, found.dueAt);
      }
      return latest;
    },
    first: () => first,
    revisionAt: (upTo) => {
      const before = marks.findLast((mark) => mark.position <= upTo);
      if (before === undefined) return first;
      marks = marks.filter((mark) => mark.revision >= before.revision);
      return before.revision;
    },
    taken: () => taken,
  };
};
