import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import type { ApiKeyRole } from '../../../src/application/ports/keys-and-tokens.ts';
import { apiKeyRoles } from '../../../src/application/ports/keys-and-tokens.ts';
import { endpointsOf } from '../../../src/http/app.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';

/**
 * Every route, asked with every credential, in both modes. The booking is Odd's. `rule`: who gets in, as the documents say;
 * the table of all cells follows from it.
 */
type Rule =
  /** Anybody; a key changes nothing. */
  | { readonly type: 'anybody' }
  /** The guest by their token, where the mode is `open` anybody without a key; a key with one of the roles and Odd's. */
  | { readonly type: 'uid'; readonly roles: ReadonlyArray<ApiKeyRole> }
  /** The same, and the mode changes nothing: a uid alone is never enough. */
  | { readonly type: 'token'; readonly roles: ReadonlyArray<ApiKeyRole> }
  /** A key with one of the roles; `booking`: and Odd's; `server`: and of no one host. */
  | { readonly type: 'key'; readonly roles: ReadonlyArray<ApiKeyRole>; readonly of?: 'booking' | 'server' };

const anybody: Rule = { type: 'anybody' };
const byUid = (...roles: ReadonlyArray<ApiKeyRole>): Rule => ({ type: 'uid', roles });
const byToken = (...roles: ReadonlyArray<ApiKeyRole>): Rule => ({ type: 'token', roles });
const key = (...roles: ReadonlyArray<ApiKeyRole>): Rule => ({ type: 'key', roles });
const keyOfBooking = (...roles: ReadonlyArray<ApiKeyRole>): Rule => ({ type: 'key', roles, of: 'booking' });
const auditor: Rule = { type: 'key', roles: ['audit'], of: 'server' };
const operator: Rule = { type: 'key', roles: ['operate'], of: 'server' };

const rules: Readonly<Record<string, Rule>> = {
  'post /v2/bookings': anybody,
  'get /v2/bookings': key('read', 'host'),
  'get /v2/bookings/:uid': byUid('read', 'book', 'host'),
  'get /v2/bookings/:uid/events': byUid('read', 'book', 'host', 'audit'),
  'post /v2/bookings/:uid/cancel': byUid('book', 'host'),
  'post /v2/bookings/:uid/reschedule': byUid('book', 'host', 'operate'),
  'post /v2/bookings/:uid/confirm': keyOfBooking('host'),
  'post /v2/bookings/:uid/decline': keyOfBooking('host'),
  'post /v2/bookings/:uid/mark-absent': keyOfBooking('host', 'operate'),
  'post /v2/bookings/:uid/acknowledge-removal': keyOfBooking('host', 'operate'),
  'post /v2/bookings/:uid/retry': keyOfBooking('host', 'operate'),
  'post /v2/bookings/:uid/guests': byToken('book', 'host'),
  'post /v2/bookings/:uid/attendees': byToken('book', 'host'),
  'delete /v2/bookings/:uid/attendees/:attendeeId': byToken('book', 'host'),
  'patch /v2/bookings/:uid/location': keyOfBooking('host'),
  'get /v2/bookings/:uid/attendees': keyOfBooking('read', 'host'),
  'get /v2/bookings/:uid/attendees/:attendeeId': keyOfBooking('read', 'host'),
  'get /v2/bookings/:uid/calendar-links': keyOfBooking('read', 'host'),
  'get /v2/bookings/:uid/references': keyOfBooking('read', 'host'),
  'get /v2/slots': anybody,
  'get /v2/event-types': anybody,
  'get /v2/me': key(...apiKeyRoles),
  'get /v2/holdfast/consumers': operator,
  'post /v2/holdfast/parked/:group/replay': operator,
  'get /v2/holdfast/doctor': operator,
  'post /v2/holdfast/doctor/settle': operator,
  'post /v2/holdfast/calendars/:id/look': operator,
  'post /v2/holdfast/reload': operator,
  'get /v2/holdfast/calendars': key('read', 'host', 'operate'),
  'get /v2/holdfast/calendars/:id': key('read', 'host', 'operate'),
  'get /v2/holdfast/unconfigured': operator,
  'get /v2/holdfast/keys': operator,
  'post /v2/holdfast/keys': operator,
  'delete /v2/holdfast/keys/:id': operator,
  'post /v2/holdfast/deliveries/:deliveryId/resend': operator,
  'get /v2/holdfast/deliveries': operator,
  'get /v2/holdfast/notifications': operator,
  'get /v2/holdfast/events': auditor,
  'post /v2/holdfast/privacy/export': auditor,
  'post /v2/holdfast/privacy/forget': operator,
  'post /v2/holdfast/privacy/rotate-key': operator,
  'get /v2/holdfast/audit/bookings/:uid': keyOfBooking('audit'),
  'get /v2/holdfast/audit/bookings/:uid/why': keyOfBooking('audit'),
  'get /v2/holdfast/audit/replay': auditor,
  'get /v2/holdfast/audit/bookings/:uid/proof': keyOfBooking('audit'),
  'get /v2/holdfast/audit/hosts/:id/agenda': key('audit'),
  'get /v2/holdfast/audit/hosts/:id/refusals': key('audit'),
  'get /v2/holdfast/audit/export': key('audit'),
  'get /v2/holdfast/audit/changes': auditor,
  'get /v2/holdfast/audit/verify': auditor,
  'get /v2/holdfast/audit/head': auditor,
  'get /calendars/:feedName.ics': anybody,
  'post /calendars/push': anybody,
  'get /health/live': anybody,
  'get /health/ready': anybody,
};
/** Their refusals are pages, so the status tells alone. */
const pages: Readonly<Record<string, Rule>> = {
  'get /bookings/:uid': byUid('read', 'book', 'host'),
  'post /bookings/:uid/cancel': byUid('book', 'host'),
};
const pageStatus = (code: string): string => (code === 'in' ? code : code === 'booking_not_found' ? '404' : '403');

