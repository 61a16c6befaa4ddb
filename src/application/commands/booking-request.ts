import type { Slot, SlotRefusal } from '../../domain/availability/slot.ts';
import type { Attendee, BookingEventData, CalendarProviderName } from '../../domain/booking/events.ts';
import { planApproval } from '../../domain/booking/approval.ts';
import { organizerOf } from '../../domain/booking/booking-facts.ts';
import type { EventType } from '../../domain/bookable/event-type.ts';
import type { Host } from '../../domain/bookable/host.ts';
import type { JsonObject } from '../../domain/log/envelope.ts';
import type { Sha256 } from '../../domain/log/hash-chain.ts';
import {
  type BusyFact,
  busyInTheWay,
  type CalendarBusy,
  type DecisionFacts,
} from '../../domain/rules/decision-facts.ts';
import { toInstant } from '../../domain/time/time.ts';

/**
 * Where the meeting takes place: as the host configured it, as the guest answered (personal data), or in a video room.
 */
export type ChosenLocation =
  | { readonly type: 'stated'; readonly text: string }
  | { readonly type: 'personal'; readonly text: string }
  | { readonly type: 'room'; readonly provider: string; readonly fallbackLink: string | null }
  | { readonly type: 'none' };

/**
 * A guest's request, checked and complete. `start`: epoch milliseconds. `uid`: new, or derived from an Idempotency-Key.
 */
export type BookingRequest = {
  readonly uid: string;
  /** Whether the uid is derived from an Idempotency-Key, so that the request may have been made before. */
  readonly repeatable: boolean;
  /** Digest of the request, without salt. It tells a repeat from another request under the same key. */
  readonly fingerprint: string;
  readonly host: Host;
  readonly eventType: EventType;
  readonly start: number;
  readonly lengthInMinutes: number;
  readonly attendee: Attendee;
  readonly guests: ReadonlyArray<string>;
  readonly location: ChosenLocation;
  readonly responses: JsonObject;
  readonly metadata: JsonObject;
  /** Other guests are told only once the attendee is verified. */
  readonly invitesOnceVerified: boolean;
};

/** Milliseconds. `settleWindow`: how long a failure waits for other calendars. `syncDeadline`: how long writing is tried. */
export type SagaTimings = { readonly settleWindowMs: number; readonly syncDeadlineMs: number };

export type CalendarProviders = ReadonlyMap<string, { readonly provider: CalendarProviderName }>;

/**
 * What the log keeps of a request's digest. Salted with what is erased with the person: else whoever guesses what somebody
 * typed in could tell for ever that it was so.
 */
const saltedFingerprint = (sha256: Sha256, salt: string, fingerprint: string): string =>
  sha256(`${salt} ${fingerprint}`);

/** Whether a booking came of the request with this digest; one of an earlier release has it without salt. */
export const isOfRequest = (
  { fingerprint, personal: { salt } }: BookingEventData<'BookingRequested'>,
  sha256: Sha256,
  asked: string,
): boolean => fingerprint === saltedFingerprint(sha256, salt, asked) || fingerprint === asked;

/**
 * The event's data: everything that later decisions need, as it is now (I9). Writing is tried until the deadline, at
 * most until the meeting's start.
 */
export const requestedData = (
  request: BookingRequest,
  slot: Slot,
  frozen: {
    readonly now: number;
    readonly salt: string;
    readonly sha256: Sha256;
    readonly icsUid: string;
    readonly timings: SagaTimings;
    readonly calendars: CalendarProviders;
    readonly decidedBy: DecisionFacts | null;
  },
): BookingEventData<'BookingRequested'> => {
  const { host, eventType, location } = request;
  const deadline = Math.min(frozen.now + frozen.timings.syncDeadlineMs, slot.start);
  const approval = planApproval(eventType, frozen.now, slot.start);
  return {
    hostId: host.id,
    eventTypeId: eventType.id,
    eventTypeSlug: eventType.slug,
    title: eventType.title,
    start: toInstant(slot.start),
    end: toInstant(slot.end),
    lengthInMinutes: request.lengthInMinutes,
    claim: { start: toInstant(slot.claim.start), end: toInstant(slot.claim.end) },
    icsUid: frozen.icsUid,
    requiresApproval: approval !== null,
    acceptance: host.acceptance,
    calendars: host.calendarIds.map((calendarId) => ({
      calendarId,
      provider: frozen.calendars.get(calendarId)?.provider ?? 'local',
    })),
    room:
      location.type === 'room'
        ? { provider: location.provider, requestId: request.uid, fallbackLink: location.fallbackLink }
        : null,
    location: location.type === 'stated' ? location.text : null,
    settleWindowMs: frozen.timings.settleWindowMs,
    deadline: toInstant(deadline),
    timers: { remindersInMinutes: eventType.reminders, noShowCheckInMinutes: eventType.noShowCheck },
    ...(approval === null ? {} : { approval }),
    ...(request.invitesOnceVerified ? { invitesOnceVerified: true } : {}),
    ...(frozen.decidedBy === null ? {} : { decidedBy: frozen.decidedBy }),
    fingerprint: saltedFingerprint(frozen.sha256, frozen.salt, request.fingerprint),
    personal: {
      salt: frozen.salt,
      organizer: organizerOf(host),
      attendee: request.attendee,
      guests: request.guests,
      location: location.type === 'personal' ? location.text : null,
      responses: request.responses,
      metadata: request.metadata,
    },
  };
};

/** `busy`: what in a calendar stands in the way, where that is it. */
export type SlotRefused = {
  readonly type: 'SlotRefused';
  readonly refusal: SlotRefusal;
  readonly busy?: BusyFact;
};

/** The same error, with what a calendar has at that time. */
export const withBusy =
  (read: ReadonlyArray<CalendarBusy>, { claim }: Slot) =>
  <Failure extends { readonly type: string }>(error: Failure | SlotRefused): Failure | SlotRefused => {
    if (!isSlotRefused(error) || error.refusal.code !== 'slot_unavailable') return error;
    const busy = error.refusal.cause === 'calendar' ? busyInTheWay(read, claim) : null;
    return busy === null ? error : { ...error, busy };
  };

const isSlotRefused = (error: { readonly type: string }): error is SlotRefused => error.type === 'SlotRefused';
