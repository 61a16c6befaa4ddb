import type { BusyReading, OwnEvent } from '../../../application/ports/calendar.ts';
import { type Interval, overlaps, toInstant } from '../../../domain/time/time.ts';
import { toUtcDateTime } from '../../icalendar/write-icalendar.ts';
import { calendarFailed, failureIn, headerOf } from './failures.ts';
import { isGone } from './locate-event.ts';
import { hasChild, isAt, isInside, propertyText } from './multistatus.ts';
import type { CalendarReader, ReadingTask } from './reading/calendar-reader.ts';
import type { ReadingResult } from './reading/run-job.ts';
import { findUnreadableDays, type KnownDays } from './reading/unreadable-days.ts';
import { type AtCalendar, ensureCalendar, propfind, failureOfAnswer, sighted, xmlBody } from './session.ts';

/** Objects that are loaded with one request. */
const CHUNK = 200;
/**
 * Listings in one reading, at most: one is repeated when another reading, or the end of a thread, makes it out of date.
 */
const MAX_LISTINGS = 6;
/** Milliseconds for which a sync token has to be the same before it is believed: some servers count in seconds. */
const TOKEN_SETTLES_MS = 2_000;

const WHAT = 'reading the busy times';
const DATA = '<D:prop><D:getetag/><C:calendar-data/></D:prop>';
const XML_TYPE = { 'content-type': 'application/xml; charset=utf-8' };
const LISTING = xmlBody('D:propfind', '<D:prop><D:getetag/><D:resourcetype/></D:prop>');

const eventsQuery = (properties: string, range = ''): string =>
  xmlBody(
    'C:calendar-query',
    `${properties}<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${range}</C:comp-filter></C:comp-filter></C:filter>`,
  );
const overlapQuery = ({ start, end }: Interval): string => {
  const [from, to] = [toUtcDateTime(toInstant(start)), toUtcDateTime(toInstant(end))];
  return eventsQuery('<D:prop><D:getetag/></D:prop>', `<C:time-range start="${from}" end="${to}"/>`);
};
const XML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const multiget = (hrefs: ReadonlyArray<string>): string => {
  const elements = hrefs.map((href) => `<D:href>${href.replace(/[&<>]/g, (one) => XML_ESCAPES[one] ?? one)}</D:href>`);
  return xmlBody('C:calendar-multiget', `${DATA}${elements.join('')}`);
};

/** The text of a multistatus answer; it is parsed in another thread. */
const ask = async (at: AtCalendar, method: 'REPORT' | 'PROPFIND', body: string): Promise<string> => {
  const answer = await at.send({ method, url: at.collection, headers: { depth: '1', ...XML_TYPE }, body });
  if (answer.status !== 207) throw await failureOfAnswer(at, answer, WHAT);
  return answer.body;
};

/** What is kept of a calendar between two readings. `token`: of the server; it changes with every change. */
export type Remembered = {
  readonly days: KnownDays;
  token: {
    readonly value: string;
    readonly sinceMs: number;
    readonly listed: boolean;
    readonly generation: number;
  } | null;
};

export type ReadingDeps = {
  readonly reader: CalendarReader;
  readonly calendarId: string;
  /** IANA zone of floating times and of dates. */
  readonly hostTimeZone: string;
  readonly signal: AbortSignal;
  readonly remembered: Remembered;
};

/** The token of the collection's present state (RFC 6578, or Apple's older one); throws where it is no calendar. */
const tokenOf = async (at: AtCalendar): Promise<string | null> => {
  const properties = '<D:resourcetype/><D:sync-token/><S:getctag xmlns:S="http://calendarserver.org/ns/"/>';
  const resources = await propfind(at, at.collection, '0', properties, WHAT);
  const itself = resources.find((resource) => isAt(resource, at.collection));
  if (itself?.status === 200 && hasChild(itself.properties.resourcetype, 'calendar')) sighted(at);
  // `ensureCalendar` gives the reason where it is no calendar, and asks once more in case a gateway answered.
  else await ensureCalendar(at);
  const token = propertyText(itself?.properties['sync-token']) ?? propertyText(itself?.properties.getctag);
  return token === null || token.trim() === '' ? null : token.trim();
};

type Steps = {
  readonly step: (step: ReadingTask['step']) => Promise<ReadingResult>;
  readonly load: (hrefs: ReadonlyArray<string>) => Promise<void>;
};

