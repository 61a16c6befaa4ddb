import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import PostalMime from 'postal-mime';
import { type Booking, type HistoryEvent, bookingAnswer, eventsAnswer, slotsAnswer } from '../src/cli/api/answers.ts';
import { type ApiResult, call, describeApiFailure, type ServerAccess } from '../src/cli/api/client.ts';
import { BOOKINGS_VERSION, SLOTS_VERSION } from '../src/http/transport/endpoint.ts';
import { guestEmail } from './demo-server.ts';
import { brokenPromise } from './narrator.ts';

export type ReadMail = {
  readonly file: string;
  readonly to: string;
  readonly subject: string;
  readonly lines: ReadonlyArray<string>;
};

/** Names of the mails in the folder so far, oldest first; none while there is no folder. */
const mailFiles = async (folder: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.eml')).toSorted();
};

/** Every mail that was sent so far, oldest first. `lines`: of its plain text, empty ones left out. */
export const readMails = async (folder: string): Promise<ReadonlyArray<ReadMail>> =>
  Promise.all(
    (await mailFiles(folder)).map(async (file) => {
      const { to = [], subject = '', text = '' } = await PostalMime.parse(await readFile(join(folder, file)));
      const lines = text.split(/\r?\n/).map((line) => line.trim());
      return { file, to: to[0]?.address ?? '', subject, lines: lines.filter((line) => line !== '') };
    }),
  );

/** What the demo asks the server, as any client would: over HTTP. */
export type DemoGuest = {
  /** Starts of free slots, soonest first, as UTC instants. */
  readonly slots: () => Promise<ReadonlyArray<string>>;
  /** Left: the server refused. */
  readonly book: (start: string) => ApiResult<Booking>;
  readonly booking: (uid: string) => Promise<Booking>;
  readonly history: (uid: string) => Promise<ReadonlyArray<HistoryEvent>>;
};

/** A rolling week always has a working day in it. */
const DAYS_AHEAD = 7;

const answered = async <A>(what: string, answer: ApiResult<A>): Promise<A> =>
  pipe(
    await answer,
    E.getOrElse((failure): A => {
      throw brokenPromise(`the server answers ${what}`, describeApiFailure(failure));
    }),
  );

export const demoGuest = (server: ServerAccess, now: () => Temporal.Instant): DemoGuest => {
  const ask = call(server);
  const get = { method: 'GET', version: BOOKINGS_VERSION } as const;
  return {
    slots: async () => {
      const [start, end] = [now(), now().add({ hours: 24 * DAYS_AHEAD })].map((instant) => instant.toString());
      const request = { ...get, version: SLOTS_VERSION, path: '/v2/slots', query: { eventTypeId: '1', start, end } };
      const { data } = await answered('what is free', ask(slotsAnswer, request));
      return Object.values(data).flatMap((slots) => slots.map((slot) => slot.start));
    },
    book: async (start) => {
      const attendee = { name: 'Runa Berg', email: guestEmail, timeZone: 'Europe/Oslo' };
      const body = { eventTypeId: 1, start, attendee };
      const request = { method: 'POST', path: '/v2/bookings', version: BOOKINGS_VERSION, body } as const;
      return pipe(
        await ask(bookingAnswer, request),
        E.map(({ data }) => data),
      );
    },
    booking: async (uid) =>
      (await answered('about a booking', ask(bookingAnswer, { ...get, path: `/v2/bookings/${uid}` }))).data,
    history: async (uid) =>
      (await answered("with a booking's history", ask(eventsAnswer, { ...get, path: `/v2/bookings/${uid}/events` })))
        .data,
  };
};
