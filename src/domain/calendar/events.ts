import * as t from 'io-ts';
import { effectLeasedCodec, notificationParkedCodec, notificationSentCodec, providerCodec } from '../booking/events.ts';
import { instantCodec, saltCodec, spanCodec } from '../log/envelope.ts';
import { failureKindCodec } from './calendar-failure.ts';

/**
 * Where a calendar is, without secrets: what the configuration said at a start. Addresses name people, so they are marked
 * as personal (I12).
 */
const placeCodec = t.type({ provider: providerCodec, personal: t.type({ salt: saltCodec, address: t.string }) });

/**
 * An object of a calendar that nobody can make sense of. `href`: its path at the server. `reason`: ours, quotes nothing of
 * it. `start`, `end`: from the first to the last instant that it blocks, as far as was looked.
 */
const unreadableObjectCodec = t.type({ href: t.string, reason: t.string, start: instantCodec, end: instantCodec });
export type UnreadableRecord = t.TypeOf<typeof unreadableObjectCodec>;

/**
 * Why a calendar cannot be read. `since`: when the first of the tries failed that have all failed since. `message`: for the
 * host and the operator, without secrets.
 */
const outageCodec = t.type({ since: instantCodec, kind: failureKindCodec, message: t.string });

/** Data of every event of a calendar's own stream at its newest version, by type. A storage format: never renamed. */
export const calendarEventCodecs = {
  /** The calendar is in use for the first time. */
  CalendarConnected: placeCodec,
  /** The calendar kept its id and is somewhere else now: what was stored before lies at the old address. */
  CalendarAddressChanged: placeCodec,
  /**
   * One look at the calendar found objects that cannot be read, for the first time. Their time counts as busy. `more`: so
   * many others there were beside them, past what is named and told in a day. `window`: what was looked at.
   */
  CalendarObjectsUnreadable: t.type({
    more: t.number,
    window: spanCodec,
    personal: t.type({ salt: saltCodec, objects: t.readonlyArray(unreadableObjectCodec) }),
  }),
  /** So many more cannot be read than are named. Written when the number has doubled, so seldom. */
  CalendarObjectsNotNamed: t.type({ more: t.number }),
  /** They are gone, or can be read now; or their time is long over. */
  CalendarObjectsCleared: t.type({ personal: t.type({ salt: saltCodec, hrefs: t.readonlyArray(t.string) }) }),
  /**
   * Somebody asked for a time and was refused, since the calendar could not be read to decide about it. Written once in 24
   * hours at most: it is what its host is told. `start`: of the time that was asked for. `message`: no secret, no guest data.
   */
  CalendarUnreadableForBooking: t.type({ start: instantCodec, kind: failureKindCodec, message: t.string }),
  /** Two tries in a row could not read the calendar. Nobody is told yet: most outages pass. */
  CalendarReadingFailed: outageCodec,
  /** It could not be read for so long that its hosts and the operator have to know. Once for one outage. */
  CalendarUnreadable: outageCodec,
  /** It does not let us in any more: the credential was revoked or has expired. Told at once, once for one outage. */
  CalendarCredentialRefused: outageCodec,
  /** It can be read again. `told`: whether anybody was told that it could not be. */
  CalendarReadableAgain: t.type({ unreadableSince: instantCodec, told: t.boolean }),
  /**
   * More of our events were changed there at once than people change: a calendar or a log that was restored from a backup, or
   * a server that lies. No booking is touched before somebody has decided. `found` of `watched` bookings.
   */
  CalendarWatchStopped: t.type({ found: t.number, watched: t.number }),
  /** Somebody has decided: what was found is believed, or the events are written again. */
  CalendarWatchResumed: t.type({ how: t.keyof({ accept: null, restore: null }) }),
  /** `node` heard that something may have changed there, and another node watches it: that one is to look soon. */
  CalendarWatchHinted: t.type({ node: t.string }),
  /** A node is about to do something for the calendar that no other may do until then. */
  CalendarEffectLeased: effectLeasedCodec,
  /** A host was told of the calendar. `recipient`: the host's id. */
  CalendarNotificationSent: notificationSentCodec,
  /** We gave up telling a host of the calendar; an operator can send it again. */
  CalendarNotificationParked: notificationParkedCodec,
} as const;

export type Outage = t.TypeOf<typeof outageCodec>;

type Codecs = typeof calendarEventCodecs;
export type CalendarStreamEventType = keyof Codecs;
export type CalendarStreamEventData<T extends CalendarStreamEventType> = t.TypeOf<Codecs[T]>;

/** One event of one calendar's own stream. */
export type CalendarStreamEventOf<T extends CalendarStreamEventType> = {
  readonly type: T;
  readonly occurredAt: string;
  readonly data: CalendarStreamEventData<T>;
};
export type CalendarStreamEvent = {
  readonly [T in CalendarStreamEventType]: CalendarStreamEventOf<T>;
}[CalendarStreamEventType];
