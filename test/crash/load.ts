import type { Client, Reply } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import type { Acknowledged } from '../support/log-checks-outside.ts';
import { eventTypeIds } from './world-configuration.ts';

/** Bookings lie on this day and the next: few enough slots for requests to clash. */
const FIRST_SLOT = Temporal.Instant.from('2050-09-05T00:00:00Z').epochMilliseconds;
const SLOTS = 96;
const SLOT_MS = 30 * 60_000;

type Asked = { readonly key: string | null; readonly body: { readonly start: string; readonly eventTypeId: number } };

/** What an answer does not say itself. */
type About = Partial<Pick<Acknowledged, 'uid' | 'guest'>>;

/** `cut`: requests whose answer never came, since the server was killed. `answers`: by HTTP status. */
export type Load = {
  readonly acknowledged: ReadonlyArray<Acknowledged>;
  readonly answers: ReadonlyMap<number, number>;
  readonly cut: () => number;
  /** Begins nothing new; resolves when nothing is under way. */
  readonly stop: () => Promise<void>;
};

export type LoadOptions = {
  readonly hosts: number;
  readonly workers: number;
  readonly random: () => number;
  /** The server of the moment; waits while there is none. */
  readonly server: () => Promise<Client>;
};

/** Clients that book, repeat, move, add and remove guests, change the place, cancel, confirm and decline, until they are stopped. What each does follows from the seed. */
export const startLoad = ({ hosts, workers, random, server }: LoadOptions): Load => {
  const acknowledged: Acknowledged[] = [];
  const answers = new Map<number, number>();
  const asked: Asked[] = [];
  let cut = 0;
  let stopped = false;
  let keys = 0;
  const pick = <A>(items: ReadonlyArray<A>): A | undefined => items[Math.floor(random() * items.length)];

  const note = (what: Acknowledged['what'], key: string | null, reply: Reply, about: About): void => {
    answers.set(reply.status, (answers.get(reply.status) ?? 0) + 1);
    if (reply.status < 200 || reply.status > 299) return;
    const { uid, ...more } = about;
    const said = (name: string): string => String(at(reply.body, 'data', name) ?? '');
    const position = Number(reply.headers.get('holdfast-position'));
    acknowledged.push({
      what,
      key,
      uid: uid ?? said('uid'),
      start: said('start'),
      status: said('status'),
      position,
      ...more,
    });
  };

  /** A request that was cut is sent again where that is safe: with a key, or when it says what is to be so. */
  const send = async (
    what: Acknowledged['what'],
    key: string | null,
    post: (client: Client) => Promise<Reply>,
    about: About = {},
  ) => {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const client = await server();
      try {
        return note(what, key, await post(client), about);
      } catch {
        cut += 1;
        if (what === 'book' && key === null) return;
      }
    }
  };

  const book = ({ key, body }: Asked): Promise<void> => {
    const prefer = random() < 0.3 ? 'respond-async' : 'wait=2';
    const headers = { prefer, ...(key === null ? {} : { 'idempotency-key': key }) };
    return send('book', key, (client) => client.post('/v2/bookings', body, { headers }));
  };
  const anyStart = (): string =>
    Temporal.Instant.fromEpochMilliseconds(FIRST_SLOT + Math.floor(random() * SLOTS) * SLOT_MS).toString();
  const newRequest = (): Asked => {
    const types = eventTypeIds(Math.floor(random() * hosts));
    const start = anyStart();
    keys += 1;
    const attendee = { name: `Guest ${keys}`, email: `guest${keys}@example.com`, timeZone: 'Europe/Oslo' };
    const eventTypeId = pick([types.plain, types.plain, types.buffered, types.approved]) ?? types.plain;
    const body = { start, eventTypeId, attendee };
    const made = { key: random() < 0.8 ? `key-${keys}` : null, body };
    if (made.key !== null) asked.push(made);
    return made;
  };
  const change = (what: 'cancel' | 'confirm' | 'decline'): Promise<void> => {
    const booked = pick(
      acknowledged.filter((one) => one.what === 'book' && (what === 'cancel' || one.status === 'pending')),
    );
    if (booked === undefined) return book(newRequest());
    const path = `/v2/bookings/${booked.uid}/${what}`;
    return send(what, null, (client) => client.post(path, {}, { key: ALL_ROLES_KEY }));
  };

  /** By the guest, or by the host, whose move asks nobody; sometimes twice at the same moment, as one move or as two. */
  const move = async (): Promise<void> => {
    const booked = pick(acknowledged.filter(({ what }) => what === 'book'));
    if (booked === undefined) return book(newRequest());
    const by = random() < 0.3 ? { key: ALL_ROLES_KEY } : {};
    keys += 1;
    const [key, start] = [`move-${keys}`, anyStart()];
    const ask = (name: string): Promise<void> =>
      send('move', name, (client) =>
        client.post(
          `/v2/bookings/${booked.uid}/reschedule`,
          { start },
          { ...by, headers: { prefer: 'wait=2', 'idempotency-key': name } },
        ),
      );
    const fate = random();
    await Promise.all([ask(key), ...(fate < 0.15 ? [ask(key)] : fate < 0.3 ? [ask(`${key}-other`)] : [])]);
  };
  /** On the host's word, so that the guest is told at once. */
  const addGuest = (): Promise<void> => {
    const booked = pick(acknowledged.filter(({ what }) => what === 'book'));
    if (booked === undefined) return book(newRequest());
    keys += 1;
    const email = `along${keys}@example.com`;
    const add = (client: Client) =>
      client.post(`/v2/bookings/${booked.uid}/guests`, { guests: [{ email }] }, { key: ALL_ROLES_KEY });
    return send('guests', null, add, { guest: email });
  };
  /** The first guest of those who were added. */
  const removeGuest = (): Promise<void> => {
    const added = pick(acknowledged.filter(({ what }) => what === 'guests'));
    if (added === undefined) return addGuest();
    const take = (client: Client) => client.delete(`/v2/bookings/${added.uid}/attendees/2`, { key: ALL_ROLES_KEY });
    return send('unguest', null, take, { uid: added.uid });
  };
  const changePlace = (): Promise<void> => {
    const booked = pick(acknowledged.filter(({ what }) => what === 'book'));
    if (booked === undefined) return book(newRequest());
    keys += 1;
    const location = { type: 'address', address: `Storgata ${keys}, Oslo` };
    const change = (client: Client) =>
      client.patch(`/v2/bookings/${booked.uid}/location`, { location }, { key: ALL_ROLES_KEY });
    return send('place', null, change);
  };

  const once = async (): Promise<void> => {
    const kind = random();
    const earlier = pick(asked);
    if (kind < 0.15 && earlier !== undefined) await Promise.all([book(earlier), book(earlier)]);
    else if (kind < 0.3) await change('cancel');
    else if (kind < 0.4) await change('confirm');
    else if (kind < 0.44) await change('decline');
    else if (kind < 0.58) await move();
    else if (kind < 0.66) await addGuest();
    else if (kind < 0.69) await removeGuest();
    else if (kind < 0.74) await changePlace();
    else await book(newRequest());
  };
  const work = async (): Promise<void> => {
    while (!stopped) await once();
  };
  const working = Array.from({ length: workers }, work);
  return {
    acknowledged,
    answers,
    cut: () => cut,
    stop: async () => {
      stopped = true;
      await Promise.all(working);
    },
  };
};
