import * as E from 'fp-ts/lib/Either.js';
import { parseInstant } from '../../domain/decoding/values.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { isSealed, sealedParts } from '../../domain/log/sealed-data.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { isObject } from '../../domain/unknown.ts';
import { auditPages } from '../audit/read-for-audit.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { FindPersonDeps } from './find-person.ts';
import { namesInClear, nextTurn } from './find-person.ts';

/** Bookings of somebody, one of them now and then twice. `inClear`: an event of theirs lies in the log as it was typed in. */
type Seen = { uids: string[]; inClear: boolean };

/** Something that is sealed with a key was read, in this booking. */
export type OnSealed = (key: string, uid: string) => void;

/** What the log has of everybody with a key: read once, and from there on as it grows. Decrypts nothing. */
export type SeenSubjects = {
  /** Reads to the end of the log as it is now, a page in memory at a time. What was read before a failure is kept. */
  readonly readOn: (onSealed?: OnSealed) => Promise<E.Either<StoreError, void>>;
  /** Leaves out who has no key any more, and bookings of nobody else. */
  readonly keepOnly: (subjects: ReadonlyMap<string, unknown>) => void;
  /** Those all of whose bookings ended before this moment (epoch ms), as far as their ends are known. */
  readonly endedBefore: (limit: number) => { readonly sealed: ReadonlyArray<string>; readonly inClear: number };
  readonly uidsOf: (subject: string) => ReadonlyArray<string>;
  /** The end of a booking as its state says it. */
  readonly noteEnd: (uid: string, end: number) => void;
  /** These bookings have nothing of the subject any more. */
  readonly forgotten: (subject: string, uids: ReadonlyArray<string>) => void;
  /** Gives up what was read where it takes more room than it may between two rounds. */
  readonly trim: () => void;
};

/** People and bookings together that are kept between two rounds: about 200 bytes each, so some 50 MB. */
const MOST_KEPT = 250_000;

export const makeSeenSubjects = (
  { stored, keys }: Pick<FindPersonDeps, 'stored' | 'keys'>,
  mostKept = MOST_KEPT,
): SeenSubjects => {
  const subjects = new Map<string, Seen>();
  /** When each booking ends at the latest, epoch milliseconds. */
  const ends = new Map<string, number>();
  let position = 0;

  const note = (subject: string, uid: string, inClear: boolean): void => {
    const seen = subjects.getOrInsert(subject, { uids: [], inClear: false });
    if (seen.uids.at(-1) !== uid) seen.uids.push(uid);
    seen.inClear ||= inClear;
  };
  const noteEnd = (uid: string, end: number): void => void ends.set(uid, Math.max(end, ends.get(uid) ?? end));

  const read = ({ stream, data }: RecordedEvent, onSealed: OnSealed): void => {
    const uid = bookingUidOf(stream);
    if (uid === null) return;
    const end = typeof data.end === 'string' ? parseInstant(data.end) : null;
    if (end !== null) noteEnd(uid, end);
    const { personal } = data;
    if (!isObject(personal)) return;
    if (!isSealed(personal)) {
      for (const email of namesInClear(personal)) note(keys.subjectOf(mailboxKey(email)), uid, true);
      return;
    }
    for (const { key } of sealedParts(data)) {
      note(keys.subjectOfKey(key), uid, false);
      onSealed(key, uid);
    }
  };

  return {
    readOn: async (onSealed = () => undefined) => {
      const head = await stored.head()();
      if (E.isLeft(head)) return head;
      for await (const page of auditPages(stored, { after: position, upTo: head.right })) {
        if (E.isLeft(page)) return page;
        for (const event of page.right) read(event, onSealed);
        position = page.right.at(-1)?.position ?? position;
        await nextTurn();
      }
      return E.right(undefined);
    },
    keepOnly: (kept) => {
      for (const [subject, { inClear }] of subjects) if (!inClear && !kept.has(subject)) subjects.delete(subject);
      const needed = new Set([...subjects.values()].flatMap(({ uids }) => uids));
      for (const uid of ends.keys()) if (!needed.has(uid)) ends.delete(uid);
    },
    endedBefore: (limit) => {
      const isOver = (uid: string): boolean => (ends.get(uid) ?? -Infinity) < limit;
      const old = [...subjects].filter(([, { uids }]) => uids.every(isOver));
      return {
        sealed: old.filter(([, { inClear }]) => !inClear).map(([subject]) => subject),
        inClear: old.filter(([, { inClear }]) => inClear).length,
      };
    },
    uidsOf: (subject) => [...new Set(subjects.get(subject)?.uids)],
    noteEnd,
    forgotten: (subject, uids) => {
      const seen = subjects.get(subject);
      if (seen === undefined) return;
      const gone = new Set(uids);
      seen.uids = seen.uids.filter((uid) => !gone.has(uid));
      if (seen.uids.length === 0) subjects.delete(subject);
    },
    trim: () => {
      if (subjects.size + ends.size <= mostKept) return;
      subjects.clear();
      ends.clear();
      position = 0;
    },
  };
};
