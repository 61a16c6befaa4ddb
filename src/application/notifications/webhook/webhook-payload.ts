import type { WebhookTrigger } from '../plan.ts';
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

const whatTheTriggerAdds: Readonly<Record<WebhookTrigger, (facts: WebhookFacts) => JsonObject>> = {
  BOOKING_CREATED: () => ({}),
  BOOKING_REQUESTED: () => ({}),
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
};

/** The payload vocabulary of Cal.com's webhooks (version 2021-10-20); the only place that builds one. */
const webhookPayload = (trigger: WebhookTrigger, facts: WebhookFacts): JsonObject => ({
  ...aboutTheBooking(facts),
  ...aboutTheEventType(facts),
  ...whatTheTriggerAdds[trigger](facts),
});

/**
 * The body of a webhook. `createdAt`: when the event that is told occurred, so that every attempt sends the same bytes;
 * written as Cal.com writes it, UTC with milliseconds. Throws RangeError on a time or a zone that is none: both are
 * checked before they come into a stream.
 */
export const composeWebhook = (trigger: WebhookTrigger, facts: WebhookFacts, createdAt: string): string =>
  JSON.stringify({
    triggerEvent: trigger,
    createdAt: Temporal.Instant.from(createdAt).toString({ smallestUnit: 'millisecond' }),
    payload: webhookPayload(trigger, facts),
  });

/**
 * The same on every attempt, after every restart and replay, so that receivers can drop repeats. The trigger is part of
 * it since one event may be told under two. `uuid` makes a name-based UUID (RFC 9562, version 5) in our namespace.
 */
export const deliveryId =
  (uuid: (name: string) => string) =>
  (delivery: { readonly eventId: string; readonly subscriptionId: string; readonly trigger: WebhookTrigger }): string =>
    uuid(JSON.stringify(['webhook', delivery.eventId, delivery.subscriptionId, delivery.trigger]));
