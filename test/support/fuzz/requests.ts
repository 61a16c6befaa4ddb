import type { Endpoint } from '../../../src/http/transport/endpoint.ts';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { gzipSync } from 'node:zlib';
import { introBody } from '../booking-bodies.ts';
import { type Dice, mutateJson, mutateText, nastyTexts, nastyValue } from './mutate.ts';

/** A request as it is sent: the target and headers as Node's client lets them through. */
export type HostileRequest = {
  readonly route: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
};

/** What a route is asked with: things that there are, and names of fields that its refusals have told. */
export type Known = {
  readonly uids: ReadonlyArray<string>;
  readonly tokens: ReadonlyArray<string>;
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
};

const keys = [
  'cal_read',
  'cal_book',
  'cal_host',
  'cal_operate',
  'cal_audit',
  'cal_host_odd',
  'cal_host_else',
  'cal_host_odd',
  'no',
];

/** Field names of today's bodies and queries; those of later routes are learnt from what they refuse. */
const fieldNames = [
  'start',
  'end',
  'eventTypeId',
  'attendee',
  'guests',
  'metadata',
  'bookingFieldsResponses',
  'lengthInMinutes',
  'location',
  'cancellationReason',
  'reason',
  'calendarId',
  'position',
  'status',
  'take',
  'skip',
  'sortStart',
  'attendeeEmail',
  'afterStart',
  'beforeEnd',
  'username',
  'eventTypeSlug',
  'timeZone',
  'format',
  'token',
  'before',
  'bookingUid',
  'bookingUidToReschedule',
  'rescheduledBy',
  'reschedulingReason',
  'host',
  'attendees',
  'duration',
];

const goodValues: ReadonlyArray<Json> = [
  '2050-09-05',
  '2050-09-06',
  '2050-09-05T07:00:00Z',
  '2050-09-06T09:30:00Z',
  '1',
  1,
  2,
  true,
  'odd',
  'intro',
  'work',
  'Europe/Oslo',
  'upcoming',
  'asc',
  'runa@example.com',
  ['a@example.com'],
  { host: true },
  [{ email: 'runa@example.com', absent: true }],
];

/** What goes under a name where it is known; whatever else is tried with anything. */
const goodByName: Readonly<Record<string, Json>> = {
  start: '2050-09-05',
  end: '2050-09-07',
  eventTypeId: 1,
  timeZone: 'Europe/Oslo',
  status: 'upcoming',
  calendarId: 'work',
  token: 'g1',
};
const goodFor = (dice: Dice, name: string): Json =>
  (dice.once(4) ? undefined : goodByName[name]) ?? dice.oneOf(goodValues);

/** A Monday to Friday half hour of two weeks, between nine and five in Oslo. */
const someStart = (dice: Dice): string => {
  const day = dice.oneOf(['05', '06', '07', '08', '09', '12', '13', '14', '15', '16']);
  const hour = String(7 + dice.below(8)).padStart(2, '0');
  return `2050-09-${day}T${hour}:${dice.oneOf(['00', '30'])}:00Z`;
};

const bookingBody = (dice: Dice): Json =>
  JSON.parse(
    JSON.stringify(introBody({ start: someStart(dice), eventTypeId: 1 + dice.below(2), guests: ['g@example.com'] })),
  );

const bodyFor = (dice: Dice, route: string, known: Known): Json => {
  if (route.endsWith(' /v2/bookings') && !dice.once(4)) return bookingBody(dice);
  const names = [...fieldNames, ...(known.fields.get(route) ?? [])];
  const learnt = [...(known.fields.get(route) ?? [])].map((name) => [name, goodFor(dice, name)] as const);
  const others = Array.from({ length: dice.below(3) }, () => [dice.oneOf(names), dice.oneOf(goodValues)] as const);
  return Object.fromEntries([...learnt, ...others, ...(dice.once(2) ? [['start', someStart(dice)] as const] : [])]);
};

const pathOf = (dice: Dice, path: string, known: Known): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => {
    if (name === 'uid' && known.uids.length > 0 && !dice.once(3)) return dice.oneOf(known.uids);
    if (dice.once(3)) return dice.oneOf(['saga', 'work', 'odd', 'none', '%00', '%ff', '%2e%2e', '..', '%', 'a%2fb']);
    return encodeURIComponent(dice.oneOf(nastyTexts).toWellFormed().slice(0, 1_500)) || 'x';
  });

