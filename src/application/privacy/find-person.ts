import * as E from 'fp-ts/lib/Either.js';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { peopleByMailbox } from '../../domain/booking/erasure.ts';
import type { JsonObject, RecordedEvent } from '../../domain/log/envelope.ts';
import { isSealed, type SealedPart, sealedParts, splitPersonal } from '../../domain/log/sealed-data.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { isObject } from '../../domain/unknown.ts';
import { type AuditLog, auditPages } from '../audit/read-for-audit.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { SubjectKeys } from '../ports/subject-keys.ts';

/**
 * `booking`: as it is now. `people`: who of it this person is, `attendee` or `guest-1`..; also where their key is not here, as
 * in a log that was put back; empty: it says already that they are forgotten.
 */
export type BookingOfPerson = {
  readonly uid: string;
  readonly booking: Exclude<BookingState, { readonly phase: 'none' }>;
  readonly people: ReadonlyArray<string>;
};

/** `inClear`: events that an earlier program wrote with this person's data in the clear: no key can be destroyed for them. */
export type FoundPerson = {
  readonly mailbox: string;
  readonly subject: string;
  readonly bookings: ReadonlyArray<BookingOfPerson>;
  readonly inClear: number;
  /** The position up to which the log was read for them. */
  readonly upTo: number;
};

export type FindPersonDeps = {
  /** The log as it is stored. */
  readonly stored: AuditLog;
  readonly keys: Pick<SubjectKeys, 'subjectOf' | 'subjectOfKey'>;
  readonly buses: Pick<BookingBuses, 'bookings'>;
};

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The attendee is in the clear with the rest of a request; the others are parts of their own. */
export const namesInClear = (personal: JsonObject): ReadonlyArray<string> => [
  ...(isObject(personal.attendee) && typeof personal.attendee.email === 'string' ? [personal.attendee.email] : []),
  ...splitPersonal(personal).flatMap(({ mailbox }) => (mailbox === null ? [] : [mailbox])),
];

/** Whom a sealed part is about, by its place alone; null: that says nothing about who it is. */
const personAt = (type: string, { at, open }: SealedPart): string | null => {
  if (type === 'GuestsAdded') return typeof open?.number === 'number' ? `guest-${open.number}` : null;
  if (type !== 'BookingRequested') return null;
  const [list, index] = at.split('.');
  return list === '' ? 'attendee' : `guest-${Number(index) + 1}`;
};

/** `people`: who of the booking they are, as far as this event says. */
type Mention = { readonly type: 'sealed' | 'in-clear'; readonly people: ReadonlyArray<string> };

const mentionOf = (
  { type, data }: RecordedEvent,
  mailbox: string,
  isOwnKey: (key: string) => boolean,
): Mention | null => {
  const { personal } = data;
  if (!isObject(personal)) return null;
  if (isSealed(personal)) {
    const own = sealedParts(data).filter(({ key }) => isOwnKey(key));
    return own.length === 0 ? null : { type: 'sealed', people: own.flatMap((part) => personAt(type, part) ?? []) };
  }
  return namesInClear(personal).some((email) => mailboxKey(email) === mailbox)
    ? { type: 'in-clear', people: [] }
    : null;
};

/** Those of whom the log says nothing yet. */
const notErased = ({ erased = [] }: KnownBooking, people: Iterable<string>): ReadonlyArray<string> => [
  ...new Set(people).difference(new Set(erased)),
];

/**
 * All bookings that have anything of a person, by the log itself: read once, a page in memory at a time, nothing of it
 * decrypted. `email`: as anybody spells it.
 */
export const findPerson = async (
  { stored, keys, buses }: FindPersonDeps,
  email: string,
): Promise<E.Either<StoreError, FoundPerson>> => {
  const mailbox = mailboxKey(email);
  const subject = keys.subjectOf(mailbox);
  const head = await stored.head()();
  if (E.isLeft(head)) return head;
  const uids = new Map<string, string[]>();
  let inClear = 0;
  for await (const page of auditPages(stored, { after: 0, upTo: head.right })) {
    if (E.isLeft(page)) return page;
    for (const event of page.right) {
      const uid = bookingUidOf(event.stream);
      const mention = uid === null ? null : mentionOf(event, mailbox, (key) => keys.subjectOfKey(key) === subject);
      if (uid === null || mention === null) continue;
      uids.getOrInsert(uid, []).push(...mention.people);
      if (mention.type === 'in-clear') inClear += 1;
    }
    await nextTurn();
  }
  const bookings: BookingOfPerson[] = [];
  for (const [uid, mentioned] of uids) {
    const loaded = await buses.bookings.load(uid)();
    if (E.isLeft(loaded)) return loaded;
    const { state: booking } = loaded.right;
    if (booking.phase === 'none') continue;
    const people = notErased(booking, [...peopleByMailbox(booking, mailbox), ...mentioned]);
    bookings.push({ uid, booking, people });
  }
  return E.right({ mailbox, subject, bookings, inClear, upTo: head.right });
};
