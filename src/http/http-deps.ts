import type * as E from 'fp-ts/lib/Either.js';
import type { AuditSources } from '../application/audit/hash-log.ts';
import type { findLeftOvers } from '../application/calendars/left-over.ts';
import type {
  approveBooking,
  cancelBooking,
  markAbsent,
  rejectBooking,
  acknowledgeRemoval,
  restoreBooking,
  changeDetails,
  retryBooking,
  verifyMailbox,
} from '../application/commands/change-booking.ts';
import type { examine } from '../application/doctor/examine.ts';
import type { settle } from '../application/doctor/settle.ts';
import type { WhenSeen } from '../application/watching/sightings.ts';
import type { NodeConfigurations } from '../application/installation/node-configurations.ts';
import type { CalendarWatching } from '../application/watching/calendar-watching.ts';
import type { resendWebhook } from '../application/notifications/resend-webhook.ts';
import type { rescheduleBooking } from '../application/commands/reschedule-booking.ts';
import type { requestBooking } from '../application/commands/request-booking.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ConferenceRoom, ConferencingFailure } from '../application/ports/conferencing.ts';
import type { ConsumerGroups } from '../application/ports/consumer-groups.ts';
import type { DeliveryLog } from '../application/ports/delivery.ts';
import type { ApiKeys, BookingTokens } from '../application/ports/keys-and-tokens.ts';
import type { TriedCalendar } from '../application/ports/calendar.ts';
import type { BookingList, CalendarHealthReader, NotificationList } from '../application/ports/read-models.ts';
import type { exportPerson } from '../application/privacy/export-person.ts';
import type { forgetPerson } from '../application/privacy/forget-person.ts';
import type { DecisionWatch } from '../application/queries/await-decision.ts';
import type { findSlots } from '../application/queries/find-slots.ts';
import type { catchUp, readBooking, readHistory } from '../application/queries/read-booking.ts';
import type { Refusals } from '../application/refusals/record-refusals.ts';
import type { EventType } from '../domain/bookable/event-type.ts';
import type { Host } from '../domain/bookable/host.ts';
import type { FailureKind } from '../domain/calendar/calendar-failure.ts';
import type { MailLimits } from './access/mail-limits.ts';

/** What is written down about requests. Never bodies, tokens, addresses; `route` is the template, not the path. */
export type HttpLogEntry =
  | {
      readonly type: 'request';
      readonly requestId: string;
      readonly method: string;
      readonly route: string;
      readonly status: number;
      readonly ms: number;
    }
  /** Requests that were refused since the last such line, because there was more to do than can be done. */
  | { readonly type: 'overloaded'; readonly refused: number }
  /** Something went wrong inside. The answer carries the same `requestId`. */
  | { readonly type: 'fault'; readonly requestId: string; readonly route: string; readonly reason: string }
  /** What the request needs is away, the log say, and the answer is 503: no fault of ours, and it may pass by itself. */
  | { readonly type: 'outage'; readonly requestId: string; readonly route: string; readonly reason: string };

/** An event as others may keep it. `dtstamp`, `start`, `end`: UTC instants in ISO 8601. */
export type PublishedEvent = {
  readonly uid: string;
  readonly sequence: number;
  readonly dtstamp: string;
  readonly start: string;
  readonly end: string;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
  readonly attendees: ReadonlyArray<never>;
};

