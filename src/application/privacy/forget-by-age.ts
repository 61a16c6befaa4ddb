import * as E from 'fp-ts/lib/Either.js';
import { peopleByMailbox } from '../../domain/booking/erasure.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { isSealed, sealedParts } from '../../domain/log/sealed-data.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';
import { auditPages } from '../audit/read-for-audit.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { Report } from '../saga/effect-context.ts';
import { erasePerson, type ForgetDeps, type ForgetError } from './erase-person.ts';
import { type BookingOfPerson, type FoundPerson, namesInClear, nextTurn } from './find-person.ts';
import { stillTelling } from './forget-person.ts';

const DAY_MS = 86_400_000;
/** People that one round forgets, at most: the others wait for the next one. */
const MOST_IN_A_ROUND = 1_000;

/** `forgotten`: people. `left`: due as well, and not done yet. `inClear`: due, and with events in the clear: they stay. */
export type ForgottenByAge = { readonly forgotten: number; readonly left: number; readonly inClear: number };

type Seen = { readonly uids: Set<string>; inClear: boolean };

/** What the log has of everybody with a key, by subject, and when each booking ends at the latest (epoch ms). */
type EverySubject = {
  readonly subjects: ReadonlyMap<string, Seen>;
  readonly ends: ReadonlyMap<string, number>;
  readonly upTo: number;
};

const subjectsOf = ({ keys }: ForgetDeps, { data }: RecordedEvent): ReadonlyArray<readonly [string, boolean]> => {
  const { personal } = data;
  if (!isObject(personal)) return [];
  if (isSealed(personal)) return sealedParts(data).map(({ key }) => [keys.subjectOfKey(key), false]);
  return namesInClear(personal).map((email) => [keys.subjectOf(mailboxKey(email)), true]);
};

/** Reads the log once, a page in memory at a time, and decrypts nothing. */
const everySubject = async (deps: ForgetDeps): Promise<E.Either<StoreError, EverySubject>> => {
  const head = await deps.stored.head()();
  if (E.isLeft(head)) return head;
  const subjects = new Map<string, Seen>();
  const ends = new Map<string, number>();
  for await (const page of auditPages(deps.stored, { after: 0, upTo: head.right })) {
    if (E.isLeft(page)) return page;
    for (const event of page.right) {
      const uid = bookingUidOf(event.stream);
      if (uid === null) continue;
      const end = typeof event.data.end === 'string' ? parseInstant(event.data.end) : null;
      if (end !== null) ends.set(uid, Math.max(end, ends.get(uid) ?? end));
      for (const [subject, inClear] of subjectsOf(deps, event)) {
        const seen = subjects.getOrInsert(subject, { uids: new Set(), inClear: false });
        seen.uids.add(uid);
        seen.inClear ||= inClear;
      }
    }
    await nextTurn();
  }
  return E.right({ subjects, ends, upTo: head.right });
};

/** Those of a subject, whose mailbox only their bookings tell: none where all of them are erased. */
const personOf = async (
  { buses, keys }: ForgetDeps,
  subject: string,
  uids: ReadonlySet<string>,
  upTo: number,
): Promise<E.Either<StoreError, FoundPerson>> => {
  const bookings: BookingOfPerson[] = [];
  let known = '';
  for (const uid of uids) {
    const loaded = await buses.bookings.load(uid)();
    if (E.isLeft(loaded)) return loaded;
    const { state: booking } = loaded.right;
    if (booking.phase === 'none') continue;
    const mailboxes = [booking.request.personal.attendee, ...booking.guests].map(({ email }) => mailboxKey(email));
    known = mailboxes.find((mailbox) => keys.subjectOf(mailbox) === subject) ?? known;
    const mailbox = known;
    bookings.push({ uid, booking, people: mailbox === '' ? [] : peopleByMailbox(booking, mailbox) });
  }
  return E.right({ mailbox: known, subject, bookings, inClear: 0, upTo });
};

