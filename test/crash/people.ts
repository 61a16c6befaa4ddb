import { at, type Client } from '../support/http-client.ts';
import { type CalDavServer, makeCalendar, rawRequest } from '../support/caldav-server.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import { eventTypeIds } from './world-configuration.ts';

/** Hosts who change events in their own calendars. One follows what they do there, one has all of it written again. */
export const PEOPLE = ['host4', 'host5'] as const;
const WATCH_S = 5;
const CONFIRM_S = 1;
/** The delay that docs/guarantees.md states, for these timings; seconds for the calls on a machine that has much to do. */
export const DELAY_MS = (WATCH_S * 1.1 + CONFIRM_S) * 1_000 + 15_000;
/** How a server watches whose hosts 4 and 5 are these. */
export const watched = {
  timings: { calendarWatchInSeconds: WATCH_S, calendarConfirmInSeconds: CONFIRM_S },
  policies: {
    host4: { whenDeleted: 'cancel', whenMoved: 'follow', deletedGraceInSeconds: 1 },
    host5: { whenDeleted: 'restore', whenMoved: 'restore' },
  },
  // Many at once are to be believed here: that a wave stops the watching has tests of its own.
  limits: { mostDifferences: 10_000, mostDifferencesPercent: 100 },
};

/** What a person does to an event in the calendar, by a client of their own. */
export const EDITS = ['delete', 'move', 'title', 'elsewhere'] as const;
export type Edit = (typeof EDITS)[number];

type Options = {
  /** The hosts who do it, by their number, counted from 0, and the calendar of each. */
  readonly hosts: ReadonlyArray<{ readonly number: number; readonly url: string }>;
  readonly server: CalDavServer;
  readonly random: () => number;
  /** The program of the moment; waits while there is none. */
  readonly client: () => Promise<Client>;
};

/** Apart from the times of the other clients, so that each is free. */
const BOOKED_FROM = Temporal.Instant.from('2050-11-01T00:00:00Z').epochMilliseconds;
const MOVED_FROM = Temporal.Instant.from('2051-11-01T00:00:00Z').epochMilliseconds;
const HOUR_MS = 3_600_000;
/** How often a person looks whether the event is confirmed, and milliseconds in between. */
const LOOKS = 50;
const LOOK_AGAIN_MS = 100;
/** People who do so at the same time. */
const AT_ONCE = 3;

const instantOf = (epochMs: number): string => Temporal.Instant.fromEpochMilliseconds(epochMs).toString();
const compact = (epochMs: number): string => instantOf(epochMs).replaceAll(/[-:]/g, '');

/** To half an hour from `start` on, epoch ms, whatever zone it was written in. */
const movedTo = (text: string, start: number): string =>
  text
    .replace(/DTSTART[^\r\n]*/, `DTSTART:${compact(start)}`)
    .replace(/DTEND[^\r\n]*/, `DTEND:${compact(start + HOUR_MS / 2)}`);

const ok = (status: number): void => {
  if (status >= 300 && status !== 404) throw new Error(`a person's request was answered with ${status}`);
};

/**
 * Hosts whose guests book, and who then delete, move or rename the event in their own calendar, or drag it into another one,
 * past the product. `edits`: what each did to which booking, and when, epoch ms.
 */
export const startPeople = async ({ hosts, server, random, client }: Options) => {
  const edits: { readonly uid: string; readonly edit: Edit; readonly at: number }[] = [];
  const elsewhere = await makeCalendar(server, 'elsewhere');
  let stopped = false;
  let count = 0;

  const book = async (number: number, own: number): Promise<string | null> => {
    const start = instantOf(BOOKED_FROM + own * HOUR_MS);
    const attendee = { name: `Friend ${own}`, email: `friend${own}@example.com`, timeZone: 'Europe/Oslo' };
    const body = { start, eventTypeId: eventTypeIds(number).plain, attendee };
    const headers = { prefer: 'wait=2', 'idempotency-key': `friend-${own}` };
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const reply = await (await client()).post('/v2/bookings', body, { headers }).catch(() => null);
      // Cut by a kill: the same key asks for the same booking.
      if (reply !== null)
        return at(reply.body, 'data', 'status') === 'accepted' ? String(at(reply.body, 'data', 'uid')) : null;
    }
    return null;
  };

  const hrefOf = async (url: string, uid: string): Promise<string | null> => {
    const listed = await rawRequest(server, 'PROPFIND', url, undefined, { depth: '1' });
    const found = [...listed.body.matchAll(/<href>([^<]*\.ics)<\/href>/g)].find(([, href = '']) => href.includes(uid));
    return found === undefined ? null : new URL(found[1] ?? '', server.origin).href;
  };
  const put = async (href: string, text: string): Promise<void> =>
    ok((await rawRequest(server, 'PUT', href, text, { 'content-type': 'text/calendar; charset=utf-8' })).status);

  /** Whether the program knows that its event says that the booking is on: then it has nothing more to write there. */
  const isWritten = async (uid: string): Promise<boolean> => {
    const path = `/v2/bookings/${uid}`;
    const reply = await (await client()).get(path, { key: ALL_ROLES_KEY }).catch(() => null);
    return reply !== null && at(reply.body, 'data', 'calendars', 0, 'eventStatus') === 'confirmed';
  };
  /** Until then our own write is still to come, or comes once more, and would write over what a person does. */
  const confirmedText = async (href: string, uid: string): Promise<string | null> => {
    for (let look = 1; look <= LOOKS && !stopped; look += 1) {
      if (await isWritten(uid)) return (await rawRequest(server, 'GET', href)).body;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    return null;
  };

  const change = async (url: string, uid: string, edit: Edit, own: number): Promise<void> => {
    const href = await hrefOf(url, uid);
    const text = href === null ? null : await confirmedText(href, uid);
    if (href === null || text === null) return;
    if (edit === 'delete') ok((await rawRequest(server, 'DELETE', href)).status);
    if (edit === 'move') await put(href, movedTo(text, MOVED_FROM + own * HOUR_MS));
    if (edit === 'title') await put(href, text.replace(/SUMMARY:[^\r\n]*/, 'SUMMARY:Coffee'));
    if (edit === 'elsewhere') {
      const destination = new URL(href.split('/').at(-1) ?? '', elsewhere).href;
      ok((await rawRequest(server, 'MOVE', href, undefined, { destination })).status);
    }
    edits.push({ uid, edit, at: Date.now() });
  };

  const work = async (): Promise<void> => {
    while (!stopped) {
      const host = hosts[Math.floor(random() * hosts.length)];
      if (host === undefined) throw new Error('there are no people');
      count += 1;
      const own = count;
      const uid = await book(host.number, own);
      // Each kind comes in turn, so that a short run has them all; every fifth booking is left alone.
      const edit = EDITS[own % (EDITS.length + 1)];
      if (uid !== null && edit !== undefined) await change(host.url, uid, edit, own);
    }
  };
  const working = Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    edits: edits as ReadonlyArray<(typeof edits)[number]>,
    stop: async (): Promise<void> => {
      stopped = true;
      await working;
    },
  };
};
