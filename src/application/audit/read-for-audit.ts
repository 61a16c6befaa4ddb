import * as E from 'fp-ts/lib/Either.js';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import { decodeBookingEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { isObject } from '../../domain/unknown.ts';
import { bookingStream, bookingUidOf, rulesStream, scheduleStream } from '../commands/aggregate.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';

/** All that an audit may do with a log: read it. */
export type AuditLog = Pick<EventStore, 'readAll' | 'readStream' | 'head'>;

export type AuditError =
  | StoreError
  | { readonly type: 'UnknownBooking' }
  /** Several uids begin so. `candidates`: the first of them, `MOST_CANDIDATES` at most; `count`: all. */
  | { readonly type: 'AmbiguousUid'; readonly candidates: ReadonlyArray<string>; readonly count: number }
  | { readonly type: 'UnknownHost' }
  /** `last`: the highest revision that the stream has. */
  | { readonly type: 'UnknownRevision'; readonly last: number }
  /** No stream of a booking or a schedule is called so. */
  | { readonly type: 'UnknownStream' };

/** What something was like then. A revision is that of a stream's event, which is counted in; `ms`: epoch milliseconds. */
export type Moment =
  | { readonly type: 'now' }
  | { readonly type: 'revision'; readonly revision: number }
  | { readonly type: 'instant'; readonly ms: number };

export const NOW = { type: 'now' } as const satisfies Moment;

/** What an instant has to look like, as the end of a sentence. */
export const AN_INSTANT = 'an instant such as 2050-09-05T09:00:00Z';

/** `12` is a revision, `2050-09-05T09:00:00Z` or with another offset an instant. Left: what was expected. */
export const parseMoment = (text: string): E.Either<string, Moment> => {
  if (/^\d{1,9}$/.test(text)) return E.right({ type: 'revision', revision: Number(text) });
  const ms = parseInstant(text);
  return ms === null ? E.left(`a revision, or ${AN_INSTANT}`) : E.right({ type: 'instant', ms });
};

/** A time that is no instant, as somebody may write who changes a log, says nothing. */
const hadHappened = (occurredAt: string, by: number): boolean => (parseInstant(occurredAt) ?? Number.NaN) <= by;

/**
 * The beginning of a stream, up to a moment. Of an instant: up to the last event that had happened by then, so that a clock
 * which was set back for a while leaves no hole.
 */
export const upTo = <A extends Pick<RecordedEvent, 'revision' | 'occurredAt'>>(
  events: ReadonlyArray<A>,
  moment: Moment,
): ReadonlyArray<A> => {
  switch (moment.type) {
    case 'now':
      return events;
    case 'revision':
      return events.filter(({ revision }) => revision <= moment.revision);
    case 'instant':
      return events.slice(0, events.findLastIndex(({ occurredAt }) => hadHappened(occurredAt, moment.ms)) + 1);
  }
};

/** Whether something of an event's personal data was erased, or cannot be read for want of a key. */
export const isErased = ({ data: { personal } }: Pick<RecordedEvent, 'data'>): boolean =>
  isObject(personal) && ('erased' in personal || 'sealed' in personal);

/** An event of a booking as an audit reads it. `event` null: no codec understands it, and `unreadable` says why. */
export type AuditedEvent = {
  readonly recorded: RecordedEvent;
  readonly event: BookingEvent | null;
  readonly erased: boolean;
  readonly unreadable: string | null;
};

/** Reads also what was erased, and passes by what it does not understand: an audit shows it as such. */
export const auditedEvent = (recorded: RecordedEvent): AuditedEvent => {
  const erased = isErased(recorded);
  const decoded = decodeBookingEvent(recorded);
  return E.isLeft(decoded)
    ? { recorded, event: null, erased, unreadable: decoded.left.reason }
    : { recorded, event: decoded.right, erased, unreadable: null };
};

/** Events in a page. */
const PAGE = 1000;

/** Where an audit reads: after a position, up to one. */
export type Span = { readonly after: number; readonly upTo: number };

/** A page with a row that is no event is read again one by one, so that what lies before it is read too. */
const readPage = async (log: Pick<EventStore, 'readAll'>, after: number) => {
  const page = await log.readAll(after, PAGE)();
  return E.isLeft(page) && page.left.type === 'Corrupt' ? log.readAll(after, 1)() : page;
};

/**
 * The log page by page, in its order, up to where it was asked for. Ends with a left where it cannot be read. `onCorrupt`: what
 * is no event is told, and passed by.
 */
export async function* auditPages(
  log: Pick<EventStore, 'readAll'>,
  { after, upTo: last }: Span,
  onCorrupt: ((error: StoreError) => void) | null = null,
): AsyncGenerator<E.Either<StoreError, ReadonlyArray<RecordedEvent>>> {
  let position = after;
  while (position < last) {
    const page = await (onCorrupt === null ? log.readAll(position, PAGE)() : readPage(log, position));
    if (E.isLeft(page)) {
      const next = page.left.type === 'Corrupt' ? (page.left.position ?? 0) : 0;
      if (onCorrupt === null || next <= position) {
        yield page;
        return;
      }
      onCorrupt(page.left);
      position = next;
      continue;
    }
    const end = page.right.at(-1)?.position;
    if (end === undefined) return;
    yield E.right(end <= last ? page.right : page.right.filter((event) => event.position <= last));
    position = end;
  }
}

const UID_LENGTH = 26;
/** So many uids are named of those that begin alike. */
const MOST_CANDIDATES = 10;

/**
 * The whole uid of a booking that is named by it or by its beginning. A whole one costs nothing; for a beginning the log
 * is read.
 */
export const findUid = async (log: AuditLog, prefix: string): Promise<E.Either<AuditError, string>> => {
  const whole = await log.readStream(bookingStream(prefix), 0, 1)();
  if (E.isLeft(whole)) return whole;
  if (whole.right.length > 0) return E.right(prefix);
  if (prefix === '' || prefix.length >= UID_LENGTH) return E.left({ type: 'UnknownBooking' });
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const found: string[] = [];
  // What is no event keeps nobody from being found beside it.
  for await (const page of auditPages(log, { after: 0, upTo: head.right }, () => undefined)) {
    if (E.isLeft(page)) return page;
    for (const { stream, revision } of page.right) {
      const uid = revision === 0 ? bookingUidOf(stream) : null;
      if (uid?.startsWith(prefix) === true) found.push(uid);
    }
  }
  const [uid] = found;
  if (uid === undefined) return E.left({ type: 'UnknownBooking' });
  return found.length === 1
    ? E.right(uid)
    : E.left({ type: 'AmbiguousUid', candidates: found.slice(0, MOST_CANDIDATES), count: found.length });
};

/**
 * Left `UnknownHost` where the log has no such host: nothing said of one that nobody knows would be taken for an answer. Its
 * rules are in the log since it was configured, in older logs its times alone.
 */
export const checkHost = async (
  log: Pick<AuditLog, 'readStream'>,
  hostId: string,
): Promise<E.Either<AuditError, null>> => {
  for (const stream of [rulesStream(hostId), scheduleStream(hostId)]) {
    const first = await log.readStream(stream, 0, 1)();
    if (E.isLeft(first)) return first;
    if (first.right.length > 0) return E.right(null);
  }
  return E.left({ type: 'UnknownHost' });
};

/** The stream of one booking, oldest first. */
export const readAudited = async (
  log: AuditLog,
  uid: string,
): Promise<E.Either<AuditError, ReadonlyArray<AuditedEvent>>> => {
  const events = await log.readStream(bookingStream(uid))();
  if (E.isLeft(events)) return events;
  return events.right.length === 0
    ? E.left({ type: 'UnknownBooking' })
    : E.right(events.right.map((event) => auditedEvent(event)));
};

/** The same events, where they reach a moment: a revision that a stream does not have is no moment of it. */
export const reaching = (
  events: ReadonlyArray<AuditedEvent>,
  moment: Moment,
): E.Either<AuditError, ReadonlyArray<AuditedEvent>> => {
  const last = events.at(-1)?.recorded.revision ?? -1;
  return moment.type === 'revision' && moment.revision > last
    ? E.left({ type: 'UnknownRevision', last })
    : E.right(events);
};
