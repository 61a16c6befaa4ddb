import type { RecordedEvent } from '../../src/domain/log/envelope.ts';
import { at } from './http-client.ts';
import type { Log, LoggedBooking, Violations } from './log-checks.ts';
import { bookingsIn, isFact, statusOf, textOf } from './log-checks.ts';
import { lastWord, sayLastWord, toldOf } from './log-checks-outside.ts';
import type { ReadMail } from './read-mail.ts';
import type { ReceivedWebhook } from './webhook-receiver.ts';

/** A mail that arrived. `causedBy` and `recipient`: the two parts of its Message-ID. `sequence`: of its invitation. */
export type Arrived = {
  readonly messageId: string;
  readonly causedBy: string;
  readonly recipient: string;
  readonly icsUid: string | null;
  readonly sequence: number | null;
};

export const arrivedOf = (mail: ReadMail): Arrived => {
  const [, causedBy = '', recipient = ''] = /^<([0-9a-f-]{36})\.([^@]+)@/.exec(mail.messageId ?? '') ?? [];
  const event = mail.calendarParts[0]?.calendar.getFirstSubcomponent('vevent');
  const sequence = event?.getFirstPropertyValue('sequence');
  return {
    messageId: mail.messageId ?? '',
    causedBy,
    recipient,
    icsUid: event === null || event === undefined ? null : String(event.getFirstPropertyValue('uid')),
    sequence: sequence === null || sequence === undefined ? null : Number(sequence),
  };
};

const wrongOfOne = (booking: LoggedBooking, mails: ReadonlyArray<Arrived>): Violations => {
  const { uid, events, icsUid } = booking;
  const last = lastWord(booking);
  const about = (recipient: string) =>
    mails.filter(({ causedBy, ...mail }) => sayLastWord(booking).has(causedBy) && mail.recipient === recipient);
  const recipients = toldOf(last);
  const sequences = events.flatMap((event) =>
    mails.flatMap((mail) => (mail.causedBy === event.id && mail.sequence !== null ? [mail.sequence] : [])),
  );
  return [
    ...recipients
      .filter((recipient) => last !== undefined && about(recipient).length === 0)
      .map((recipient) => `${uid}: nobody told ${recipient} of ${last?.type}`),
    ...mails
      .filter((mail) => mail.icsUid !== null && mail.icsUid !== icsUid)
      .map((mail) => `${uid}: ${mail.messageId} speaks of ${mail.icsUid}`),
    ...(sequences.every((sequence, index) => sequence >= (sequences[index - 1] ?? 0))
      ? []
      : [`${uid}: SEQUENCE falls: ${sequences.join(', ')}`]),
  ];
};

/** I4 and I6: everybody has the last word of each booking, nobody a mail of nothing; one UID, rising SEQUENCE. */
export const wrongInMails = (log: Log, mails: ReadonlyArray<Arrived>): Violations => {
  const causes = new Map(log.map((event) => [event.id, event]));
  const unfounded = mails.filter(({ causedBy }) => !causes.has(causedBy));
  const byStream = Map.groupBy(mails, ({ causedBy }) => causes.get(causedBy)?.stream);
  return [
    ...unfounded.map(({ messageId }) => `${messageId}: a mail of an event that is not in the log`),
    ...bookingsIn(log).flatMap((booking) => wrongOfOne(booking, byStream.get(`booking-${booking.uid}`) ?? [])),
  ];
};

/** How many copies too many arrived, and of how many Message-IDs. */
export const copiesOf = (mails: ReadonlyArray<Arrived>): { readonly messages: number; readonly extra: number } => {
  const messages = new Set(mails.map(({ messageId }) => messageId)).size;
  return { messages, extra: mails.length - messages };
};

/** `revision`: of the event that it tells. */
type Told = { readonly uid: string; readonly trigger: string; readonly revision: number };