/**
 * Forgets everybody whose last booking, also a cancelled one, ended longer ago than so many days. Whoever is still told
 * something waits for the next round; whoever has events in the clear is counted, and stays. On several nodes each may do it:
 * who comes second finds nothing left to do.
 */
export const forgetByAge =
  (deps: ForgetDeps) =>
  async (days: number): Promise<E.Either<ForgetError, ForgottenByAge>> => {
    const read = await everySubject(deps);
    if (E.isLeft(read)) return read;
    const { subjects, ends, upTo } = read.right;
    const limit = deps.clock.now() - days * DAY_MS;
    const isOver = (uid: string): boolean => (ends.get(uid) ?? Infinity) < limit;
    const kept = deps.keys.subjects();
    const old = [...subjects].filter(([, { uids }]) => [...uids].every(isOver));
    const due = old.filter(([subject, { inClear }]) => !inClear && kept.has(subject));
    const withoutPurge = { ...deps, copies: { ...deps.copies, purge: () => Promise.resolve() } };
    let forgotten = 0;
    for (const [subject, { uids }] of due.slice(0, MOST_IN_A_ROUND)) {
      const person = await personOf(deps, subject, uids, upTo);
      if (E.isLeft(person)) return person;
      const telling = await stillTelling(deps, person.right.bookings);
      if (E.isLeft(telling)) return telling;
      if (telling.right.length > 0) continue;
      const done = await erasePerson(withoutPurge, person.right, { kind: 'system' });
      if (E.isRight(done)) forgotten += 1;
      // Somebody who books at this moment is not forgotten; the others are.
      else if (done.left.type !== 'StillToCome') return done;
    }
    if (forgotten > 0) {
      const purged = await deps.copies.purge().then(E.right, (thrown: unknown) => E.left(messageOf(thrown)));
      if (E.isLeft(purged)) return E.left({ type: 'Unavailable', reason: purged.left });
    }
    const inClear = old.filter(([, seen]) => seen.inClear).length;
    return E.right({ forgotten, left: due.length - forgotten, inClear });
  };

/** Milliseconds from the start to the first round, which is not to slow the start down, and between two rounds. */
const FIRST_MS = 60_000;
const EVERY_MS = DAY_MS;

type RetentionDeps = {
  /** Null: personal data is not sealed on this log. */
  readonly forget: ((days: number) => Promise<E.Either<ForgetError, ForgottenByAge>>) | null;
  /** As the configuration says now; null: nobody is forgotten by age. */
  readonly days: () => number | null;
  readonly clock: Clock;
  readonly info: (message: string, details: Readonly<Record<string, string | number>>) => void;
  readonly report: Report;
};

/** A round a minute after the start, and then each day. What it did is said in the program's log, without names. */
export const startRetention = ({ forget, days, clock, info, report }: RetentionDeps) => {
  let isStopped = false;
  let working: Promise<void> = Promise.resolve();
  const where = 'forgetting by age';
  const round = async (): Promise<void> => {
    const after = days();
    if (after === null || isStopped) return undefined;
    if (forget === null)
      return report({ where, reason: 'nobody is forgotten: this node has no folder of keys (HOLDFAST_PRIVACY_KEYS)' });
    const done = await forget(after);
    if (E.isLeft(done)) return report({ where, reason: JSON.stringify(done.left) });
    const { forgotten, left, inClear } = done.right;
    info(`forgot ${forgotten} people`, { where, forgetAfterDays: after, left });
    if (inClear > 0)
      return report({
        where,
        reason: `${inClear} people have events in the clear and stay: run "holdfast privacy seal" first`,
      });
    return undefined;
  };
  let cancel = (): void => undefined;
  const plan = (waitMs: number): void => {
    cancel = clock.at(clock.now() + waitMs, () => {
      working = round()
        .catch((fault: unknown) => report({ where, reason: messageOf(fault) }))
        .then(() => (isStopped ? undefined : plan(EVERY_MS)));
    });
  };
  plan(FIRST_MS);
  return {
    stop: async (): Promise<void> => {
      isStopped = true;
      cancel();
      await working;
    },
  };
};
