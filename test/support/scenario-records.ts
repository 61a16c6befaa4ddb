import type { Json } from '../../src/domain/log/envelope.ts';
import type { Client } from './http-client.ts';
import { at } from './http-client.ts';
import { HOUSE_KEY } from './scenario-configuration.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

export type HistoryEntry = {
  readonly type: string;
  readonly occurredAt: string;
  readonly data: Json;
  readonly actor: Json;
  readonly text: string;
};

/** What the server shows of itself over HTTP, to whoever has a key of the house. */
export type Records = {
  /** The booking's events, oldest first. */
  readonly history: (uid: string) => Promise<ReadonlyArray<HistoryEntry>>;
  /** Their types, without the notes of who was told. */
  readonly theStream: (uid: string) => Promise<ReadonlyArray<string>>;
  /** Data of the events of one type. */
  readonly dataOf: (uid: string, type: string) => Promise<ReadonlyArray<Json>>;
  /** Position of the newest event of the whole log. */
  readonly head: () => Promise<Json>;
  readonly parked: () => Promise<ReadonlyArray<Json>>;
  /** Attempts to deliver webhooks, newest first. */
  readonly deliveries: (uid: string) => Promise<ReadonlyArray<Json>>;
  /** The list of bookings, as of now. */
  readonly list: () => Promise<ReadonlyArray<Json>>;
};

const items = (value: Json): ReadonlyArray<Json> => {
  if (!Array.isArray(value)) throw new Error(`this should be a list: ${JSON.stringify(value)}`);
  return value;
};

export const recordsOf = (client: () => Client): Records => {
  const read = async (path: string) => (await client().get(path, { key: HOUSE_KEY })).body;
  const history: Records['history'] = async (uid) =>
    items(at(await read(`/v2/bookings/${uid}/events`), 'data')).map((entry) => ({
      type: String(at(entry, 'type')),
      occurredAt: String(at(entry, 'occurredAt')),
      data: at(entry, 'data'),
      actor: at(entry, 'actor'),
      text: String(at(entry, 'text')),
    }));
  const consumers = () => read('/v2/holdfast/consumers');
  const head = async () => at(await consumers(), 'data', 'groups', 0, 'head');
  return {
    history,
    theStream: async (uid) =>
      (await history(uid)).map(({ type }) => type).filter((type) => !type.startsWith('Notification')),
    dataOf: async (uid, wanted) => (await history(uid)).filter(({ type }) => type === wanted).map(({ data }) => data),
    head,
    parked: async () => items(at(await consumers(), 'data', 'parked')),
    deliveries: async (uid) => items(at(await read(`/v2/holdfast/deliveries?bookingUid=${uid}`), 'data', 'attempts')),
    list: async () => items(at(await read(`/v2/bookings?atLeastPosition=${await head()}`), 'data')),
  };
};

/** Oslo's wall clock times at which an intro can be booked on that day. */
export const freeSlots =
  (client: () => Client) =>
  async (day: string): Promise<ReadonlyArray<string>> => {
    const query = `eventTypeId=1&start=${day}&end=${day}&timeZone=Europe/Oslo`;
    const slots = at((await client().get(`/v2/slots?${query}`)).body, 'data', day);
    return slots === null ? [] : items(slots).map((slot) => String(at(slot, 'start')).slice(11, 16));
  };

export type Hook = { readonly trigger: string; readonly status: Json; readonly uid: Json; readonly deliveryId: string };

/** What a subscriber got, every attempt, oldest first. */
export const hooksOf = ({ received }: Pick<WebhookReceiver, 'received'>): ReadonlyArray<Hook> =>
  received.map(({ headers, body }) => {
    const sent: Json = JSON.parse(body.toString('utf8'));
    return {
      trigger: String(at(sent, 'triggerEvent')),
      status: at(sent, 'payload', 'status'),
      uid: at(sent, 'payload', 'uid'),
      deliveryId: String(headers['x-holdfast-delivery']),
    };
  });