/** Everything that the HTTP layer needs; it knows no adapter. */
export type HttpDeps = WhenSeen & {
  readonly hosts: ReadonlyArray<Host>;
  /** What people call a calendar; its id where it has no name. */
  readonly calendarLabel: (calendarId: string) => string;

  /** Writes down, later and beside the log, that a request was refused. */
  readonly noteRefusal: Refusals['note'];
  readonly requestBooking: ReturnType<typeof requestBooking>;
  readonly rescheduleBooking: ReturnType<typeof rescheduleBooking>;
  readonly decided: DecisionWatch['decided'];
  readonly readBooking: ReturnType<typeof readBooking>;
  readonly readHistory: ReturnType<typeof readHistory>;
  readonly cancelBooking: ReturnType<typeof cancelBooking>;
  readonly approveBooking: ReturnType<typeof approveBooking>;
  readonly rejectBooking: ReturnType<typeof rejectBooking>;
  readonly verifyMailbox: ReturnType<typeof verifyMailbox>;
  readonly retryBooking: ReturnType<typeof retryBooking>;
  readonly restoreBooking: ReturnType<typeof restoreBooking>;
  readonly markAbsent: ReturnType<typeof markAbsent>;
  readonly changeDetails: ReturnType<typeof changeDetails>;
  /** A video room of a provider, the same for the same request. Left: why there is none. */
  readonly makeRoom: (
    provider: string,
    request: { readonly requestId: string; readonly title: string },
  ) => TaskEither<ConferencingFailure, ConferenceRoom>;
  readonly acknowledgeRemoval: ReturnType<typeof acknowledgeRemoval>;
  readonly findSlots: ReturnType<typeof findSlots>;
  readonly bookingList: BookingList;
  /** Waits a moment until lists show what is in the log now. */
  readonly catchUp: ReturnType<typeof catchUp>;
  readonly notificationList: NotificationList;
  readonly calendarHealth: CalendarHealthReader['calendarHealth'];
  /** What bookings need and the configuration has no more. */
  readonly leftOvers: ReturnType<typeof findLeftOvers>;
  /** Connected calendars by id. */
  readonly configuredCalendars: ReadonlyMap<string, { readonly label: string; readonly provider: string }>;
  /** The last look of this process at a calendar; null: it has not looked yet, or is not to. */
  readonly triedCalendar: (calendarId: string) => TriedCalendar | null;
  /** Calendars that cannot be read now. `since`: UTC instant. */
  readonly unreadableCalendars: () => ReadonlyArray<{
    readonly id: string;
    readonly since: string;
    readonly kind: FailureKind;
  }>;
  readonly lookAtCalendar: CalendarWatching['look'];
  /** What a calendar provider tells on a channel of ours; false: it is none of ours. */
  readonly pushed: CalendarWatching['pushed'];
  readonly examine: ReturnType<typeof examine>;
  readonly settle: ReturnType<typeof settle>;
  /** Takes the configuration as the file is now, as a whole or not at all. `by`: the key that asks for it. */
  readonly reloadConfiguration: (by: string | null) => Promise<
    E.Either<
      {
        readonly errors: ReadonlyArray<{ readonly path: string; readonly code: string; readonly message: string }>;
      },
      {
        readonly changes: ReadonlyArray<{ readonly what: string; readonly id: string; readonly change: string }>;
        readonly lines: ReadonlyArray<string>;
        readonly otherNodes: ReadonlyArray<string>;
      }
    >
  >;
  /** By which configuration each node on the log runs, this one first. */
  readonly nodes: NodeConfigurations['list'];

  readonly consumers: Pick<ConsumerGroups, 'status' | 'parked' | 'replayParked'>;
  /** Effects that this node took a lease for, and those that another was faster with; null where one process has the log alone. */
  readonly leases: () => { readonly taken: number; readonly elsewhere: number } | null;
  /** How often a subscription to a log elsewhere has fallen behind it since the start; null for the embedded engine. */
  readonly fellBehind: () => number | null;
  readonly deliveries: Pick<DeliveryLog, 'list'>;
  /** Whether the configuration has this subscription to webhooks, and it is active. */
  readonly isSubscribed: (subscriptionId: string) => boolean;
  readonly resendWebhook: ReturnType<typeof resendWebhook>;
  /** Why the server is not ready, for operators; empty when it is. */
  readonly ready: () => Promise<ReadonlyArray<string>>;
  /** The iCalendar text of a host's built-in calendar; null where there is none or the token is not its own. */
  readonly calendarFeed: (feedName: string, token: string) => Promise<string | null>;

  /** What is known of a person, and how they are forgotten; null where personal data is not sealed on this log. */
  readonly privacy: {
    readonly exportPerson: ReturnType<typeof exportPerson>;
    readonly forgetPerson: ReturnType<typeof forgetPerson>;
    /** Wraps every key anew; how many. */
    readonly rotateKey: () => Promise<number>;
  } | null;
  /** What audits may do: read the log, know keys by name, and sign the head that they have computed. */
  readonly audit: AuditSources;
  readonly apiKeys: Pick<ApiKeys, 'authenticate'>;
  readonly manageKeys: Pick<ApiKeys, 'create' | 'list' | 'revoke'>;
  readonly guestActions: 'open' | 'token';
  readonly guestInvitations: 'after-attendee' | 'at-once';
  readonly bookingTokens: BookingTokens;
  /** A new booking uid, time-ordered and random. */
  readonly newUid: () => string;
  /** The booking uid that belongs to an Idempotency-Key; `scope` tells callers apart. */
  readonly uidFromKey: (scope: string, idempotencyKey: string) => string;
  readonly newRequestId: () => string;
  readonly identity: Pick<Identity, 'sha256' | 'newCommandId' | 'eventId'>;
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'at'>;
  readonly log: (entry: HttpLogEntry) => void;

  /** One event as a whole iCalendar object that is for reading alone (METHOD:PUBLISH of RFC 5546). */
  readonly writePublished: (event: PublishedEvent) => string;

  /** Origin and path of links to this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** How long POST waits for the decision when the client names no time, in milliseconds. */
  readonly answerWaitMs: number;
  /** Null: no limit. */
  readonly limits: {
    readonly bodyBytes: number;
    readonly requestsPerMinute: number | null;
    readonly mailsOfStrangers: MailLimits | null;
  };
  /** How late the event loop was lately, in milliseconds. */
  readonly loopDelayMs: () => number;
  /** Addresses or subnets of proxies whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: ReadonlyArray<string>;
};

export type Offer = { readonly host: Host; readonly eventType: EventType };

/** Hosts and event types by the names that the API knows them under. */
export type Catalog = {
  readonly byId: (eventTypeId: number) => Offer | undefined;
  readonly bySlug: (username: string, slug: string) => Offer | undefined;
  readonly hostById: (hostId: string) => Host | undefined;
  readonly hostByUsername: (username: string) => Host | undefined;
  readonly hosts: ReadonlyArray<Host>;
};

export const catalogOf = (hosts: ReadonlyArray<Host>): Catalog => {
  const offers = hosts.flatMap((host) => host.eventTypes.map((eventType) => ({ host, eventType })));
  const byId = new Map(offers.map((offer) => [offer.eventType.id, offer]));
  const bySlug = new Map(offers.map((offer) => [`${offer.host.username}/${offer.eventType.slug}`, offer]));
  const hostById = new Map(hosts.map((host) => [host.id, host]));
  const hostByUsername = new Map(hosts.map((host) => [host.username, host]));
  return {
    byId: (eventTypeId) => byId.get(eventTypeId),
    bySlug: (username, slug) => bySlug.get(`${username}/${slug}`),
    hostById: (hostId) => hostById.get(hostId),
    hostByUsername: (username) => hostByUsername.get(username),
    hosts,
  };
};
