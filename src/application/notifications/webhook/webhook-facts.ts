import { type AskedMove, askedMove, type MovedFrom, movedFrom } from '../move-facts.ts';
import { expectedAt, isAbsent } from '../../../domain/booking/absence.ts';
import type { EventType } from '../../../domain/bookable/event-type.ts';
import {
  bookingNumber,
  bookingTitle,
  meetingPlace,
  type MeetingPlace,
  answersOf,
} from '../../../domain/booking/booking-facts.ts';
import type { CalendarSync, KnownBooking } from '../../../domain/booking/booking-state.ts';
import { statusOf } from '../../../domain/booking/booking-status.ts';
import { lastFailureOf } from '../../../domain/booking/evolve-calendar.ts';
import type { Organizer } from '../../../domain/booking/events.ts';
import type { FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import type { Json, JsonObject } from '../../../domain/log/envelope.ts';
import { presentGuests } from '../../../domain/booking/guests.ts';
import { visibleName } from '../../../domain/visible-text.ts';

/** `timeZone`: an IANA zone, checked before it came into the stream. `locale`: BCP 47. */
export type WebhookOrganizer = {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly username: string;
  readonly timeZone: string;
  readonly locale: string;
};

export type WebhookAttendee = {
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly phoneNumber?: string;
};

/** What the guest answered to one field of the booking form. */
type WebhookResponse = {
  readonly slug: string;
  readonly label: string;
  readonly value: Json;
  readonly isHidden: boolean;
};

/** `price`: in the smallest unit of `currency` (ISO 4217, lower case). */
type WebhookEventType = {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly price: number;
  readonly currency: string;
  readonly requiresConfirmation: boolean;
};

/** `message` is for the host: no secret, no guest data. */
type WebhookCalendarFailure = {
  readonly calendarId: string;
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryable: boolean;
};

/**
 * All that webhooks say of a booking, folded from its stream up to the event that is told: nothing in here is a guess.
 * `start`, `end`: UTC instants. `attendees`: the booker first. `meetingUrl`: the video room, null until the booking is confirmed.
 * `calendarFailures`: of the calendars that do not hold the booking now.
 */
export type WebhookFacts = {
  readonly status: 'ACCEPTED' | 'PENDING' | 'CANCELLED' | 'REJECTED';
  readonly uid: string;
  readonly bookingId: number;
  readonly title: string;
  readonly description: string;
  readonly additionalNotes: string;
  readonly start: string;
  readonly end: string;
  readonly location: string | null;
  readonly meetingUrl: string | null;
  readonly metadata: JsonObject;
  readonly responses: ReadonlyArray<WebhookResponse>;
  readonly icsUid: string;
  readonly sequence: number;
  readonly rescheduledFrom: MovedFrom | null;
  readonly askedMove: AskedMove | null;
  readonly organizer: WebhookOrganizer;
  readonly attendees: ReadonlyArray<WebhookAttendee>;
  readonly eventType: WebhookEventType;
  readonly destinationCalendars: ReadonlyArray<{ readonly integration: string; readonly externalId: string }>;
  readonly cancelledBy: string | null;
  readonly cancellationReason: string | null;
  readonly rejectionReason: string | null;
  readonly calendarFailures: ReadonlyArray<WebhookCalendarFailure>;
  /** Who was absent, as somebody has said: false too where nobody has said anything. */
  readonly absence: { readonly host: boolean; readonly attendees: ReadonlyArray<WebhookNoShow> };
};

type WebhookNoShow = { readonly email: string; readonly noShow: boolean };

const statusWord = { accepted: 'ACCEPTED', pending: 'PENDING', cancelled: 'CANCELLED', rejected: 'REJECTED' } as const;

const failure = (sync: CalendarSync): ReadonlyArray<WebhookCalendarFailure> => {
  const failed = lastFailureOf(sync);
  if (failed === null) return [];
  const { kind, message, retryable } = failed;
  return [{ calendarId: sync.calendarId, kind, message, retryable }];
};

/** What Cal.com's own form fields are in its payloads: the booker's name and address come first among the responses. */
const standardResponses = ({ name, email }: { readonly name: string; readonly email: string }) => [
  { slug: 'name', label: 'your_name', value: name, isHidden: false },
  { slug: 'email', label: 'email_address', value: email, isHidden: false },
];

/** The link of a video room is told only of a booking that is, or was, confirmed (S03). */
const knownPlace = (booking: KnownBooking): Pick<MeetingPlace, 'place' | 'link'> => {
  const { place, link } = meetingPlace(booking);
  const wasConfirmed = booking.phase === 'accepted' || (booking.phase === 'cancelled' && booking.wasAccepted);
  return { place, link: wasConfirmed ? link : null };
};

/** What webhooks say of a booking, folded up to the event that is told; its status is the stream's, never a guess. */
export const webhookFactsOf = (
  uid: string,
  booking: KnownBooking,
  host: Organizer,
  eventType: EventType | undefined,
): WebhookFacts => {
  const { request } = booking;
  const { metadata, responses } = request.personal;
  const attendee = { ...request.personal.attendee, name: visibleName(request.personal.attendee.name) };
  const { place, link } = knownPlace(booking);
  const answers = answersOf(responses, eventType).map(({ slug, label, value }) => ({
    slug,
    label,
    value,
    isHidden: false,
  }));
  return {
    status: statusWord[statusOf(booking)],
    uid,
    bookingId: bookingNumber(uid),
    title: bookingTitle(booking, host),
    description: eventType?.description ?? '',
    additionalNotes: typeof responses.notes === 'string' ? responses.notes : '',
    start: request.start,
    end: request.end,
    location: place ?? link,
    meetingUrl: link,
    // Stored metadata came in as JSON; its codec only says `unknown`.
    metadata: metadata as JsonObject,
    responses: [...standardResponses(attendee), ...answers],
    icsUid: request.icsUid,
    sequence: booking.sequence,
    rescheduledFrom: movedFrom(booking, host),
    askedMove: askedMove(booking, host),
    organizer: {
      id: host.id,
      name: host.name,
      email: host.email,
      username: host.username,
      timeZone: host.timeZone,
      locale: 'en',
    },
    attendees: [attendee, ...presentGuests(booking)].map(({ name, email, timeZone, language, phoneNumber }) => ({
      name,
      email,
      timeZone: timeZone ?? attendee.timeZone,
      locale: language ?? attendee.language,
      ...(phoneNumber === null ? {} : { phoneNumber }),
    })),
    eventType: {
      id: request.eventTypeId,
      slug: request.eventTypeSlug,
      title: request.title,
      description: eventType?.description ?? '',
      price: 0,
      currency: 'usd',
      requiresConfirmation: request.requiresApproval,
    },
    destinationCalendars: booking.calendars.map(({ calendarId, provider }) => ({
      integration: `${provider}_calendar`,
      externalId: calendarId,
    })),
    cancelledBy: booking.phase === 'cancelled' ? (booking.by === 'host' ? host.email : attendee.email) : null,
    cancellationReason: booking.phase === 'cancelled' ? booking.reason : null,
    rejectionReason:
      booking.phase === 'rejected' ? booking.reason : booking.phase === 'expired' ? `expired: ${booking.reason}` : null,
    calendarFailures: booking.calendars.flatMap(failure),
    absence: {
      host: booking.absence.host,
      attendees: expectedAt(booking).map((email) => ({ email, noShow: isAbsent(booking, email) })),
    },
  };
};
