import * as E from 'fp-ts/lib/Either.js';
import type { Clock, Identity } from '../../application/ports/clock-and-ids.ts';
import type { BookingList } from '../../application/ports/read-models.ts';
import { addressText, mailboxKey, parseMailAddress } from '../../domain/mail/mail-address.ts';
import { guestsWait, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { presentGuests } from '../../domain/booking/guests.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { makeWindows } from './rate-limit.ts';

/**
 * What strangers may make us write to people, decided when they ask: a mail that a booking promises is never held back
 * (ADR 0080). `perRecipient`: bookings within an hour that name one mailbox, as attendee or as guest. `perCaller`:
 * mailboxes that one caller names within an hour, each as often as it is named. `pendingPerAttendee`: bookings of one
 * attendee that are pending at a time.
 */
export type MailLimits = {
  readonly perRecipient: number;
  readonly perCaller: number;
  readonly pendingPerAttendee: number;
};

const HOUR_MS = 3_600_000;
/** Mailboxes and callers counted at once. */
const MAX_SUBJECTS = 50_000;
/** Seconds after which a pending booking may have been decided. */
const PENDING_RETRY_S = 600;

const dotless: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com']);

/**
 * One key for what reaches one mailbox in practice: without `+tag` (RFC 5233), and for Gmail without dots, both of which
 * would give a stranger any number of addresses of one person.
 */
export const recipientKey = (email: string): string => {
  const address = parseMailAddress(mailboxKey(email));
  if (address === null) return email;
  const [untagged = ''] = address.local.split('+');
  if (!dotless.has(address.domain)) return addressText({ ...address, local: untagged });
  return addressText({ ...address, domain: 'gmail.com', local: untagged.replaceAll('.', '') });
};

const tooMany = (field: string, words: string, retryAfterSeconds: number): ApiError =>
  apiError('mail_limit_reached', words, {
    retryAfterSeconds,
    fields: [{ field, code: 'mail_limit_reached', message: words }],
  });

/** Whom a request makes us write to. `caller`: a key or an address, see `addressSubject`. `attendee` null: the booking was made before. */
export type Naming = {
  readonly caller: string;
  readonly attendee: string | null;
  readonly guests: ReadonlyArray<string>;
  /** The field that is told where the request names none of the mailboxes. */
  readonly field?: string;
};

/** To be called where nothing came of the request, and so nobody is written to. */
export type GiveBack = () => void;

export type MailLimit = (naming: Naming) => Promise<E.Either<ApiError, GiveBack>>;

type LimitDeps = {
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly bookingList: Pick<BookingList, 'list'>;
  readonly identity: Pick<Identity, 'sha256' | 'newCommandId'>;
};

/** Counts whom strangers make us write to. The hour is counted in memory, for each node; what is pending, by the read model. */
export const makeMailLimit = (limits: MailLimits, { clock, bookingList, identity }: LimitDeps): MailLimit => {
  const salt = identity.newCommandId();
  /** Memory is to have nothing of somebody who is forgotten. */
  const keyOf = (email: string): string => identity.sha256(`${salt} ${recipientKey(email)}`);
  const recipients = makeWindows(HOUR_MS, clock, MAX_SUBJECTS);
  const callers = makeWindows(HOUR_MS, clock, MAX_SUBJECTS);

  /** Null where the read model cannot tell: bookings do not need it, and the hour is counted all the same. */
  const pendingOf = async (attendeeEmail: string): Promise<number | null> => {
    const page = await bookingList.list({
      ...anyBooking,
      now: clock.now(),
      statuses: ['unconfirmed'],
      attendeeEmail,
    })();
    return E.isRight(page) ? page.right.total : null;
  };

  const hourly = ({ caller, attendee, guests, field: blamed }: Naming): E.Either<ApiError, GiveBack> => {
    const named = [
      ...(attendee === null ? [] : [{ key: keyOf(attendee), field: 'attendee.email' }]),
      ...guests.map((email, place) => ({ key: keyOf(email), field: `guests.${place}` })),
    ];
    const added: Array<() => void> = [];
    const giveBack = () => added.forEach((undo) => undo());
    for (const { key, field } of named) {
      added.push(() => recipients.add(key, -1));
      if (recipients.add(key, 1) > limits.perRecipient) {
        giveBack();
        const words = `At most ${limits.perRecipient} bookings an hour can name one mailbox.`;
        return E.left(tooMany(blamed ?? field, words, recipients.resetSeconds(key)));
      }
    }
    added.push(() => callers.add(caller, -named.length));
    if (callers.add(caller, named.length) <= limits.perCaller) return E.right(giveBack);
    giveBack();
    const words = `One caller can have at most ${limits.perCaller} mailboxes written to in an hour.`;
    return E.left(
      tooMany(blamed ?? (guests.length > 0 ? 'guests' : 'attendee.email'), words, callers.resetSeconds(caller)),
    );
  };

  return async (naming) => {
    const counted = hourly(naming);
    if (E.isLeft(counted) || naming.attendee === null) return counted;
    const pending = await pendingOf(naming.attendee);
    if (pending === null || pending < limits.pendingPerAttendee) return counted;
    counted.right();
    const words = `An attendee can have at most ${limits.pendingPerAttendee} bookings that are pending.`;
    return E.left(tooMany('attendee.email', words, PENDING_RETRY_S));
  };
};

/**
 * Counts whom a move that no key vouches for makes us write to: attendee, and the guests who know of the booking.
 * One that was asked for before makes us write to nobody again.
 */
export const countMove = async (
  mailLimit: MailLimit | null,
  caller: string,
  booking: KnownBooking,
  rescheduleId: string,
): Promise<E.Either<ApiError, GiveBack>> => {
  const known = [booking.reschedule, ...booking.reschedules].some((move) => move?.id === rescheduleId);
  if (mailLimit === null || known) return E.right(() => undefined);
  const guests = guestsWait(booking) ? [] : presentGuests(booking).map(({ email }) => email);
  const named = [booking.request.personal.attendee.email, ...guests];
  return mailLimit({ caller, attendee: null, guests: named, field: 'start' });
};

/** Every booking; `take` 1, as only the total is looked at. */
const anyBooking = {
  hostIds: null,
  attendeeName: null,
  bookingUid: null,
  eventTypeIds: null,
  afterStart: null,
  beforeEnd: null,
  afterCreatedAt: null,
  beforeCreatedAt: null,
  afterUpdatedAt: null,
  beforeUpdatedAt: null,
  order: [{ by: 'created', direction: 'asc' }],
  take: 1,
  skip: 0,
} as const;

/** The limit that is in force, for the whole server; null: there is none. */
export const makeStrangersLimit = (
  deps: Parameters<typeof makeMailLimit>[1] & { readonly limits: { readonly mailsOfStrangers: MailLimits | null } },
): MailLimit | null =>
  deps.limits.mailsOfStrangers === null ? null : makeMailLimit(deps.limits.mailsOfStrangers, deps);
