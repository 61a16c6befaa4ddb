import * as E from 'fp-ts/lib/Either.js';
import { isLive } from '../../domain/booking/booking-state.ts';
import { peopleByMailbox } from '../../domain/booking/erasure.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { ERASED } from '../../domain/log/sealed-data.ts';
import type { Actor } from '../../domain/log/envelope.ts';
import { messageOf } from '../../domain/unknown.ts';
import { bookingStream } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CommandContext } from '../commands/record.ts';
import { makeStopSignal } from '../consumers/waiting.ts';
import type { OwnEvent } from '../ports/calendar.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { BookingList, BookingListError, NotificationList } from '../ports/read-models.ts';
import { destroyKeys, type DestroyDeps, type SealedSince, sealedSince } from './destroy-keys.ts';
import type { BookingOfPerson, FindPersonDeps, FoundPerson } from './find-person.ts';

/** Copies of what was said that this server can reach: the folder of mails, and its built-in calendars. */
export type ErasableCopies = {
  /** Removes the files of these mails; how many there were. */
  readonly removeMails: (messageIds: ReadonlyArray<string>) => Promise<number>;
  /** Takes people out of the events of a booking in built-in calendars, and what they wrote. */
  readonly eraseInCalendars: (event: OwnEvent) => Promise<void>;
  /** Leaves nothing of what was written over in the files of this server. False while somebody reads them. */
  readonly purge: () => Promise<boolean>;
};

export type ForgetDeps = FindPersonDeps &
  DestroyDeps & {
    readonly buses: BookingBuses;
    readonly clock: Clock;
    readonly identity: Pick<Identity, 'newCommandId' | 'newSalt'>;
    readonly cancel: (uid: string, context: CommandContext) => Promise<E.Either<unknown, unknown>>;
    readonly readModel: BookingList & NotificationList;
    readonly copies: ErasableCopies;
  };

export type ForgetError =
  | StoreError
  | BookingListError
  /** They are waited for in these bookings. Nothing was changed. */
  | { readonly type: 'StillToCome'; readonly uids: ReadonlyArray<string> }
  /** They are still being told something in these bookings; what was cancelled is cancelled. Trying again helps. */
  | { readonly type: 'StillTelling'; readonly uids: ReadonlyArray<string> }
  /** So many events have their data in the clear. Nothing was changed. */
  | { readonly type: 'InClear'; readonly events: number }
  /** They are forgotten, and somebody reads files that have what was written over: it is to be made again. */
  | { readonly type: 'StillRead' }
  | { readonly type: 'NotCancelled'; readonly uid: string };

/** What was done. `bookings`: erased now; `alreadyErased`: before. `keys`: destroyed. `mails`: files that were removed. */
export type Forgotten = {
  readonly subject: string;
  readonly bookings: number;
  readonly alreadyErased: number;
  readonly keys: number;
  readonly mails: number;
};

/** Milliseconds that the read model may take to get to the end of the log. */
const CATCH_UP_MS = 20_000;
/** Milliseconds that whoever reads the files is waited for, as an audit or a backup does, and between two looks. */
const READERS_MS = 40_000;
const LOOK_EVERY_MS = 200;

/** `actor`: whoever has the key that asked, or the system by the age of what it has. */
export const contextBy = ({ identity }: Pick<ForgetDeps, 'identity'>, uid: string, actor: Actor): CommandContext => ({
  commandId: identity.newCommandId(),
  actor,
  correlationId: uid,
  causationId: null,
});

/** The read model has got to the end of the log as it is now. */
export const untilShown = async ({ stored, readModel }: ForgetDeps): Promise<E.Either<StoreError, void>> => {
  const head = await stored.head()();
  if (E.isLeft(head)) return head;
  const shown = await readModel.waitFor(head.right, CATCH_UP_MS, new AbortController().signal);
  return shown ? E.right(undefined) : E.left({ type: 'Unavailable', reason: 'the read model is behind the log' });
};

const messageIdsOf = async (
  { stored }: ForgetDeps,
  uid: string,
): Promise<E.Either<StoreError, ReadonlyArray<string>>> => {
  const events = await stored.readStream(bookingStream(uid))();
  if (E.isLeft(events)) return events;
  return E.right(
    events.right.flatMap(({ type, data }) =>
      type === 'NotificationSent' && data.channel === 'mail' && typeof data.messageId === 'string'
        ? [data.messageId]
        : [],
    ),
  );
};