const stepsAt = (at: AtCalendar, { reader, calendarId, hostTimeZone, signal }: ReadingDeps): Steps => {
  const step = async (one: ReadingTask['step']): Promise<ReadingResult> => {
    const calendar = `${calendarId} ${at.collection.href}`;
    const result = await reader.read({ calendar, hostTimeZone, collection: at.collection.pathname, step: one }, signal);
    switch (result.type) {
      case 'read':
        return result;
      case 'refused':
        throw calendarFailed({ kind: 'provider-error', message: `the calendar cannot be read: ${result.reason}` });
      case 'cancelled':
        throw calendarFailed({ kind: 'network', message: 'the calendar could not be read within its time' });
    }
  };
  /**
   * An object that was just listed is not gone because a multiget answers 404 for it (I10). It is requested alone, by
   * its name in the collection: a proxy may have changed the path before it, and our password goes to no other place.
   */
  const askAlone = async (href: string): Promise<void> => {
    const url = URL.parse(`./${href.slice(href.lastIndexOf('/') + 1)}`, at.collection);
    if (url === null || !isInside(url, at.collection)) {
      await step({ type: 'object', href, etag: null, text: null, problem: 'the server left out its data' });
      return;
    }
    const answer = await at.send({
      method: 'GET',
      url,
      headers: { accept: 'text/calendar', 'cache-control': 'no-cache' },
    });
    const isGiven = answer.status === 200;
    const problem = isGiven || isGone(answer.status) ? null : `the server answered ${answer.status} for it`;
    const text = isGiven ? answer.body : null;
    await step({ type: 'object', href, etag: isGiven ? (headerOf(answer, 'etag') ?? null) : null, text, problem });
  };
  /** What was loaded is kept, even where the time limit ends the call before all is loaded. */
  const load = async (hrefs: ReadonlyArray<string>): Promise<void> => {
    for (let from = 0; from < hrefs.length; from += CHUNK) {
      const expected = hrefs.slice(from, from + CHUNK);
      try {
        const { gone } = await step({ type: 'data', body: await ask(at, 'REPORT', multiget(expected)), expected });
        for (const href of gone) await askAlone(href);
      } catch (error) {
        const failure = failureIn(error);
        if (failure?.kind !== 'invalid-request' && failure?.kind !== 'provider-error') throw error;
        // The server may not support calendar-multiget: then all objects are requested at once.
        const body = await ask(at, 'REPORT', eventsQuery(DATA));
        const { gone } = await step({ type: 'data', body, expected: hrefs });
        for (const href of gone) await askAlone(href);
        return;
      }
    }
  };
  return { step, load };
};

/**
 * Busy times from every object of the collection: a server's own time-range filter is not relied on (ADR 0041). ETags
 * are listed and only new objects are loaded; nothing is listed where the collection's token has not changed. An object
 * that cannot be read is busy on the days that it names and on those that the server reports.
 */
export const readDavBusyTimes = async (
  at: AtCalendar,
  window: Interval,
  except: ReadonlyArray<OwnEvent>,
  deps: ReadingDeps,
): Promise<BusyReading> => {
  const { reader, calendarId, hostTimeZone, remembered } = deps;
  const { step, load } = stepsAt(at, deps);
  const uids = except.map(({ icsUid }) => icsUid);
  const generation = (): number => reader.generation(`${calendarId} ${at.collection.href}`);

  const list = async (): Promise<void> => {
    const { missing } = await step({ type: 'listing', body: await ask(at, 'PROPFIND', LISTING) });
    await load(missing);
  };
  const token = await tokenOf(at);
  const known = remembered.token;
  const sinceMs = known?.value === token ? (known?.sinceMs ?? performance.now()) : performance.now();
  const isSettled = known?.value === token && known?.listed === true && known.generation === generation();
  if (!isSettled) {
    const listed = performance.now() - sinceMs > TOKEN_SETTLES_MS;
    await list();
    remembered.token = token === null ? null : { value: token, sinceMs, listed, generation: generation() };
  }

  let read = await step({ type: 'busy', window, except: uids });
  for (let round = 0; read.missing.length > 0; round += 1) {
    if (round === MAX_LISTINGS)
      throw calendarFailed({ kind: 'network', message: 'the calendar changes faster than it can be read' });
    // Another reading has listed objects that it has not loaded yet, or the thread that kept them is gone.
    remembered.token = null;
    await list();
    read = await step({ type: 'busy', window, except: uids });
  }

  // An object that the server could not deliver may be available next time, under the same token.
  if (read.doubts.some(({ version }) => version === null)) remembered.token = null;

  const inWindow = (times: ReadonlyArray<Interval>) => times.filter((time) => overlaps(time, window));
  const located = read.doubts.flatMap(({ href, reason, blocked }) =>
    blocked === null ? [] : [{ href, reason, blocked }],
  );
  const unknown = read.doubts.filter(({ blocked }) => blocked === null);
  const found =
    unknown.length === 0
      ? []
      : await findUnreadableDays(
          unknown,
          window,
          hostTimeZone,
          (days) => ask(at, 'REPORT', overlapQuery(days)),
          remembered.days,
        );
  return {
    busy: [...read.busy, ...found.flatMap(({ blocked }) => inWindow(blocked))],
    unreadable: [...located, ...found.map((object) => ({ ...object, blocked: inWindow(object.blocked) }))],
  };
};
