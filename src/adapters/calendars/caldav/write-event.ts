import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { none, type Option, some, toNullable } from 'fp-ts/lib/Option.js';
import type { CalendarEvent, OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import { isSameInstant } from '../../../domain/booking/reschedule-state.ts';
import { readEventTimes } from '../../icalendar/read-times.ts';
import { type DavAnswer, calendarFailed, failureIn, headerOf, isPage } from './failures.ts';
import { isInside, isSamePlace, readMultistatus } from './multistatus.ts';
import { type FoundObject, isGone, locate, readAt, storedAs } from './locate-event.ts';
import { calendarObject, isAsWritten, loggedUrlOf, shownUrl, urlOf } from './own-object.ts';
import { type AtCalendar, failureOfAnswer, sighted } from './session.ts';

/** RFC 9110, 13.1: only if nothing is there yet, only if what is there is what we know, or whatever is there. */
type Precondition = { readonly 'if-none-match': '*' } | { readonly 'if-match': string } | Record<string, never>;

/** RFC 9110, 8.8.3.2: a weak ETag never matches in If-Match. Then a look just before has to do. */
const unlessChanged = (etag: string | null): Precondition =>
  etag === null || etag.startsWith('W/') ? {} : { 'if-match': etag };

/** A server may answer 207 and put its refusal inside (Xandikos does, for a UID that is taken). */
const unwrapped = (answer: DavAnswer): DavAnswer => {
  const resources = answer.status === 207 ? readMultistatus(answer.body) : null;
  const inner = resources === null || isLeft(resources) ? undefined : resources.right[0]?.status;
  return inner === undefined || inner < 300 ? answer : { ...answer, status: inner };
};

const put = async (at: AtCalendar, url: URL, event: CalendarEvent, precondition: Precondition): Promise<DavAnswer> =>
  unwrapped(
    await at.send({
      method: 'PUT',
      url,
      headers: { 'content-type': 'text/calendar; charset=utf-8', ...precondition },
      body: calendarObject(event, Temporal.Instant.fromEpochMilliseconds(at.nowMs()).toString()),
    }),
  );

const isSuccess = ({ status }: DavAnswer): boolean => status >= 200 && status < 300;

/** RFC 4791, 5.3.4: the server has stored what it was given, octet for octet, when it names the ETag. */
const isDefinite = (answer: DavAnswer, status: ReadonlyArray<number>): boolean => {
  const location = headerOf(answer, 'location');
  const elsewhere = location === undefined ? null : URL.parse(location, answer.url);
  return (
    status.includes(answer.status) &&
    headerOf(answer, 'etag') !== undefined &&
    !isPage(answer) &&
    (elsewhere === null || isSamePlace(elsewhere, answer.url))
  );
};

const written = (answer: DavAnswer): StoredCalendarEvent =>
  storedAs({ url: answer.url, etag: headerOf(answer, 'etag') ?? null });

/** RFC 4791, 5.3.2.1: the UID is in the calendar already, under another name. */
const isUidConflict = (answer: DavAnswer): boolean => answer.body.includes('no-uid-conflict');

const somebodyElses = (): Error =>
  calendarFailed({ kind: 'already-exists', message: 'the calendar holds another event under the UID of this booking' });

/** What was answered does not say whether it was done, and the look that was to tell came to nothing. */
const unsure = ({ status }: DavAnswer, what: string, why: string): Error =>
  calendarFailed(
    { kind: 'outcome-unknown', message: `the calendar server answered ${status} to ${what}; ${why}` },
    status,
  );

/** A look after a write. One that fails leaves the write as open as it was. */
const lookAfter = async <A>(answer: DavAnswer, what: string, look: () => Promise<A>): Promise<A> => {
  try {
    return await look();
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined || (answer.status === 409 && failure.kind === 'calendar-not-found')) throw error;
    throw unsure(answer, what, `looking it up failed: ${failure.message}`);
  }
};

const CREATING = 'creating the event';

/**
 * PUT with `If-None-Match: *`. Only 201 with an ETag is believed (RFC 9110, 9.3.4); after any other success, and where
 * something is there already, the event is looked up, under other names too.
 */
export const createDavEvent = async (at: AtCalendar, event: CalendarEvent): Promise<StoredCalendarEvent> => {
  const answer = await put(at, urlOf(at, event), event, { 'if-none-match': '*' });
  if (isDefinite(answer, [201])) {
    sighted(at);
    return written(answer);
  }
  const isThere = answer.status === 409 || answer.status === 412 || isUidConflict(answer);
  if (!isThere && !isSuccess(answer)) throw await failureOfAnswer(at, answer, CREATING, true);
  const found = await lookAfter(answer, CREATING, () => locate(at, event));
  if (found?.whose === 'ours') return storedAs(found);
  if (found !== null) throw somebodyElses();
  if (isSuccess(answer)) throw unsure(answer, CREATING, 'the event is not there');
  throw isUidConflict(answer) ? somebodyElses() : await failureOfAnswer(at, answer, CREATING, true);
};

/** None where it is certain that the event is nowhere, or where another stands in its place. */
export const findEvent = async (at: AtCalendar, own: OwnEvent): Promise<Option<StoredCalendarEvent>> => {
  const found = await locate(at, own);
  return found?.whose === 'ours' ? some(storedAs(found)) : none;
};

