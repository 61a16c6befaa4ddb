import type { WebhookTrigger } from '../plan.ts';
import type { SubscribableTrigger } from './calendar-webhook.ts';
import { readableFields } from '../../../domain/visible-text.ts';
import type { JsonObject } from '../../../domain/log/envelope.ts';
import { intervalOf } from '../../../domain/time/time.ts';
import type { WebhookAttendee, WebhookFacts, WebhookOrganizer } from './webhook-facts.ts';

const NANOSECONDS_PER_MINUTE = 60_000_000_000;
const MS_PER_MINUTE = 60_000;

/** Cal.com's spelling of times in booking payloads: UTC, whole seconds. */
const seconds = (instant: string): string => Temporal.Instant.from(instant).toString({ smallestUnit: 'second' });

/** Minutes east of UTC at `instant`. */
const utcOffset = (timeZone: string, instant: string): number =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).offsetNanoseconds / NANOSECONDS_PER_MINUTE;

const organizer = ({ id, name, email, username, timeZone, locale }: WebhookOrganizer, start: string): JsonObject => ({
  id,
  name,
  email,
  username,
  timeZone,
  language: { locale },
  utcOffset: utcOffset(timeZone, start),
});

/** Cal.com cuts a full name at its first space. */
const names = (name: string): { readonly firstName: string; readonly lastName: string } => {
  const [firstName = '', ...rest] = name.trim().split(/\s+/);
  return { firstName, lastName: rest.join(' ') };
};

const attendee = ({ name, email, timeZone, locale, phoneNumber }: WebhookAttendee, start: string): JsonObject => ({
  name,
  ...names(name),
  email,
  timeZone,
  language: { locale },
  utcOffset: utcOffset(timeZone, start),
  ...(phoneNumber === undefined ? {} : { phoneNumber }),
});

const responses = (facts: WebhookFacts): JsonObject =>
  Object.fromEntries(facts.responses.map(({ slug, label, value, isHidden }) => [slug, { label, value, isHidden }]));

const metadata = (facts: WebhookFacts): JsonObject =>
  facts.status === 'ACCEPTED' && facts.meetingUrl !== null
    ? { ...facts.metadata, videoCallUrl: facts.meetingUrl }
    : facts.metadata;

const minutesBetween = (times: { readonly start: string; readonly end: string }): number => {
  const { start, end } = intervalOf(times);
  return (end - start) / MS_PER_MINUTE;
};

const aboutTheBooking = (facts: WebhookFacts): JsonObject => ({
  uid: facts.uid,
  bookingId: facts.bookingId,
  status: facts.status,
  type: facts.eventType.slug,
  title: facts.title,
  description: facts.description === '' ? facts.additionalNotes : facts.description,
  additionalNotes: facts.additionalNotes,
  startTime: seconds(facts.start),
  endTime: seconds(facts.end),
  length: minutesBetween(facts),
  organizer: organizer(facts.organizer, facts.start),
  attendees: facts.attendees.map((person) => attendee(person, facts.start)),
  location: facts.location,
  responses: responses(facts),
  metadata: metadata(facts),
  iCalUID: facts.icsUid,
  iCalSequence: facts.sequence,
  destinationCalendar: facts.destinationCalendars,
});

const aboutTheEventType = ({ eventType }: WebhookFacts): JsonObject => ({
  eventTypeId: eventType.id,
  eventTitle: eventType.title,
  eventDescription: eventType.description,
  price: eventType.price,
  currency: eventType.currency,
  requiresConfirmation: eventType.requiresConfirmation,
});

/** Whole seconds from when it was due until it was told: a server that was away tells it late, and says so. */
const lateness = (due: string, at: string): JsonObject => ({
  lateBySeconds: Math.max(
    0,
    Math.floor((Temporal.Instant.from(at).epochMilliseconds - Temporal.Instant.from(due).epochMilliseconds) / 1000),
  ),
});

const whoWasAbsent = ({ absence, organizer: host }: WebhookFacts): string => {
  const absent = [
    ...(absence.host ? [`the host ${host.name}`] : []),
    ...absence.attendees.flatMap(({ email, noShow }) => (noShow ? [email] : [])),
  ];
  return absent.length === 0 ? 'Nobody is marked as absent.' : `Marked as absent: ${absent.join(', ')}.`;
};

const noShows = ({ absence }: WebhookFacts): JsonObject => ({
  hostNoShow: absence.host,
  attendees: absence.attendees.map(({ email, noShow }) => ({ email, noShow })),
});