const triggersOf: Readonly<Record<string, string>> = {
  BookingAccepted: 'BOOKING_CREATED',
  BookingCancelled: 'BOOKING_CANCELLED',
  BookingRejected: 'BOOKING_REJECTED',
  BookingExpired: 'BOOKING_REJECTED',
  BookingRescheduled: 'BOOKING_RESCHEDULED',
  RescheduleFailed: 'BOOKING_RESCHEDULE_FAILED',
  RescheduleDeclined: 'BOOKING_RESCHEDULE_FAILED',
  GuestsAdded: 'BOOKING_UPDATED',
  GuestRemoved: 'BOOKING_UPDATED',
  LocationChanged: 'BOOKING_UPDATED',
  moveToBeApproved: 'BOOKING_REQUESTED',
  awaiting_approval: 'BOOKING_REQUESTED',
  calendar_sync_failed: 'BOOKING_CALENDAR_SYNC_FAILED',
};

/** What of an event decides its trigger. */
const toldAs = ({ type, data }: RecordedEvent): string => {
  if (type === 'BookingLeftPending') return textOf(at(data, 'reason'));
  return type === 'RescheduleRequested' && at(data, 'requiresApproval') === true ? 'moveToBeApproved' : type;
};

/** What a person did in a calendar leaves the booking open; what puts it back has it stand again. */
const opensOrCloses = (events: Log, index: number): string | undefined => {
  const [before, after] = [statusOf(events.slice(0, index)), statusOf(events.slice(0, index + 1))];
  const event = events[index];
  if (event === undefined || before === after) return undefined;
  const isHeldAgain = event.type === 'CalendarEventVerified' || event.type === 'CalendarMoveSucceeded';
  return isFact(event) || (isHeldAgain && after === 'accepted') ? 'BOOKING_UPDATED' : undefined;
};

/** What a subscriber to everything has to be told of a booking, in order. */
export const triggersIn = ({ uid, events }: LoggedBooking): ReadonlyArray<Told & { readonly eventId: string }> =>
  events.flatMap((event, index) => {
    const trigger = triggersOf[toldAs(event)] ?? opensOrCloses(events, index);
    return trigger === undefined ? [] : [{ uid, trigger, revision: event.revision, eventId: event.id }];
  });

/** Deliveries in the order in which each came first are the events in the order of the stream; none comes after a later one. */
const wrongDeliveries = (booking: LoggedBooking, came: ReadonlyArray<ReceivedWebhook>): Violations => {
  const { uid } = booking;
  const wanted = triggersIn(booking).map(({ trigger }) => trigger);
  const seen = came.map(({ headers, body }) => {
    const text = body.toString('utf8');
    const trigger = textOf(at(JSON.parse(text), 'triggerEvent'));
    return { trigger, delivery: String(headers['x-holdfast-delivery']), body: text };
  });
  const deliveries = Map.groupBy(seen, ({ delivery }) => delivery);
  const order = [...deliveries.keys()];
  const first = order.map((delivery) => deliveries.get(delivery)?.[0]?.trigger ?? '');
  const turns = seen.map(({ delivery }) => order.indexOf(delivery));
  return [
    ...(first.join() === wanted.join()
      ? []
      : [`${uid}: came as ${first.join(', ')}, and the log tells ${wanted.join(', ')}`]),
    ...[...deliveries].flatMap(([delivery, all]) =>
      new Set(all.map(({ body }) => body)).size === 1 ? [] : [`${uid}: ${delivery} came with different bodies`],
    ),
    ...(turns.every((turn, index) => turn >= (turns[index - 1] ?? 0))
      ? []
      : [`${uid}: out of order: ${seen.map(({ trigger }) => trigger).join(', ')}`]),
  ];
};

/** Webhooks: each event once, under one delivery id with one body however often it came, in the order of the stream. */
export const wrongInWebhooks = (log: Log, received: ReadonlyArray<ReceivedWebhook>): Violations => {
  const byBooking = Map.groupBy(received, ({ body }) =>
    textOf(at(JSON.parse(body.toString('utf8')), 'payload', 'uid')),
  );
  const known = new Set(bookingsIn(log).map(({ uid }) => uid));
  return [
    ...[...byBooking.keys()].filter((uid) => !known.has(uid)).map((uid) => `${uid}: a webhook of no booking`),
    ...bookingsIn(log).flatMap((booking) => wrongDeliveries(booking, byBooking.get(booking.uid) ?? [])),
  ];
};
