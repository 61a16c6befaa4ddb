import type { Client, Reply } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import { KEY } from './given-server.ts';

/** Monday, 09:00 in Oslo. */
export const MONDAY_9 = Temporal.Instant.from('2050-09-05T07:00:00Z').epochMilliseconds;
const MINUTE_MS = 60_000;

export const minutesAfter9 = (minutes: number): string =>
  Temporal.Instant.fromEpochMilliseconds(MONDAY_9 + minutes * MINUTE_MS).toString();

export type Wanted = {
  readonly minutes?: number;
  readonly eventTypeId?: number;
  readonly lengthInMinutes?: number;
  readonly key?: string;
  readonly prefer?: string;
  readonly name?: string;
};

/** Asks for a booking so many minutes after nine. */
export const book = (client: Client, wanted: Wanted = {}): Promise<Reply> => {
  const { minutes = 0, eventTypeId = 1, lengthInMinutes, key, prefer, name = 'Runa' } = wanted;
  const body = {
    start: minutesAfter9(minutes),
    eventTypeId,
    ...(lengthInMinutes === undefined ? {} : { lengthInMinutes }),
    attendee: { name, email: 'runa@example.com', timeZone: 'Asia/Tokyo' },
  };
  const headers = {
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(prefer === undefined ? {} : { prefer }),
  };
  return client.post('/v2/bookings', body, { headers });
};

export const uidOf = (reply: Reply): string => String(at(reply.body, 'data', 'uid'));
export const statusOf = (reply: Reply): string => String(at(reply.body, 'data', 'status'));
export const codeOf = (reply: Reply): string => String(at(reply.body, 'error', 'code'));

export const cancel = (client: Client, uid: string): Promise<Reply> =>
  client.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'something came up' });
export const confirm = (client: Client, uid: string): Promise<Reply> =>
  client.post(`/v2/bookings/${uid}/confirm`, {}, { key: KEY });
export const decline = (client: Client, uid: string): Promise<Reply> =>
  client.post(`/v2/bookings/${uid}/decline`, {}, { key: KEY });