/** A key as a test sends it: `read+host@odd`. `all`: it stands for all hosts. */
type Credential =
  | { readonly type: 'none' | 'own token' | 'token of another booking' }
  | { readonly type: 'key'; readonly roles: ReadonlyArray<ApiKeyRole>; readonly host: 'all' | 'odd' | 'else' };

const roleSets: ReadonlyArray<ReadonlyArray<ApiKeyRole>> = [...apiKeyRoles.map((role) => [role]), [...apiKeyRoles]];
const credentials: ReadonlyArray<Credential> = [
  { type: 'none' },
  { type: 'own token' },
  { type: 'token of another booking' },
  ...(['all', 'odd', 'else'] as const).flatMap((host) =>
    roleSets.map((roles): Credential => ({ type: 'key', roles, host })),
  ),
];
const nameOf = (credential: Credential): string =>
  credential.type === 'key' ? `${credential.roles.join('+')}@${credential.host}` : credential.type;

const apiKeys = {
  authenticate: (presented: string) => {
    const [roles = '', host] = presented.split('@');
    const known = roles.split('+').map((role) => apiKeyRoles.find((each) => each === role) ?? 'read');
    return TE.right({ id: presented, name: presented, roles: known, hostId: host === 'all' ? null : String(host) });
  },
};

type Mode = 'open' | 'token';

/** What the cell says: `in`, or the code of the refusal. */
const expected = (rule: Rule, credential: Credential, mode: Mode): string => {
  if (rule.type === 'anybody') return 'in';
  if (credential.type !== 'key') {
    if (rule.type === 'key') return 'credentials_required';
    if ((mode === 'open' && rule.type === 'uid') || credential.type === 'own token') return 'in';
    return credential.type === 'none' ? 'guest_token_required' : 'guest_token_invalid';
  }
  const hasRole = credential.roles.some((role) => rule.roles.includes(role));
  const isTheirs = credential.host !== 'else';
  if (rule.type === 'uid' || rule.type === 'token')
    return !isTheirs ? 'booking_not_found' : hasRole ? 'in' : 'forbidden';
  if (!hasRole) return 'forbidden';
  if (rule.of === 'server') return credential.host === 'all' ? 'in' : 'forbidden';
  return rule.of === 'booking' && !isTheirs ? 'booking_not_found' : 'in';
};

const refusals: ReadonlySet<string> = new Set([
  'credentials_required',
  'forbidden',
  'booking_not_found',
  'guest_token_required',
  'guest_token_invalid',
]);

const started = testApps();
const elses = { ...odd, id: 'else', number: 2, username: 'else', email: 'else@example.com', eventTypes: [] };

const form = { body: 'reason=', headers: { 'content-type': 'application/x-www-form-urlencoded' } };

const ask = async (app: TestApp, route: string, uid: string, credential: Credential) => {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern
    .replace(':uid', uid)
    .replace(':group', 'saga')
    .replace(':attendeeId', '1')
    .replace(':id', 'none')
    .replace(':feedName', 'none');
  const grant = { party: 'attendee', purpose: 'manage', bookingEndMs: app.clock.now() } as const;
  const token = (bookingUid: string) => `?token=${app.bookingTokens.issue({ ...grant, bookingUid })}`;
  const search =
    credential.type === 'own token' ? token(uid) : credential.type === 'token of another booking' ? token('other') : '';
  return app.request(method.toUpperCase(), `${path}${search}`, {
    ...(credential.type === 'key' ? { key: nameOf(credential) } : {}),
    ...(method === 'post' ? (route in pages ? form : { body: {} }) : {}),
  });
};

describe.each(['open', 'token'] as const)('who gets in, guestActions: %s', (mode) => {
  const options = { hosts: [{ ...odd, calendarIds: [] }, elses], deps: { guestActions: mode, apiKeys } };

  test('every route of the server has its rule', async () => {
    const app = await started(options);
    const routes = endpointsOf(app.deps).map(({ method, path }) => `${method} ${path}`);
    expect(routes.toSorted()).toEqual(Object.keys(rules).toSorted());
  });

  test.each(Object.entries({ ...rules, ...pages }))('%s', async (route, rule) => {
    const app = await started(options);
    const cells: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    // Whoever got in may have changed the booking; then the next one asks for another.
    let used: string | null = null;
    for (const credential of credentials) {
      const name = nameOf(credential);
      const uid: string = used ?? (await booked(app, introBody()));
      used = uid;
      const before = await app.store.head()();
      const reply = await ask(app, route, uid, credential);
      const code = String(at(reply.body, 'error', 'code'));
      const status = reply.status === 403 || reply.status === 404 ? String(reply.status) : 'in';
      const isPage = route in pages;
      cells[name] = isPage ? status : refusals.has(code) ? code : 'in';
      const wish = expected(rule, credential, mode);
      wanted[name] = isPage ? pageStatus(wish) : wish;
      if (rule.type === 'uid')
        expect(reply.text, 'the token is no unknown parameter').not.toContain('token is not a known key');
      if (wish !== 'in') {
        expect(await app.store.head()(), `what ${name} left in the log`).toEqual(before);
        continue;
      }
      await app.post(`/v2/bookings/${uid}/cancel`, {}, { key: 'book@all' });
      used = null;
    }
    expect(cells).toEqual(wanted);
  });
});