/** Each booking says that they are forgotten, before the keys go: a crash in between leaves a forgetting that is made again. */
const eraseBooking = async (
  deps: ForgetDeps,
  { subject, mailbox }: Pick<FoundPerson, 'subject' | 'mailbox'>,
  { uid, people: known }: Pick<BookingOfPerson, 'uid' | 'people'>,
  actor: Actor,
): Promise<E.Either<ForgetError, 'erased' | 'already'>> => {
  const loaded = await deps.buses.bookings.load(uid)();
  if (E.isLeft(loaded)) return loaded;
  const { state } = loaded.right;
  const people = state.phase === 'none' ? [] : [...new Set([...peopleByMailbox(state, mailbox), ...known])];
  const command = { type: 'ErasePersonalData', subject, people, now: deps.clock.now() } as const;
  const done = await deps.buses.bookings.execute(uid, command, contextBy(deps, uid, actor))();
  if (E.isLeft(done))
    return done.left.type === 'Refused' ? E.left({ type: 'StillToCome', uids: [uid] }) : E.left(done.left);
  return E.right(done.right.events.length > 0 ? 'erased' : 'already');
};

/** Before the keys go: where a copy cannot be removed, the person still counts as one who is to be forgotten. */
export const eraseCopies = async (
  deps: ForgetDeps,
  bookings: ReadonlyArray<Pick<BookingOfPerson, 'uid'>>,
): Promise<E.Either<StoreError, number>> => {
  const messageIds: string[] = [];
  for (const { uid } of bookings) {
    const loaded = await deps.buses.bookings.load(uid)();
    if (E.isLeft(loaded)) return loaded;
    const ids = await messageIdsOf(deps, uid);
    if (E.isLeft(ids)) return ids;
    messageIds.push(...ids.right);
    const { state } = loaded.right;
    if (state.phase === 'none') continue;
    const { icsUid, end, personal } = state.request;
    // In a log that was put back, whoever booked may be gone and the meeting not.
    const isToCome = isLive(state) && toEpochMs(end) > deps.clock.now() && personal.attendee.email !== ERASED;
    if (!isToCome) await deps.copies.eraseInCalendars({ bookingUid: uid, icsUid });
  }
  return E.right(messageIds.length === 0 ? 0 : await deps.copies.removeMails(messageIds));
};

/** Who does it. `knownKeys`: of the person, where they were listed before; left out: they are looked for. */
type Erasing = { readonly actor: Actor; readonly since: SealedSince; readonly knownKeys?: ReadonlyArray<string> };

/** The log, the keys, and copies that are files or rows of their own; what the database files keep is left to `leaveNothing`. */
export const eraseAll = async (
  deps: ForgetDeps,
  person: Omit<FoundPerson, 'upTo'>,
  { actor, since, knownKeys }: Erasing,
): Promise<E.Either<ForgetError, Forgotten>> => {
  const keys = deps.keys.retire(person.subject, knownKeys);
  let [bookings, alreadyErased] = [0, 0];
  for (const booking of person.bookings) {
    const erased = await eraseBooking(deps, person, booking, actor);
    if (E.isLeft(erased)) return erased;
    if (erased.right === 'erased') bookings += 1;
    else alreadyErased += 1;
  }
  const mails = await eraseCopies(deps, person.bookings);
  if (E.isLeft(mails)) return mails;
  const known = person.bookings.map(({ uid }) => uid);
  const destroyed = await destroyKeys(deps, keys, known, since);
  if (E.isLeft(destroyed)) return destroyed;
  if (destroyed.right.length > 0) return E.left({ type: 'StillToCome', uids: destroyed.right });
  // What is in memory from before has them still.
  for (const { uid } of person.bookings) deps.buses.bookingCache.forget(bookingStream(uid));
  return E.right({ subject: person.subject, bookings, alreadyErased, keys: keys.length, mails: mails.right });
};

/**
 * The read model shows it, and the files of this server keep nothing of what was written over. `waitMs`: for whoever reads
 * them.
 */
export const leaveNothing = async (
  deps: ForgetDeps,
  waitMs = 0,
): Promise<E.Either<StoreError | { readonly type: 'StillRead' }, void>> => {
  const shown = await untilShown(deps);
  if (E.isLeft(shown)) return shown;
  const until = deps.clock.now() + waitMs;
  for (;;) {
    const purged = await deps.copies.purge().then(E.right, (thrown: unknown) => E.left(messageOf(thrown)));
    if (E.isLeft(purged)) return E.left({ type: 'Unavailable', reason: purged.left });
    if (purged.right) return E.right(undefined);
    if (deps.clock.now() >= until) return E.left({ type: 'StillRead' });
    await makeStopSignal(deps.clock).pause(LOOK_EVERY_MS);
  }
};

/** Nothing is waited for any more: from here on every step may be made again. */
export const erasePerson = async (
  deps: ForgetDeps,
  person: FoundPerson,
  actor: Actor,
): Promise<E.Either<ForgetError, Forgotten>> => {
  const erased = await eraseAll(deps, person, { actor, since: sealedSince(deps, person.upTo) });
  if (E.isLeft(erased)) return erased;
  const left = await leaveNothing(deps, READERS_MS);
  return E.isLeft(left) ? left : erased;
};
