import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { apiKeyRoles } from '../../src/application/ports/keys-and-tokens.ts';
import { endpointsOf } from '../../src/http/app.ts';
import { introBody } from '../support/booking-bodies.ts';
import { seeded } from '../support/faulty-event-store.ts';
import { must } from '../support/must.ts';
import { odd } from '../support/hosts.ts';
import type { TestApp } from '../support/test-app.ts';
import { booked, testApps } from '../support/test-apps.ts';

const SEEDS = [14, 20_261_127];
const REQUESTS = 400;

/** Whose keys are used. */
const other = { ...odd, id: 'else', number: 2, username: 'else', email: 'else@example.com', eventTypes: [] };

/** What Odd's guest typed, found nowhere else. */
const isPrivate = (text: string): boolean => /zyx/i.test(text);
const theirs = introBody({
  attendee: { name: 'Zyxname', email: 'zyxmail@zyxhost.example', timeZone: 'Asia/Tokyo' },
  metadata: { note: 'zyxnote' },
});

const bodies: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  cancel: [{ cancellationReason: 'mine now' }],
  reschedule: [{ start: '2050-09-05T08:00:00Z' }, { start: '2050-09-05T09:00:00Z', reschedulingReason: 'mine now' }],
  decline: [{}, { reason: 'mine now' }],
  guests: [{ guests: [{ email: 'eve@example.com', name: 'Eve' }] }],
  attendees: [{ email: 'eve@example.com', name: 'Eve', timeZone: 'UTC' }],
  location: [{ location: { type: 'address', address: 'Elsewhere 1' } }],
  'mark-absent': [{ host: true }],
};
const queries: Readonly<Record<string, ReadonlyArray<string>>> = {
  '/v2/bookings': ['', 'status=upcoming', 'attendeeName=Zyx', 'attendeeEmail=zyxmail@zyxhost.example'],
  '/v2/holdfast/audit/export': ['', `host=${odd.id}`],
};

/** `roles@host`, as the stand-in for the keys understands it. */
const apiKeys = {
  authenticate: (presented: string) => {
    const [roles = '', hostId = ''] = presented.split('@');
    const known = apiKeyRoles.filter((role) => roles.split('+').includes(role));
    return TE.right({ id: presented, name: presented, roles: known, hostId });
  },
};

type Asked = { readonly what: string; readonly status: number; readonly text: string };

/** Requests at random to every route, about the booking `uid`, with keys of this host, tokens of others, or nothing. */
const walk = async (app: TestApp, uid: string, keysOf: string, seed: number): Promise<ReadonlyArray<Asked>> => {
  const random = seeded(seed);
  const pick = <A>(among: ReadonlyArray<A>, otherwise: A): A => among[Math.floor(random() * among.length)] ?? otherwise;
  const tokenOf = (bookingUid: string): string =>
    app.bookingTokens.issue({ party: 'attendee', purpose: 'manage', bookingUid, bookingEndMs: app.clock.now() });
  // Whoever books for themselves may: that is no other's.
  const routes = endpointsOf(app.deps)
    .map(({ method, path }) => ({ method: String(method), path }))
    .filter(({ method, path }) => `${method} ${path}` !== 'post /v2/bookings');
  const asked: Asked[] = [];
  for (let sent = 0; sent < REQUESTS; sent += 1) {
    const { method, path } = pick(routes, { method: 'get', path: '/' });
    const isByToken = random() < 0.2;
    const token = isByToken ? pick([tokenOf('other'), `${tokenOf(uid).slice(0, -2)}xx`, uid], uid) : null;
    const roles = apiKeyRoles.filter(() => random() < 0.6);
    const key = isByToken || random() < 0.1 ? null : `${roles.join('+')}@${keysOf}`;
    const target = path
      .replace(':uid', random() < 0.8 ? uid : pick([uid.slice(0, 12), uid.toUpperCase(), `${uid}%20`], uid))
      .replace(':attendeeId', '1')
      .replace(':id', odd.id)
      .replace(':feedName', odd.id)
      .replace(':group', 'saga')
      .replace(':deliveryId', uid);
    const search = token === null ? pick(queries[path] ?? [], '') : `token=${encodeURIComponent(token)}`;
    const reply = await app.request(method.toUpperCase(), `${target}${search === '' ? '' : `?${search}`}`, {
      ...(key === null ? {} : { key }),
      ...(method === 'get' ? {} : { body: pick(bodies[path.split('/').at(-1) ?? ''] ?? [], {}) }),
    });
    const what = `${key ?? token ?? 'nobody'}: ${method} ${target} ${search} ${reply.status}`;
    // An answer may repeat what was asked.
    const text = reply.text.replaceAll('zyxmail@zyxhost.example', (said) => (search.includes(said) ? '' : said));
    asked.push({ what, status: reply.status, text });
  }
  await app.settled();
  return asked;
};

describe('I14 no caller reads or changes what is another host’s', () => {
  const started = testApps();
  const given = async () => {
    const app = await started({
      hosts: [{ ...odd, calendarIds: [] }, other],
      deps: { guestActions: 'token', apiKeys },
    });
    const uid = await booked(app, theirs);
    await app.settled();
    return { app, uid, before: await app.store.head()() };
  };

  it.each(SEEDS)('a stranger with any roles, tokens and bodies at any route (seed %i)', async (seed) => {
    const { app, uid, before } = await given();
    const asked = await walk(app, uid, other.id, seed);
    expect(asked.filter(({ text }) => isPrivate(text)).map(({ what }) => what)).toEqual([]);
    expect(asked.filter(({ status }) => status >= 500).map(({ what }) => what)).toEqual([]);
    // That an auditor's key has read something is written down; nothing else is.
    const written = must(await app.store.readAll(must(before), 1_000)());
    expect(written.filter(({ type }) => type !== 'PersonalDataRead')).toEqual([]);
  });

  it.each(SEEDS)('the same requests with keys of the booking’s own host do read and change (seed %i)', async (seed) => {
    const { app, uid, before } = await given();
    const asked = await walk(app, uid, odd.id, seed);
    expect(asked.filter(({ text }) => isPrivate(text)).length).toBeGreaterThan(REQUESTS / 20);
    expect(await app.store.head()()).not.toEqual(before);
  });
});
