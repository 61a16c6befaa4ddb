import type { Json } from '../../src/domain/log/envelope.ts';
import { introBody } from './booking-bodies.ts';
import type { Client, Reply } from './http-client.ts';
import { at } from './http-client.ts';
import { HOUSE_KEY } from './scenario-configuration.ts';

/** An answer about a booking. `status`: of the booking; `code`: of a refusal; `http`: the answer's own status. */
export type Said = {
  readonly http: number;
  readonly uid: string;
  readonly status: Json;
  readonly pendingReason: Json;
  readonly code: Json;
  readonly body: Json;
  readonly reply: Reply;
};

export type Wanted = {
  readonly start?: string;
  readonly eventTypeId?: number;
  readonly lengthInMinutes?: number;
  readonly name?: string;
};
export type Manner = {
  /** Idempotency-Key. */
  readonly key?: string;
  /** Does not wait for the decision. */
  readonly async?: boolean;
};

/** What Runa, or anybody without a key, does. */
export type Guest = {
  readonly books: (wanted?: Wanted, manner?: Manner) => Promise<Said>;
  readonly looksAt: (uid: string) => Promise<Said>;
  readonly cancels: (uid: string, body?: object) => Promise<Said>;
};

/** What Odd does, with a key of the house. */
export type HostPerson = {
  readonly looksAt: (uid: string) => Promise<Said>;
  readonly approves: (uid: string, manner?: Pick<Manner, 'async'>) => Promise<Said>;
  readonly cancels: (uid: string, reason?: string) => Promise<Said>;
  readonly retries: (uid: string) => Promise<Said>;
};

const said = (reply: Reply): Said => {
  const uid = at(reply.body, 'data', 'uid');
  return {
    http: reply.status,
    uid: typeof uid === 'string' ? uid : '',
    status: at(reply.body, 'data', 'status'),
    pendingReason: at(reply.body, 'data', 'pendingReason'),
    code: at(reply.body, 'error', 'code'),
    body: reply.body,
    reply,
  };
};

const prefer = (manner: Pick<Manner, 'async'>) => (manner.async === true ? { prefer: 'respond-async' } : {});

export const guestOf = (client: () => Client): Guest => ({
  books: async ({ name, ...wanted } = {}, manner = {}) => {
    const headers = { ...prefer(manner), ...(manner.key === undefined ? {} : { 'idempotency-key': manner.key }) };
    const body = introBody(wanted);
    const attendee = { ...body.attendee, ...(name === undefined ? {} : { name }) };
    return said(await client().post('/v2/bookings', { ...body, attendee }, { headers }));
  },
  looksAt: async (uid) => said(await client().get(`/v2/bookings/${uid}`)),
  cancels: async (uid, body = {}) => said(await client().post(`/v2/bookings/${uid}/cancel`, body)),
});

export const hostOf = (client: () => Client): HostPerson => {
  const does = async (uid: string, what: string, body: object = {}, headers = {}) =>
    said(await client().post(`/v2/bookings/${uid}/${what}`, body, { key: HOUSE_KEY, headers }));
  return {
    looksAt: async (uid) => said(await client().get(`/v2/bookings/${uid}`, { key: HOUSE_KEY })),
    approves: (uid, manner = {}) => does(uid, 'confirm', {}, prefer(manner)),
    cancels: (uid, reason) => does(uid, 'cancel', reason === undefined ? {} : { cancellationReason: reason }),
    retries: (uid) => does(uid, 'retry'),
  };
};
