import { KEY_FOLDER } from '../../src/adapters/privacy/key-files.ts';
import { readSubjectKeys } from '../../src/adapters/privacy/subject-key-folder.ts';
import { openEvent } from '../../src/application/privacy/sealing.ts';
import { makeLogVerifier } from '../../src/application/audit/log-verifier.ts';
import { join } from 'node:path';
import { makeSqliteLogStorage } from '../../src/adapters/event-store/embedded/sqlite-log-storage.ts';
import { decodeStored } from '../../src/adapters/event-store/embedded/log-storage.ts';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { openDataFileReadOnly } from '../../src/adapters/sqlite/data-file.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import type { Json, RecordedEvent } from '../../src/domain/log/envelope.ts';
import { firstBrokenLink, GENESIS_HASH } from '../../src/domain/log/hash-chain.ts';
import { intervalOf, overlaps } from '../../src/domain/time/time.ts';
import { at } from './http-client.ts';
import { must } from './must.ts';

/** What must never be, in words; a check answers all it found. */
export type Violations = ReadonlyArray<string>;
export type Log = ReadonlyArray<RecordedEvent>;

const NO_LIMIT = 1_000_000_000;

/** All events as they lie in the data file, read beside a running server or without one. */
export const readLog = (dataFolder: string): Log => {
  const file = must(openDataFileReadOnly(join(dataFolder, DATA_FILE)));
  try {
    return must(decodeStored(makeSqliteLogStorage(file.db, undefined).after(0, NO_LIMIT)));
  } finally {
    file.close();
  }
};

/** The same, with personal data in the clear: for what asks whether the world outside says what the log says. */
export const readOpenLog = (dataFolder: string): Log => {
  const keys = must(readSubjectKeys(join(dataFolder, KEY_FOLDER)));
  return readLog(dataFolder).map((event) => must(openEvent(keys, event)));
};

export const textOf = (value: Json): string => (typeof value === 'string' ? value : '');
const field = (event: RecordedEvent, ...path: ReadonlyArray<string>): string => textOf(at(event.data, ...path));

export type Status = 'none' | 'pending' | 'accepted' | 'cancelled' | 'rejected';

/** A person deleted, moved or cancelled the event in the calendar. */
export const isFact = ({ type, data }: RecordedEvent): boolean =>
  type === 'CalendarEventMissing' ||
  type === 'CalendarEventMoved' ||
  (type === 'CalendarEventChanged' && at(data, 'change') === 'cancelled');

/** The calendar has the event at its time again, or the booking has followed it. */
const settlesFact: ReadonlySet<string> = new Set([
  'CalendarEventVerified',
  'CalendarMoveSucceeded',
  'BookingRescheduled',
]);

/**
 * The status that the names of a stream's events tell, by a rule of its own: the domain's fold is what is tested. It goes for
 * bookings with one calendar: from such a fact on and until that is settled, an accepted one is pending.
 */
export const statusOf = (events: Log): Status => {
  const status = events.reduce<Status>((before, { type }) => {
    if (type === 'BookingRequested') return before === 'none' ? 'pending' : before;
    if (before !== 'pending' && before !== 'accepted') return before;
    if (type === 'BookingCancelled') return 'cancelled';
    if (type === 'BookingRejected' || type === 'BookingExpired') return 'rejected';
    return type === 'BookingAccepted' ? 'accepted' : before;
  }, 'none');
  const fact = events.findLastIndex(isFact);
  const isOpen = fact !== -1 && !events.slice(fact).some(({ type }) => settlesFact.has(type));
  return status === 'accepted' && isOpen ? 'pending' : status;
};

export type LoggedBooking = {
  readonly uid: string;
  readonly hostId: string;
  readonly icsUid: string;
  readonly calendarIds: ReadonlyArray<string>;
  readonly status: Status;
  readonly events: Log;
};

const calendarsOf = (requested: RecordedEvent): ReadonlyArray<string> => {
  const calendars = at(requested.data, 'calendars');
  return Array.isArray(calendars) ? calendars.map((each: Json) => textOf(at(each, 'calendarId'))) : [];
};

/** Without what a server says of its own rules and configuration at its start. */
export const ofBookings = (log: Log): Log =>
  log.filter(({ stream }) => !stream.startsWith('rules-') && !stream.startsWith('changes-'));

export const bookingsIn = (log: Log): ReadonlyArray<LoggedBooking> =>
  [...Map.groupBy(log, ({ stream }) => stream)].flatMap(([stream, events]) => {
    // Before it may be that an earlier try was given up.
    const requested = events.find(({ type }) => type === 'BookingRequested');
    if (!stream.startsWith('booking-') || requested === undefined) return [];
    return {
      uid: stream.slice('booking-'.length),
      hostId: field(requested, 'hostId'),
      icsUid: field(requested, 'icsUid'),
      calendarIds: calendarsOf(requested),
      status: statusOf(events),
      events,
    };
  });

export const isLive = ({ status }: Pick<LoggedBooking, 'status'>): boolean =>
  status === 'pending' || status === 'accepted';

/** Streams count from 0 without a gap, begin with their first event, and their hashes form one chain. */
export const brokenStreams = (log: Log): Violations =>
  [...Map.groupBy(log, ({ stream }) => stream)].flatMap(([stream, events]) => {
    const gap = events.findIndex(({ revision }, index) => revision !== index);
    const link = firstBrokenLink(sha256Hex)(GENESIS_HASH, events);
    const requests = events.filter(({ type }) => type === 'BookingRequested').length;
    return [
      ...(gap === -1 ? [] : [`${stream}: revision ${gap} is missing`]),
      ...(link === null ? [] : [`${stream}: the hash chain breaks at ${link}`]),
      ...(stream.startsWith('booking-') && requests !== 1 ? [`${stream}: requested ${requests} times`] : []),
      ...(new Set(events.map(({ id }) => id)).size === events.length ? [] : [`${stream}: an event is there twice`]),
    ];
  });

