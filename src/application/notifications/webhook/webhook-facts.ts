import type { FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import type { Json, JsonObject } from '../../../domain/log/envelope.ts';

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
export type WebhookResponse = {
  readonly slug: string;
  readonly label: string;
  readonly value: Json;
  readonly isHidden: boolean;
};

/** `price`: in the smallest unit of `currency` (ISO 4217, lower case). */
export type WebhookEventType = {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly price: number;
  readonly currency: string;
  readonly requiresConfirmation: boolean;
};

/** `message` is for the host: no secret, no guest data. */
export type WebhookCalendarFailure = {
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
  readonly organizer: WebhookOrganizer;
  readonly attendees: ReadonlyArray<WebhookAttendee>;
  readonly eventType: WebhookEventType;
  readonly destinationCalendars: ReadonlyArray<{ readonly integration: string; readonly externalId: string }>;
  readonly cancelledBy: string | null;
  readonly cancellationReason: string | null;
  readonly rejectionReason: string | null;
  readonly calendarFailures: ReadonlyArray<WebhookCalendarFailure>;
};
