import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../src/adapters/identity/ids.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import type { BookingEventData } from '../../src/domain/booking/events.ts';
import { type LoggedEvent, newestVersion } from '../../src/domain/log/decode.ts';
import type { Actor, Envelope, JsonObject } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import { rulesOf } from '../../src/domain/rules/decision-facts.ts';
import { requestData } from '../../src/testing/booking-events.ts';
import { odd as host } from './hosts.ts';
import { mustRun } from './must.ts';

/** Accepted at the second try, and told so. */
export const RUNA = '01j8zq3v7h5m2n4p6r8t0w1x3y';
/** Accepted, then cancelled by its guest. */
export const IVAR = '01j8zq5c9k7n4q6s8v0x2z4b6d';
export const FRONT_DESK = 'key_0123456789abcdef';

const desk: Actor = { kind: 'host', id: FRONT_DESK };
const system: Actor = { kind: 'system' };
const guest: Actor = { kind: 'guest' };

/** One event as it is told: `because`: ordinal of the event of its stream that caused it; null: a command did. */
type Told = readonly [at: string, event: Pick<LoggedEvent, 'type' | 'data'>, because?: number | null, actor?: Actor];
type Line = readonly [stream: string, ...told: Told];

const idOf = (stream: string, ordinal: number): string => deterministicId(stream, ordinal);
const work = (attempt: number) => ({ calendarId: 'work', attempt });
const span = (start: string, end: string) => ({ start, end, claim: { start, end } });
const RUNAS = span('2050-09-06T09:00:00Z', '2050-09-06T09:30:00Z');
const IVARS = span('2050-09-07T12:00:00Z', '2050-09-07T12:30:00Z');

const request = (
  who: { readonly name: string; readonly email: string },
  time: typeof RUNAS,
  title: string,
): BookingEventData<'BookingRequested'> => {
  const data = requestData({ start: time.start, end: time.end });
  return {
    ...data,
    ...time,
    title,
    deadline: '2050-09-05T10:00:00Z',
    personal: { ...data.personal, attendee: { ...data.personal.attendee, ...who } },
  };
};

const held = (uid: string, time: typeof RUNAS): LoggedEvent['data'] => ({
  bookingUid: uid,
  icsUid: 'booking1@holdfast',
  eventTypeId: 1,
  ...time,
});
const holds = { providerEventId: '/odd/1.ics', status: 'tentative', meetingUrl: null, found: false } as const;
const failure = { kind: 'provider-error', message: 'the calendar server answered 503', retryable: true } as const;
const mail = (stream: string, about: number, notification: string, recipient: string) =>
  ({
    type: 'NotificationSent',
    data: {
      causedBy: idOf(stream, about),
      channel: 'mail',
      notification,
      recipient,
      messageId: `<${notification}@holdfast>`,
    },
  }) as const;

const runa = `booking-${RUNA}`;
const ivar = `booking-${IVAR}`;
const odd = 'schedule-odd';

/** In the order of the log. */
const lines = [
  [odd, '08:00:00', { type: 'SlotHeld', data: held(RUNA, RUNAS) }, null, desk],
  [
    runa,
    '08:00:00',
    { type: 'BookingRequested', data: request({ name: 'Runa', email: 'runa@example.com' }, RUNAS, 'Introduction') },
    null,
    desk,
  ],
  [runa, '08:00:00.01', { type: 'CalendarSyncStarted', data: work(1) }, 0],
  [
    runa,
    '08:00:01.25',
    { type: 'CalendarSyncFailed', data: { ...work(1), ...failure, retryAt: '2050-09-05T08:00:11.25Z' } },
    0,
  ],
  [
    runa,
    '08:00:01.25',
    {
      type: 'BookingLeftPending',
      data: {
        reason: 'calendar_sync_failed',
        deadline: '2050-09-05T10:00:00Z',
        failures: [{ calendarId: 'work', ...failure }],
      },
    },
    2,
  ],
  [runa, '08:00:01.3', mail(runa, 3, 'received-not-confirmed', 'attendee'), 3],
  [runa, '08:00:01.31', mail(runa, 3, 'action-needed', 'host'), 3],
  [runa, '08:00:11.3', { type: 'CalendarSyncStarted', data: work(2) }, 3],
  [runa, '08:00:11.5', { type: 'CalendarSyncSucceeded', data: { ...work(2), ...holds } }, 3],
  [runa, '08:00:11.5', { type: 'BookingAccepted', data: { reason: 'calendar_holds_it' } }, 7],
  [odd, '08:00:11.51', { type: 'SlotConfirmed', data: { bookingUid: RUNA } }, null],
  [runa, '08:00:11.6', { type: 'CalendarEventConfirmed', data: { ...work(1), tookMs: 85 } }, 8],
  [runa, '08:00:11.7', mail(runa, 8, 'confirmed', 'attendee'), 8],
  [odd, '08:10:00', { type: 'SlotHeld', data: held(IVAR, IVARS) }, null, guest],
  [
    ivar,
    '08:10:00',
    { type: 'BookingRequested', data: request({ name: '=Ivar', email: 'ivar@example.com' }, IVARS, 'Planning') },
    null,
    guest,
  ],
  [ivar, '08:10:00.01', { type: 'CalendarSyncStarted', data: work(1) }, 0],
  [ivar, '08:10:00.1', { type: 'CalendarSyncSucceeded', data: { ...work(1), ...holds } }, 0],
  [ivar, '08:10:00.1', { type: 'BookingAccepted', data: { reason: 'calendar_holds_it' } }, 2],
  [odd, '08:10:00.11', { type: 'SlotConfirmed', data: { bookingUid: IVAR } }, null],
  [
    ivar,
    '08:20:00',
    {
      type: 'BookingCancelled',
      data: { by: 'guest', personal: { salt: '00000000000000000000000000000000', reason: 'ill' } },
    },
    null,
    guest,
  ],
  [ivar, '08:20:00.1', { type: 'CalendarRemovalSucceeded', data: { ...work(1), outcome: 'removed' } }, 4],
  [odd, '08:20:00.11', { type: 'SlotReleased', data: { bookingUid: IVAR, reason: 'cancelled' } }, null],
] as ReadonlyArray<Line>;

