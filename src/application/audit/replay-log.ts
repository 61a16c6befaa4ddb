import * as E from 'fp-ts/lib/Either.js';
import { type Divergence, redecideBooking } from '../../domain/audit/redecide.ts';
import { redecideSlots } from '../../domain/audit/redecide-slots.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import { decodeScheduleEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { bookingStream, bookingUidOf, scheduleHostOf } from '../commands/aggregate.ts';
import type { StoreError } from '../ports/event-store.ts';
import { auditedEvent, type AuditError, type AuditLog, auditPages, checkHost } from './read-for-audit.ts';
import { lastTime } from './log-time.ts';
import { judgingRules, type ReplayRules } from './recorded-rules.ts';

/**
 * What is decided again; null: everything. `from`, `to`: epoch milliseconds, half-open, of the events whose divergences are
 * reported, and which are counted; streams are folded from their beginnings all the same.
 */
export type ReplayScope = {
  readonly stream: string | null;
  readonly hostId: string | null;
  readonly from: number;
  readonly to: number;
};

export type LocatedDivergence = Divergence & {
  readonly stream: string;
  readonly position: number;
  readonly occurredAt: string;
};

/** So many divergences are kept one by one; the rest are counted. */
export const MOST_DIVERGENCES = 1000;

/** `unreadable`: streams that were left out, for one of their events is not understood. */
export type ReplayReport = {
  readonly streams: number;
  readonly decisions: number;
  readonly slots: number;
  readonly unreadable: number;
  readonly divergences: ReadonlyArray<LocatedDivergence>;
  readonly more: number;
};

type Stream = ReadonlyArray<RecordedEvent>;
type Revisions = ReadonlyArray<number>;
type Judged = {
  readonly decided: Revisions;
  readonly held: Revisions;
  readonly divergences: ReadonlyArray<Divergence>;
};

const bookingEvents = (
  events: Stream,
): ReadonlyArray<{ readonly revision: number; readonly event: BookingEvent }> | null => {
  const read = events.map((recorded) => ({ revision: recorded.revision, event: auditedEvent(recorded).event }));
  const known = read.flatMap(({ revision, event }) => (event === null ? [] : [{ revision, event }]));
  return known.length === read.length ? known : null;
};

/** Requests that compete are held when they are approved: hours and notice were looked at before. */
const competes = async (log: AuditLog, uid: string): Promise<boolean> => {
  const first = await log.readStream(bookingStream(uid), 0, 1)();
  const event = E.isRight(first) && first.right[0] !== undefined ? auditedEvent(first.right[0]).event : null;
  return event?.type === 'BookingRequested' && event.data.approval?.holdsSlot === false;
};

const judgeSchedule = async (
  log: AuditLog,
  hostId: string,
  events: Stream,
  rules: ReplayRules,
): Promise<Judged | null> => {
  const decoded = events.map((recorded) => ({ revision: recorded.revision, read: decodeScheduleEvent(recorded) }));
  const known = decoded.flatMap(({ revision, read }) => (E.isRight(read) ? [{ revision, event: read.right }] : []));
  if (known.length < decoded.length) return null;
  const uids = new Set(known.map(({ event }) => event.data.bookingUid));
  const late = new Set<string>();
  for (const uid of uids) if (await competes(log, uid)) late.add(uid);
  return { decided: [], ...redecideSlots(known, await judgingRules(log, hostId, rules), (uid) => !late.has(uid)) };
};

/** By the first event of its stream. */
const isOfHost = ({ stream, data }: RecordedEvent, hostId: string | null): boolean =>
  hostId === null || scheduleHostOf(stream) === hostId || data.hostId === hostId;

/** A time that is no instant, as somebody may write who changes a log, is that of no period. */
const isWithin = ({ occurredAt }: RecordedEvent, { from, to }: ReplayScope): boolean => {
  const ms = parseInstant(occurredAt) ?? Number.NaN;
  return ms >= from && ms < to;
};

/**
 * The streams of bookings and schedules that are asked for, in the order of their first events; `position`: of that one. Null for
 * one with a row that is no event. A stream whose first row is none is not known to be one.
 */
async function* streamsIn(
  log: AuditLog,
  scope: ReplayScope,
  upTo: number,
): AsyncGenerator<E.Either<StoreError, { readonly events: Stream | null; readonly position: number }>> {
  for await (const page of auditPages(log, { after: 0, upTo }, () => undefined)) {
    if (E.isLeft(page)) yield page;
    for (const first of E.isRight(page) ? page.right : []) {
      const { stream, revision, position } = first;
      const isJudged = bookingUidOf(stream) !== null || scheduleHostOf(stream) !== null;
      if (revision !== 0 || !isJudged || (scope.stream ?? stream) !== stream) continue;
      if (!isOfHost(first, scope.hostId)) continue;
      const read = await log.readStream(stream)();
      if (E.isRight(read)) yield E.right({ events: read.right, position });
      else yield read.left.type === 'Corrupt' ? E.right({ events: null, position }) : read;
    }
  }
}

/**
 * Folds the streams of bookings and schedules again, one in memory at a time, and decides again what was decided, with today's
 * code and these rules. Reads only.
 */
export const replayLog = async (
  log: AuditLog,
  rules: ReplayRules,
  scope: ReplayScope,
  onProgress: (position: number, head: number) => void,
): Promise<E.Either<AuditError, ReplayReport>> => {
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const divergences: LocatedDivergence[] = [];
  let [streams, decisions, slots, unreadable, more, logTime] = [0, 0, 0, 0, 0, 0];
  const note = (inPeriod: ReadonlyMap<number, RecordedEvent>, found: ReadonlyArray<Divergence>): void => {
    for (const divergence of found) {
      const event = inPeriod.get(divergence.at);
      if (event === undefined) continue;
      const { stream, position, occurredAt } = event;
      if (divergences.length < MOST_DIVERGENCES) divergences.push({ ...divergence, stream, position, occurredAt });
      else more += 1;
    }
  };
  const leaveOut = (): void => {
    streams += 1;
    unreadable += 1;
  };
  const judge = async (events: Stream): Promise<void> => {
    const hostId = scheduleHostOf(events[0]?.stream ?? '');
    const known = hostId === null ? bookingEvents(events) : null;
    const judged =
      hostId === null
        ? known && { held: [], ...redecideBooking(known, rules === 'recorded' ? null : rules, logTime) }
        : await judgeSchedule(log, hostId, events, rules);
    if (judged === null) return leaveOut();
    streams += 1;
    const inPeriod = new Map(
      events.filter((event) => isWithin(event, scope)).map((event) => [event.revision, event] as const),
    );
    decisions += judged.decided.filter((revision) => inPeriod.has(revision)).length;
    slots += judged.held.filter((revision) => inPeriod.has(revision)).length;
    note(inPeriod, judged.divergences);
  };
  const last = await lastTime(log, head.right);
  if (E.isLeft(last)) return last;
  logTime = last.right;
  for await (const read of streamsIn(log, scope, head.right)) {
    if (E.isLeft(read)) return read;
    if (read.right.events === null) leaveOut();
    else await judge(read.right.events);
    onProgress(read.right.position, head.right);
  }
  onProgress(head.right, head.right);
  // Nothing to say of what is not there is no proof that nothing has changed.
  if (streams === 0 && scope.stream !== null) return E.left({ type: 'UnknownStream' });
  const known = streams === 0 && scope.hostId !== null ? await checkHost(log, scope.hostId) : E.right(null);
  if (E.isLeft(known)) return known;
  return E.right({ streams, decisions, slots, unreadable, divergences, more });
};