/** Cal.com's payload of this trigger says no more of the booking than its two ids; `uid` and `status` are as in the others. */
const noShowUpdated = (facts: WebhookFacts): JsonObject => ({
  uid: facts.uid,
  status: facts.status,
  bookingUid: facts.uid,
  bookingId: facts.bookingId,
  ...noShows(facts),
  message: whoWasAbsent(facts),
});

const withNoShows = (facts: WebhookFacts): JsonObject => ({
  bookingUid: facts.uid,
  noShows: noShows(facts),
  message: whoWasAbsent(facts),
});

/** Another time that was asked for and is not in force. */
const askedFor = ({ askedMove }: WebhookFacts): JsonObject =>
  askedMove === null
    ? {}
    : {
        requestedReschedule: {
          startTime: seconds(askedMove.start),
          endTime: seconds(askedMove.end),
          by: askedMove.by,
          outcome: askedMove.outcome,
        },
      };

/** `createdAt`: when what is told occurred, a UTC instant. */
type Adds = (facts: WebhookFacts, createdAt: string) => JsonObject;

const whatTheTriggerAdds: Readonly<Record<Exclude<WebhookTrigger, 'BOOKING_NO_SHOW_UPDATED'>, Adds>> = {
  BOOKING_CREATED: () => ({}),
  /** Also while an accepted booking waits for its new time to be approved: its own times are those that are in force. */
  BOOKING_REQUESTED: askedFor,
  BOOKING_RESCHEDULE_FAILED: askedFor,
  /** The old times; `startTime` and `endTime` are the new ones. The booking is the same, so its ids are too. */
  BOOKING_RESCHEDULED: ({ uid, bookingId, rescheduledFrom }) =>
    rescheduledFrom === null
      ? {}
      : {
          rescheduleId: bookingId,
          rescheduleUid: uid,
          rescheduleStartTime: seconds(rescheduledFrom.start),
          rescheduleEndTime: seconds(rescheduledFrom.end),
          rescheduledBy: rescheduledFrom.by,
        },
  /** Guests or place are others: the payload is the booking as it is now. */
  BOOKING_UPDATED: () => ({}),
  BOOKING_CANCELLED: ({ cancelledBy, cancellationReason }) => ({
    cancelledBy,
    cancellationReason,
    requestReschedule: false,
  }),
  BOOKING_REJECTED: ({ rejectionReason }) => ({ rejectionReason }),
  BOOKING_CALENDAR_SYNC_FAILED: ({ calendarFailures }) => ({
    calendarFailures: calendarFailures.map(({ calendarId, kind, message, retryable }) => ({
      calendarId,
      kind,
      message,
      retryable,
    })),
  }),
  MEETING_STARTED: ({ start }, createdAt) => lateness(start, createdAt),
  MEETING_ENDED: ({ end }, createdAt) => lateness(end, createdAt),
  BOOKING_NO_SHOW_CHECK: () => ({ message: 'The meeting has begun, and nobody has said yet who came.' }),
  AFTER_HOSTS_CAL_VIDEO_NO_SHOW: withNoShows,
  AFTER_GUESTS_CAL_VIDEO_NO_SHOW: withNoShows,
};

/** The payload vocabulary of Cal.com's webhooks (version 2021-10-20); the only place that builds one. */
const webhookPayload = (trigger: WebhookTrigger, facts: WebhookFacts, createdAt: string): JsonObject =>
  trigger === 'BOOKING_NO_SHOW_UPDATED'
    ? noShowUpdated(facts)
    : {
        ...aboutTheBooking(facts),
        ...aboutTheEventType(facts),
        ...whatTheTriggerAdds[trigger](facts, createdAt),
      };

/**
 * The body of a webhook. `createdAt`: when the event that is told occurred, so that every attempt sends the same bytes;
 * written as Cal.com writes it, UTC with milliseconds. Throws RangeError on a time or a zone that is none: both are
 * checked before they come into a stream.
 */
export const composeWebhook = (trigger: WebhookTrigger, facts: WebhookFacts, createdAt: string): string =>
  JSON.stringify({
    triggerEvent: trigger,
    createdAt: Temporal.Instant.from(createdAt).toString({ smallestUnit: 'millisecond' }),
    payload: readableFields(webhookPayload(trigger, facts, createdAt)),
  });

/**
 * The same on every attempt, after every restart and replay, so that receivers can drop repeats. The trigger is part of
 * it since one event may be told under two. `uuid` makes a name-based UUID (RFC 9562, version 5) in our namespace.
 */
export const deliveryId =
  (uuid: (name: string) => string) =>
  (delivery: {
    readonly eventId: string;
    readonly subscriptionId: string;
    readonly trigger: SubscribableTrigger;
  }): string =>
    uuid(JSON.stringify(['webhook', delivery.eventId, delivery.subscriptionId, delivery.trigger]));
