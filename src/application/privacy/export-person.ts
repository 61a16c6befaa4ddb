import * as E from 'fp-ts/lib/Either.js';
import { peopleByMailbox } from '../../domain/booking/erasure.ts';
import { statusOf } from '../../domain/booking/booking-status.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { bookingStream } from '../commands/aggregate.ts';
import { sealedParts } from '../../domain/log/sealed-data.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { SubjectKeyReader, SubjectKeys } from '../ports/subject-keys.ts';
import { type BookingOfPerson, findPerson, type FindPersonDeps, type FoundPerson } from './find-person.ts';
import { openEvent } from './sealing.ts';

type Deps = FindPersonDeps & { readonly keys: SubjectKeys };

/** A mail or webhook that told of this person's booking. `sentAt`: UTC instant. */
type Told = {
  readonly channel: string;
  readonly notification: string;
  readonly messageId: string;
  readonly sentAt: string;
};

/** `events`: the booking's stream, with this person's data in the clear and that of others left out. */
export type ExportedBooking = {
  readonly uid: string;
  readonly status: string;
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly people: ReadonlyArray<string>;
  readonly mails: ReadonlyArray<Told>;
  readonly events: ReadonlyArray<RecordedEvent>;
};

/** Everything that the log has of a person. `inClear`: events that an earlier program wrote without sealing them. */
export type PersonExport = {
  readonly mailbox: string;
  readonly subject: string;
  readonly inClear: number;
  readonly bookings: ReadonlyArray<ExportedBooking>;
};

/** Opens what is about one subject, and nothing that is about anybody else. */
const onlyOf = (keys: SubjectKeys, subject: string): SubjectKeyReader => ({
  open: (key, context, sealed) => (keys.subjectOfKey(key) === subject ? keys.open(key, context, sealed) : null),
  isMissing: keys.isMissing,
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const toldIn = (events: ReadonlyArray<RecordedEvent>, people: ReadonlyArray<string>): ReadonlyArray<Told> =>
  events.flatMap(({ type, data, occurredAt }) =>
    type === 'NotificationSent' && people.includes(textOf(data.recipient))
      ? [
          {
            channel: textOf(data.channel),
            notification: textOf(data.notification),
            messageId: textOf(data.messageId),
            sentAt: occurredAt,
          },
        ]
      : [],
  );

const hasKeyOf = (keys: SubjectKeys, subject: string, { data }: RecordedEvent): boolean =>
  sealedParts(data).some(({ key }) => keys.subjectOfKey(key) === subject && keys.isThere(key));

/** Null: they are forgotten in it. That it was theirs is then known by nobody either. */
const exported = async (
  { stored, keys }: Deps,
  { subject, mailbox }: Pick<FoundPerson, 'subject' | 'mailbox'>,
  { uid, booking, people }: BookingOfPerson,
): Promise<E.Either<StoreError, ExportedBooking | null>> => {
  const read = await stored.readStream(bookingStream(uid))();
  if (E.isLeft(read)) return read;
  const isKnown = peopleByMailbox(booking, mailbox).length > 0;
  if (!isKnown && !read.right.some((event) => hasKeyOf(keys, subject, event))) return E.right(null);
  const events: RecordedEvent[] = [];
  for (const event of read.right) {
    const opened = openEvent(onlyOf(keys, subject), event);
    if (E.isLeft(opened))
      return E.left({ type: 'Corrupt', reason: `${event.stream}@${event.revision}: ${opened.left.reason}` });
    events.push(opened.right);
  }
  const { title, start, end } = booking.request;
  return E.right({
    uid,
    status: statusOf(booking),
    title,
    start,
    end,
    people,
    mails: toldIn(events, people),
    events,
  });
};

/** Everything known of a person, for them: what they said, what was said to them, and every event of their bookings. */
export const exportPerson =
  (deps: Deps) =>
  async (email: string): Promise<E.Either<StoreError, PersonExport>> => {
    const found = await findPerson(deps, email);
    if (E.isLeft(found)) return found;
    const { mailbox, subject, inClear } = found.right;
    const bookings: ExportedBooking[] = [];
    for (const one of found.right.bookings) {
      const booking = await exported(deps, found.right, one);
      if (E.isLeft(booking)) return booking;
      if (booking.right !== null) bookings.push(booking.right);
    }
    return E.right({ mailbox, subject, inClear, bookings });
  };