/** I1: no BookingAccepted before a success with an id, except where the host has no calendar, and says so. */
export const acceptedTooEarly = (log: Log): Violations =>
  bookingsIn(log).flatMap(({ uid, events, calendarIds }) => {
    const accepted = events.findIndex(({ type }) => type === 'BookingAccepted');
    if (accepted === -1) return [];
    const before = events.slice(0, accepted);
    const held = before.some((each) => each.type === 'CalendarSyncSucceeded' && field(each, 'providerEventId') !== '');
    const reason = events[accepted] === undefined ? '' : field(events[accepted], 'reason');
    const isExempt = calendarIds.length === 0 && reason === 'no_calendar_connected';
    return held || isExempt ? [] : [`${uid}: accepted before any calendar held it`];
  });

type Span = { readonly start: number; readonly end: number };

/** What one host's schedule holds: by booking, and beside it for moves, under the booking and the move. */
const claimsIn = (events: Log) => {
  const held = new Map<string, Span>();
  const forMoves = new Map<string, { readonly uid: string; readonly span: Span }>();
  const overlapping = events.flatMap((event) => {
    const uid = field(event, 'bookingUid');
    const move = `${uid} ${field(event, 'rescheduleId')}`;
    if (event.type === 'SlotReleased') {
      held.delete(uid);
      for (const [key, claim] of forMoves) if (claim.uid === uid) forMoves.delete(key);
    }
    const moved = forMoves.get(move);
    if (event.type === 'SlotMoved' && moved !== undefined) held.set(uid, moved.span);
    if (event.type === 'SlotMoved' || event.type === 'NewSlotReleased') forMoves.delete(move);
    if (event.type !== 'SlotHeld' && event.type !== 'NewSlotHeld') return [];
    const span = intervalOf({ start: field(event, 'claim', 'start'), end: field(event, 'claim', 'end') });
    const all = [...[...held].map(([holder, claim]) => ({ uid: holder, span: claim })), ...forMoves.values()];
    const clash = all.find((other) => other.uid !== uid && overlaps(span, other.span));
    if (event.type === 'SlotHeld') held.set(uid, span);
    else forMoves.set(move, { uid, span });
    return clash === undefined ? [] : [`${event.stream}: ${uid} overlaps ${clash.uid}`];
  });
  return { held, forMoves, overlapping };
};

const endsMove: ReadonlySet<string> = new Set([
  'BookingRescheduled',
  'RescheduleFailed',
  'RescheduleDeclined',
  'RescheduleWithdrawn',
]);

/** Moves that were asked for and have not ended. `waits`: for the host's word. */
export const openMoves = ({ events }: Pick<LoggedBooking, 'events'>) =>
  events.flatMap((event) => {
    if (event.type !== 'RescheduleRequested') return [];
    const id = field(event, 'rescheduleId');
    const own = events.filter((other) => field(other, 'rescheduleId') === id).map(({ type }) => type);
    if (own.some((type) => endsMove.has(type))) return [];
    return [{ id, waits: at(event.data, 'requiresApproval') === true && !own.includes('RescheduleApproved') }];
  });

/** The start that is in force after these events, epoch ms: of the last move that came off, else of the request. */
export const startOf = (events: Log): number | null => {
  const event = events.findLast(({ type }) => type === 'BookingRescheduled' || type === 'BookingRequested');
  return event === undefined ? null : Temporal.Instant.from(field(event, 'start')).epochMilliseconds;
};

/**
 * I2: at no moment of the log do two claims of one host overlap, those for moves too; at its end exactly the live bookings
 * hold one, and beside it those that wait to be moved.
 */
export const wrongClaims = (log: Log): Violations => {
  const bookings = bookingsIn(log);
  const live = new Set(bookings.flatMap((booking) => (isLive(booking) ? [booking.uid] : [])));
  const moving = new Set(
    bookings.filter(isLive).flatMap((booking) => openMoves(booking).map(({ id }) => `${booking.uid} ${id}`)),
  );
  const schedules = Map.groupBy(
    log.filter(({ stream }) => stream.startsWith('schedule-')),
    ({ stream }) => stream,
  );
  const claims = [...schedules.values()].map(claimsIn);
  const holders = new Set(claims.flatMap(({ held }) => [...held.keys()]));
  return [
    ...claims.flatMap(({ overlapping }) => overlapping),
    ...[...live].filter((uid) => !holders.has(uid)).map((uid) => `${uid}: live without a claim`),
    ...[...holders].filter((uid) => !live.has(uid)).map((uid) => `${uid}: holds a slot and is not live`),
    ...claims
      .flatMap(({ forMoves }) => [...forMoves.keys()])
      .filter((move) => !moving.has(move))
      .map((move) => `${move}: holds a time for a move that is over`),
  ];
};

/** What `holdfast audit verify` finds: an event that no decider could have written, say. */
export const audited = (log: Log): Violations => {
  const verifier = makeLogVerifier(sha256Hex);
  const findings = [...log.flatMap(verifier.add), ...verifier.end()];
  return findings.map(({ kind, stream, revision, reason }) => `${kind}: ${stream}, revision ${revision}: ${reason}`);
};

/** Everything that can be told from the log alone. */
export const checkLog = (log: Log): Violations => [
  ...brokenStreams(log),
  ...acceptedTooEarly(log),
  ...wrongClaims(log),
];
