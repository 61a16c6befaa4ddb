import * as E from 'fp-ts/lib/Either.js';
import { peopleByMailbox } from '../../domain/booking/erasure.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { isObject } from '../../domain/unknown.ts';
import type { StoreError } from '../ports/event-store.ts';
import { eraseAll, type ForgetDeps, type ForgetError, leaveNothing, untilShown } from './erase-person.ts';
import type { SealedSince } from './destroy-keys.ts';
import type { BookingOfPerson, FoundPerson } from './find-person.ts';
import { stillTelling } from './forget-person.ts';
import { makeSeenSubjects, type SeenSubjects } from './seen-subjects.ts';

const DAY_MS = 86_400_000;
/** People that one round forgets, at most: the others wait for the next one. */
const MOST_IN_A_ROUND = 1_000;
/** Where so many in a row cannot be forgotten, nobody can: the round ends. */
const MOST_FAILED_IN_A_ROW = 10;

/**
 * Numbers of people. `left`: due as well, and not done yet, for they are told something, book at this moment, or came after
 * the last place. `isFull`: there were more than places. `failed`: to be tried again; `reasons`: codes of what stood in the
 * way, without names. `inClear`: due, and with events in the clear: they stay.
 */
export type ForgottenByAge = {
  readonly forgotten: number;
  readonly left: number;
  readonly isFull: boolean;
  readonly failed: number;
  readonly reasons: ReadonlyArray<string>;
  readonly inClear: number;
};

type RoundDeps = ForgetDeps & {
  /** Nobody is forgotten at the same time as somebody else. */
  readonly inTurn: <A>(work: () => Promise<A>) => Promise<A>;
  /** Default 1,000. */
  readonly mostInARound?: number;
};

/** `limit`: epoch milliseconds before which every booking has to have ended. */
type Due = { readonly subject: string; readonly knownKeys: ReadonlyArray<string>; readonly limit: number };

type Outcome = 'forgotten' | 'waits' | { readonly failed: string };

/** Those of a subject, whose mailbox only their bookings tell: none where all of them are erased. */
const personOf = async (
  { buses, keys }: ForgetDeps,
  subject: string,
  uids: ReadonlyArray<string>,
): Promise<E.Either<StoreError, Omit<FoundPerson, 'upTo'>>> => {
  const bookings: BookingOfPerson[] = [];
  let known = '';
  for (const uid of uids) {
    const loaded = await buses.bookings.load(uid)();
    if (E.isLeft(loaded)) return loaded;
    const { state: booking } = loaded.right;
    if (booking.phase === 'none') continue;
    const mailboxes = [booking.request.personal.attendee, ...booking.guests].map(({ email }) => mailboxKey(email));
    known = mailboxes.find((mailbox) => keys.subjectOf(mailbox) === subject) ?? known;
    bookings.push({ uid, booking, people: [] });
  }
  const withPeople = ({ uid, booking }: BookingOfPerson): BookingOfPerson => ({
    uid,
    booking,
    people: known === '' ? [] : peopleByMailbox(booking, known),
  });
  return E.right({ mailbox: known, subject, bookings: bookings.map(withPeople), inClear: 0 });
};

/** What it came to for one person. Rejects with what a disk said. */
const forgetOne = async (deps: RoundDeps, seen: SeenSubjects, { subject, knownKeys, limit }: Due): Promise<Outcome> => {
  const uids = seen.uidsOf(subject);
  const person = await personOf(deps, subject, uids);
  if (E.isLeft(person)) return { failed: person.left.type };
  const { bookings } = person.right;
  for (const { uid, booking } of bookings) seen.noteEnd(uid, toEpochMs(booking.request.end));
  if (bookings.some(({ booking }) => toEpochMs(booking.request.end) >= limit)) return 'waits';
  const telling = await stillTelling(deps, bookings);
  if (E.isLeft(telling)) return { failed: telling.left.type };
  if (telling.right.length > 0) return 'waits';
  const since: SealedSince = async (keys) => {
    const found = new Set<string>();
    const read = await seen.readOn((key, uid) => (keys.has(key) ? found.add(uid) : undefined));
    return E.isLeft(read) ? read : E.right([...found]);
  };
  const done = await eraseAll(deps, person.right, { actor: { kind: 'system' }, since, knownKeys });
  if (E.isRight(done)) {
    seen.forgotten(subject, uids);
    return 'forgotten';
  }
  // Somebody who books at this moment is not forgotten; the others are.
  return done.left.type === 'StillToCome' ? 'waits' : { failed: done.left.type };
};

/** What was thrown, by a code alone: the rest may name somebody. */
const codeOf = (thrown: unknown): string =>
  isObject(thrown) && typeof thrown.code === 'string' ? thrown.code : 'it was rejected';

/**
 * Forgets everybody whose last booking, also a cancelled one, ended longer ago than so many days. Whoever is still told
 * something waits for the next round and takes no place of this one; whoever has events in the clear is counted, and stays.
 * The first round reads the log, the next ones go on from there. Ends early once `signal` is aborted.
 */
export const forgetByAge = (deps: RoundDeps) => {
  const { mostInARound = MOST_IN_A_ROUND } = deps;
  const seen = makeSeenSubjects(deps);
  /** They come last the next time, so that they keep nobody else from being forgotten. */
  const troubled = new Set<string>();

  const oneOf = (due: Due): Promise<Outcome> =>
    deps.inTurn(() => forgetOne(deps, seen, due)).catch((thrown: unknown) => ({ failed: codeOf(thrown) }));

  return async (days: number, signal: AbortSignal): Promise<E.Either<ForgetError, ForgottenByAge>> => {
    const read = await seen.readOn();
    if (E.isLeft(read)) return read;
    // Whoever is told something is known from the read model.
    const shown = await untilShown(deps);
    if (E.isLeft(shown)) return shown;
    const kept = deps.keys.subjects();
    seen.keepOnly(kept);
    for (const subject of troubled.difference(kept)) troubled.delete(subject);
    const limit = deps.clock.now() - days * DAY_MS;
    const { sealed, inClear } = seen.endedBefore(limit);
    const due = sealed.toSorted((a, b) => Number(troubled.has(a)) - Number(troubled.has(b)));
    const reasons: string[] = [];
    let [forgotten, isFull, failedInARow] = [0, false, 0];
    for (const subject of due) {
      if (signal.aborted || failedInARow >= MOST_FAILED_IN_A_ROW) break;
      isFull = forgotten + reasons.length >= mostInARound;
      if (isFull) break;
      const done = await oneOf({ subject, knownKeys: kept.get(subject) ?? [], limit });
      const reason = typeof done === 'string' ? null : done.failed;
      if (done === 'forgotten') forgotten += 1;
      if (reason === null) troubled.delete(subject);
      else troubled.add(subject);
      reasons.push(...(reason === null ? [] : [reason]));
      failedInARow = reason === null ? 0 : failedInARow + 1;
    }
    seen.trim();
    // Also where nobody was forgotten now: a round before may have been cut off behind the keys.
    const left = await leaveNothing(deps);
    if (E.isLeft(left)) return left;
    const failed = reasons.length;
    const waiting = due.length - forgotten - failed;
    return E.right({ forgotten, left: waiting, isFull, failed, reasons: [...new Set(reasons)], inClear });
  };
};
