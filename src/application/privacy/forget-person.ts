import * as E from 'fp-ts/lib/Either.js';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import { isStillExpected, peopleByMailbox } from '../../domain/booking/erasure.ts';
import { ERASED } from '../../domain/log/sealed-data.ts';
import { makeStopSignal } from '../consumers/waiting.ts';
import { isObject } from '../../domain/unknown.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { BookingListError } from '../ports/read-models.ts';
import {
  erasePerson,
  type ForgetDeps,
  type ForgetError,
  type Forgotten,
  contextBy,
  untilShown,
} from './erase-person.ts';
import { type BookingOfPerson, findPerson } from './find-person.ts';

/** Milliseconds that the mails about a cancellation are waited for, and between two looks. */
const TELLING_MS = 20_000;
const LOOK_EVERY_MS = 100;

const expectedIn = ({ booking, people }: BookingOfPerson, now: number): ReadonlyArray<string> =>
  people.filter((person) => isStillExpected(booking, person, now));

const isUnavailable = (failed: unknown): failed is Extract<StoreError, { readonly type: 'Unavailable' }> =>
  isObject(failed) && failed.type === 'Unavailable';

/** Whoever asked for the booking calls it off; a guest of another's does not come along any more. */
const takeOut = async (
  deps: ForgetDeps,
  { uid, booking, people }: BookingOfPerson,
  actorId: string,
): Promise<E.Either<ForgetError, void>> => {
  const now = deps.clock.now();
  for (const person of expectedIn({ uid, booking, people }, now)) {
    const context = contextBy(deps, uid, { kind: 'operator', id: actorId });
    const number = Number(person.replace('guest-', ''));
    const command: BookingCommand = { type: 'RemoveGuest', by: 'host', number, now };
    const done =
      person === 'attendee'
        ? await deps.cancel(uid, context)
        : await deps.buses.bookings.execute(uid, command, context)();
    if (E.isLeft(done)) return E.left(isUnavailable(done.left) ? done.left : { type: 'NotCancelled', uid });
  }
  return E.right(undefined);
};

/** Bookings with something still to be said to this person. Whoever is erased already is never told anything. */
export const stillTelling = async (
  { readModel }: ForgetDeps,
  bookings: ReadonlyArray<BookingOfPerson>,
): Promise<E.Either<BookingListError, ReadonlyArray<string>>> => {
  const uids: string[] = [];
  for (const { uid, booking, people } of bookings) {
    const page = await readModel.notifications({ state: 'pending', bookingUid: uid, before: null, take: 1 })();
    if (E.isLeft(page)) return page;
    const open = page.right.bookings.flatMap(({ notifications }) => notifications);
    const wanted = new Set(people).difference(new Set(peopleByMailbox(booking, ERASED)));
    if (open.some(({ recipient }) => wanted.has(recipient))) uids.push(uid);
  }
  return E.right(uids);
};

const untilTold = async (
  deps: ForgetDeps,
  bookings: ReadonlyArray<BookingOfPerson>,
): Promise<E.Either<ForgetError, void>> => {
  const until = deps.clock.now() + TELLING_MS;
  for (;;) {
    const open = await stillTelling(deps, bookings);
    if (E.isLeft(open)) return open;
    if (open.right.length === 0) return E.right(undefined);
    if (deps.clock.now() >= until) return E.left({ type: 'StillTelling', uids: open.right });
    await makeStopSignal(deps.clock).pause(LOOK_EVERY_MS);
  }
};

/**
 * Forgets a person: every booking of theirs says so in the log, the keys of what the log has of them are destroyed, and
 * copies within reach are removed. Refused while they are waited for, unless `cancel`: then they are taken out of what is to
 * come first, and are told. Again: the same, with nothing left to do. Rejects with what a disk said.
 */
export const forgetPerson =
  (deps: ForgetDeps) =>
  async (
    email: string,
    { cancel, actorId }: { readonly cancel: boolean; readonly actorId: string },
  ): Promise<E.Either<ForgetError, Forgotten>> => {
    const found = await findPerson(deps, email);
    if (E.isLeft(found)) return found;
    const { inClear, bookings } = found.right;
    if (inClear > 0) return E.left({ type: 'InClear', events: inClear });
    const expected = bookings.filter((one) => expectedIn(one, deps.clock.now()).length > 0);
    if (expected.length > 0 && !cancel) return E.left({ type: 'StillToCome', uids: expected.map(({ uid }) => uid) });
    for (const one of expected) {
      const taken = await takeOut(deps, one, actorId);
      if (E.isLeft(taken)) return taken;
    }
    const seen = await untilShown(deps);
    if (E.isLeft(seen)) return seen;
    const told = await untilTold(deps, bookings);
    return E.isLeft(told) ? told : erasePerson(deps, found.right, { kind: 'operator', id: actorId });
  };