const parameter = (dice: Dice, name: string, known: Known): string => {
  if (name === 'token' && known.tokens.length > 0 && !dice.once(4)) return `token=${dice.oneOf(known.tokens)}`;
  const value = dice.once(4) ? dice.oneOf(nastyTexts).toWellFormed().slice(0, 1_500) : String(goodFor(dice, name));
  return `${name}=${dice.once(20) ? '%zz%' : encodeURIComponent(value)}`;
};

/** What a reading route has asked for before, and something else in one of three. */
const queryOf = (dice: Dice, route: string, known: Known): string => {
  const isRead = route.startsWith('get ');
  const learnt = isRead && !dice.once(6) ? [...(known.fields.get(route) ?? [])] : [];
  const token = dice.once(isRead ? 3 : 2) ? ['token'] : [];
  const others = dice.once(3)
    ? [dice.oneOf([...fieldNames, 'a[b][c]', 'take[]', '__proto__[x]', 'start[]', '%ff', 'a[0]'])]
    : [];
  const parts = [...new Set([...learnt, ...token, ...others])].map((name) => parameter(dice, name, known));
  const flood = dice.once(80) ? ['a=1&'.repeat(1_200)] : [];
  return parts.length + flood.length === 0 ? '' : `?${[...parts, ...flood].join('&')}`;
};

const visible = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 2_000);

const headersOf = (dice: Dice, hasBody: boolean): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {};
  if (hasBody)
    headers['content-type'] = dice.once(12)
      ? dice.oneOf(['text/plain', 'application/json; charset=utf-16', 'multipart/form-data; boundary=x', 'x', 'a/b;'])
      : 'application/json';
  if (dice.once(2)) headers.authorization = `Bearer ${dice.oneOf(keys)}`;
  else if (dice.once(8)) headers.authorization = visible(dice.oneOf(nastyTexts));
  for (const name of [
    'idempotency-key',
    'prefer',
    'cal-api-version',
    'holdfast-position',
    'holdfast-guest-token',
    'origin',
  ])
    if (dice.once(12))
      headers[name] = dice.once(2) ? visible(dice.oneOf(nastyTexts)) : dice.oneOf(['1', 'wait=0', '2024-08-13']);
  // Nothing is decided later: a request waits for nothing that the clock of the test would have to bring.
  headers.prefer ??= 'wait=0';
  return headers;
};

type Packed = { readonly body: Buffer; readonly encoding: string | null };

const packed = (dice: Dice, text: string): Packed => {
  const bytes = Buffer.from(text);
  if (!dice.once(15)) return { body: bytes, encoding: null };
  const encoding = dice.oneOf(['gzip', 'br', 'deflate', 'zstd', 'identity', 'x', 'gzip, gzip']);
  return { body: dice.once(2) ? gzipSync(bytes) : bytes, encoding };
};

/** Forms for pages, JSON for the rest; half of the bodies are good, the others have something wrong in them. */
const textFor = (dice: Dice, { path }: Endpoint, route: string, known: Known): string => {
  if (!path.startsWith('/v2/')) {
    const form = `${dice.oneOf(fieldNames)}=${encodeURIComponent(dice.oneOf(nastyTexts).toWellFormed())}`;
    return dice.once(3) ? mutateText(dice, form) : form;
  }
  const good = bodyFor(dice, route, known);
  const json = dice.once(2) ? good : dice.once(6) ? nastyValue(dice) : mutateJson(dice, good);
  return dice.once(8) ? mutateText(dice, JSON.stringify(json)) : JSON.stringify(json);
};

/** Characters. What is longer is refused by Node's parser, before there is a route. */
const MOST_TARGET = 10_000;

/** One hostile request to a route. */
export const hostileRequest = (dice: Dice, endpoint: Endpoint, known: Known): HostileRequest => {
  const route = `${endpoint.method} ${endpoint.path}`;
  const method = dice.once(25)
    ? dice.oneOf(['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
    : endpoint.method.toUpperCase();
  const takesBody = method === 'POST' || (method !== 'GET' && method !== 'HEAD' && dice.once(2));
  const target = `${pathOf(dice, endpoint.path, known)}${queryOf(dice, route, known)}`.slice(0, MOST_TARGET);
  const { body, encoding } = takesBody
    ? packed(dice, textFor(dice, endpoint, route, known))
    : { body: null, encoding: null };
  const headers = headersOf(dice, body !== null);
  const form =
    endpoint.path.startsWith('/v2/') || dice.once(12) ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return {
    route,
    method,
    target,
    headers: {
      ...headers,
      ...(body === null ? {} : { ...form, 'content-length': String(body.byteLength) }),
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
    },
    body,
  };
};