const changedMeanwhile = (): Error =>
  calendarFailed({ kind: 'provider-error', message: 'the event was changed in the calendar at the same moment' });

/** How often an event is looked at and written again when it changes in between. */
const MAX_LOOKS = 3;

const CHANGING = 'changing the event';

/** Whether a person has moved or cancelled an event that we did not want to move. What cannot be understood says neither. */
const isTakenElsewhere = ({ text }: FoundObject, event: CalendarEvent, stored: StoredCalendarEvent): boolean => {
  if (stored.start === undefined || !isSameInstant(stored.start, event.start)) return false;
  const times = readEventTimes(text, event.timeZone);
  return (
    isRight(times) &&
    (times.right.cancelled ||
      !isSameInstant(times.right.start, event.start) ||
      !isSameInstant(times.right.end, event.end))
  );
};

const leftAlone = (): Error =>
  calendarFailed({ kind: 'provider-error', message: 'a person has changed the event in the calendar; it was left so' });

/** Our event as it is now, to be written over. */
const currentEvent = async (
  at: AtCalendar,
  own: OwnEvent & CalendarEvent,
  stored: StoredCalendarEvent,
): Promise<FoundObject> => {
  const found = await locate(at, own);
  if (found === null) throw calendarFailed({ kind: 'calendar-not-found', message: 'the event is gone' });
  if (found.whose !== 'ours') throw somebodyElses();
  if (isTakenElsewhere(found, own, stored)) throw leftAlone();
  return found;
};

/** What came of a PUT over our event: its answer where that is definite, else what is read back. */
const settled = async (at: AtCalendar, event: CalendarEvent, answer: DavAnswer): Promise<StoredCalendarEvent> => {
  if (isDefinite(answer, [201, 204])) return written(answer);
  const own = { ...event, stored: { providerEventId: answer.url.pathname, calendarAddress: answer.url.origin } };
  const found = await lookAfter(answer, CHANGING, () => readAt(at, answer.url, own));
  if (found?.whose === 'ours' && isAsWritten(found.identity, event)) return storedAs(found);
  throw unsure(answer, CHANGING, 'the calendar does not hold the change');
};

/**
 * PUT over our event, with `If-Match` where there is a strong ETag. What was known may be old, since the host edits too:
 * then it is read again. A server whose ETag does not match although nothing changed is written to after that look.
 */
export const changeDavEvent = async (
  at: AtCalendar,
  event: CalendarEvent,
  stored: StoredCalendarEvent,
): Promise<StoredCalendarEvent> => {
  const { providerEventId, calendarAddress = null } = stored;
  const own = { ...event, stored: { providerEventId, calendarAddress } };
  const logged = loggedUrlOf(at, own);
  const known = toNullable(stored.etag);
  const isKnown = logged !== null && isInside(logged, at.collection) && 'if-match' in unlessChanged(known);
  let target: Pick<FoundObject, 'url' | 'etag'> = isKnown
    ? { url: logged, etag: known }
    : await currentEvent(at, own, stored);
  let refusedEtag: string | null = null;
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const condition: Precondition = target.etag === refusedEtag ? {} : unlessChanged(target.etag);
    const answer = await put(at, target.url, event, condition);
    if (isSuccess(answer)) return settled(at, event, answer);
    if (answer.status !== 412 && !isGone(answer.status)) throw await failureOfAnswer(at, answer, CHANGING, true);
    refusedEtag = answer.status === 412 ? target.etag : null;
    target = await currentEvent(at, own, stored);
  }
  throw changedMeanwhile();
};

const REMOVING = 'removing the event';

const inDoubt = ({ url }: FoundObject): Error =>
  calendarFailed({
    kind: 'already-exists',
    message: `what lies at ${shownUrl(url)} may be the event of this booking or somebody else's, so it was left there`,
  });

/**
 * Looks before it deletes, so that never somebody else's event goes, and after it, so that it is gone when it is said to
 * be. A copy under another name goes too.
 */
export const removeDavEvent = async (at: AtCalendar, own: OwnEvent): Promise<'removed' | 'already-gone'> => {
  let deleted: DavAnswer | null = null;
  let refusedEtag: string | null = null;
  let hasMoved = false;
  for (let looks = 0; looks <= MAX_LOOKS; looks += 1) {
    const found: FoundObject | null =
      deleted === null ? await locate(at, own) : await lookAfter(deleted, REMOVING, () => locate(at, own, hasMoved));
    if (found?.whose === 'doubtful') throw inDoubt(found);
    if (found?.whose !== 'ours') return deleted === null ? 'already-gone' : 'removed';
    if (looks === MAX_LOOKS) break;
    hasMoved ||= isInside(found.url, at.collection);
    const headers: Precondition = found.etag === refusedEtag ? {} : unlessChanged(found.etag);
    const answer = unwrapped(await at.send({ method: 'DELETE', url: found.url, headers }));
    if (isSuccess(answer)) deleted = answer;
    else if (answer.status !== 412 && !isGone(answer.status)) throw await failureOfAnswer(at, answer, REMOVING, true);
    refusedEtag = answer.status === 412 ? found.etag : null;
  }
  throw deleted === null ? changedMeanwhile() : unsure(deleted, REMOVING, 'the event is still there');
};