const rules = rulesOf(sha256Hex, { ...host, calendarIds: ['work'] });
const decidedBy = { rules: rules.digest, calendars: ['work'], busy: [] };

const deskKey = {
  keyId: FRONT_DESK,
  number: 0,
  by: null,
  roles: ['book'],
  hostId: null,
  createdAt: '2050-09-01T08:00:00Z',
};
const auditor: Actor = { kind: 'operator', id: 'key_auditor' };
const read = { keyId: 'key_auditor', hour: '2050-09-05T21:00:00Z', answers: { show: 1 } };
const configured = (paths: ReadonlyArray<string>) => ({
  when: 'start' as const,
  keyed: '0123456789abcdef',
  changes: paths.map((path) => ({ path, digest: 'fedcba9876543210' })),
});

/** The same, with what its first hold was decided by; the second one is of a program that did not write that. */
const linesWithFacts = (): ReadonlyArray<Line> => [
  ['changes-installation', '07:00:00', { type: 'ApiKeyMade', data: deskKey }, null],
  [
    'changes-installation',
    '07:00:00',
    { type: 'ConfigurationChanged', data: configured(['hosts[odd].name', 'mail.type']) },
    null,
  ],
  [
    'changes-installation',
    '07:30:00',
    { type: 'ConfigurationChanged', data: configured(['calendars[work].password']) },
    null,
  ],
  ['rules-odd', '07:00:00', { type: 'HostRulesChanged', data: rules }, null],
  [odd, '08:00:00', { type: 'SlotHeld', data: { ...held(RUNA, RUNAS), decidedBy } }, null, desk],
  ...lines.slice(1),
  ['changes-installation', '21:00:00', { type: 'PersonalDataRead', data: read }, null, auditor],
];

type SealOne = (event: Pick<Envelope, 'id' | 'data'>, mailbox: string) => JsonObject;

/**
 * A small log, always the same: two bookings of one host, in the order in which it was written. `sealOne`: how personal data
 * is encrypted before it is hashed; in the clear without it.
 */
export const auditedLog = (
  withFacts = false,
  sealOne: SealOne = ({ data }) => data,
): ReadonlyArray<{ readonly stream: string; readonly event: Envelope }> => {
  const ends = new Map<string, { readonly count: number; readonly hash: string }>();
  return (withFacts ? linesWithFacts() : lines).flatMap(
    ([stream, at, { type, data }, because = null, actor = system]) => {
      const { count, hash } = ends.get(stream) ?? { count: 0, hash: GENESIS_HASH };
      const id = idOf(stream, count);
      const sealed = seal(sha256Hex)(hash, [
        {
          id,
          type,
          version: newestVersion(type),
          // Codecs let only JSON in; the type of free-form answers is `unknown` there.
          data: sealOne({ id, data: data as JsonObject }, stream === ivar ? 'ivar@example.com' : 'runa@example.com'),
          occurredAt: `2050-09-05T${at}Z`,
          actor,
          correlationId: stream.slice(stream.indexOf('-') + 1),
          causationId: because === null ? null : idOf(stream, because),
        },
      ]);
      ends.set(stream, { count: count + 1, hash: sealed[0]?.hash ?? '' });
      return sealed.map((event) => ({ stream, event }));
    },
  );
};

/** Writes it, event by event, so that the order is that of the log. */
export const writeAuditedLog = async (
  store: Pick<EventStore, 'append'>,
  log: ReturnType<typeof auditedLog> = auditedLog(),
): Promise<void> => {
  const counts = new Map<string, number>();
  for (const { stream, event } of log) {
    const count = counts.get(stream) ?? 0;
    await mustRun(store.append({ stream, expected: count === 0 ? 'no-stream' : count - 1, events: [event] }));
    counts.set(stream, count + 1);
  }
};
