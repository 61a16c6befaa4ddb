import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { readMultistatus } from '../../../src/adapters/calendars/caldav/multistatus.ts';
import { toCallFailure, toTokenFailure } from '../../../src/adapters/calendars/google/failure-mapping.ts';
import type { Google } from '../../../src/adapters/calendars/google/google-client.ts';
import { readGoogleBusyTimes } from '../../../src/adapters/calendars/google/read-busy-times.ts';
import { readEnvironment } from '../../../src/adapters/configuration/environment.ts';
import { loadFile } from '../../../src/adapters/configuration/load-file.ts';
import { parseConnectionString } from '../../../src/adapters/event-store/eventstoredb/connection-string.ts';
import { readBusy } from '../../../src/adapters/icalendar/read-icalendar.ts';
import { bookingTokens } from '../../../src/adapters/identity/booking-token.ts';
import { retryAfterMs } from '../../../src/adapters/network/retry-after.ts';
import { recipientKey } from '../../../src/http/access/mail-limits.ts';
import { decodeCreateBody } from '../../../src/http/bookings/create-body.ts';
import { decodeCalendarEvent, decodeBookingEvent, decodeScheduleEvent } from '../../../src/domain/log/decode.ts';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { parseMailAddress } from '../../../src/domain/mail/mail-address.ts';
import { parseInstant, phone, timeZone, webUrl } from '../../../src/domain/decoding/values.ts';
import { readableText, strangersName, unlinkedName } from '../../../src/domain/visible-text.ts';
import { requested } from '../../../src/testing/index.ts';
import { isObject } from '../../../src/domain/unknown.ts';
import { introBody } from '../booking-bodies.ts';

/**
 * Something that reads what others wrote. `samples`: good inputs, to be spoilt. `grown`: an input of about `size` units that
 * makes as much work as one of its size can. `read` never throws: what is wrong it answers.
 */
export type FuzzedCodec = {
  readonly name: string;
  readonly samples: ReadonlyArray<string>;
  readonly grown: (size: number) => string;
  readonly read: (text: string) => unknown;
};

/** Input of codecs that take parsed JSON; a text that is none is the parser's own refusal. */
const fromJson =
  (read: (value: Json) => unknown) =>
  (text: string): unknown => {
    const parsed = E.tryCatch(
      () => JSON.parse(text) as Json,
      () => 'not JSON',
    );
    return E.isLeft(parsed) ? parsed : read(parsed.right);
  };

const names = (size: number): string =>
  Array.from({ length: Math.ceil(size / 20) }, (_, n) => `"attendeeNames${String(n).padStart(5, '0')}":1`).join(',');

const event = (uid: string, rule = ''): string =>
  `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:20500905T070000Z\r\nDTEND:20500905T073000Z\r\n${rule}END:VEVENT\r\n`;
const vcalendar = (events: string): string => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events}END:VCALENDAR\r\n`;
const response = (n: number): string =>
  `<D:response><D:href>/c/${n}.ics</D:href><D:propstat><D:prop><D:getetag>"${n}"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;
const multistatus = (responses: string): string => `<D:multistatus xmlns:D="DAV:">${responses}</D:multistatus>`;
const many = (size: number, each: number, make: (n: number) => string, between = ''): string =>
  Array.from({ length: Math.ceil(size / each) }, (_, n) => make(n)).join(between);

const WINDOW = { start: Date.UTC(2050, 8, 1), end: Date.UTC(2050, 9, 1) };
const busyIn = (text: string) => readBusy([text], { window: WINDOW, hostTimeZone: 'Europe/Oslo', except: new Set() });

/** Google's answer as its library hands it on: whatever JSON there was. */
const google = (answer: unknown): Google => ({
  call: async () => E.right(JSON.parse(JSON.stringify(answer))),
  config: {
    calendarId: 'work',
    googleCalendarId: 'primary',
    hostTimeZone: 'Europe/Oslo',
    credentials: { type: 'oauth', clientId: 'id', clientSecret: 'secret', refreshToken: 'token' },
  },
});
const own = { bookingUid: 'uid', icsUid: 'uid@holdfast' };
const googleEvent = (n: number): string =>
  `{"id":"e${n}","status":"confirmed","start":{"dateTime":"2050-09-05T07:00:00Z"},"end":{"dateTime":"2050-09-05T07:30:00Z"}}`;

const example = readFileSync(new URL('../../../docs/examples/holdfast.yaml', import.meta.url), 'utf8');
const asConfiguration = (text: string) => loadFile({ HOLDFAST_TEST: 'x' }, () => E.right(text), 'holdfast.yaml');

const stored = (data: Json) => ({
  version: 3,
  occurredAt: '2050-09-01T07:00:00.000Z',
  data: isObject(data) ? data : {},
});
const requestedJson = JSON.stringify(requested().data);
const tokens = bookingTokens(new Uint8Array(32).fill(7));
const demand = { bookingUid: 'uid', party: 'attendee', purpose: 'manage', nowMs: 0 } as const;
const token = tokens.issue({ ...demand, bookingEndMs: 1_000 });
const attempt = { operation: 'list', write: false, nowMs: 0 };
const letters = (size: number): string => 'a'.repeat(size);

/** Every reader of foreign text. Requests come through HTTP as well, see `fuzzRequests`. */
export const fuzzedCodecs: ReadonlyArray<FuzzedCodec> = [
  {
    name: 'body of a booking',
    samples: [JSON.stringify(introBody({ guests: ['g@example.com'], metadata: { a: 1 } }))],
    grown: (size) => `{${names(size)}}`,
    read: fromJson(decodeCreateBody),
  },
  {
    name: 'guests of a booking',
    samples: [JSON.stringify(introBody())],
    grown: (size) => JSON.stringify(introBody({ guests: Array.from({ length: Math.ceil(size / 4) }, () => 'x') })),
    read: fromJson(decodeCreateBody),
  },
  {
    name: 'configuration',
    samples: [example],
    // Not many keys of one map: the library compares them pairwise, and the file is the operator's own.
    grown: (size) => `attendeeNames:\n${many(size, 14, (n) => `  - name${String(n).padStart(5, '0')}\n`)}`,
    read: asConfiguration,
  },
  {
    name: 'hosts of a configuration',
    samples: [example.slice(0, 2_000)],
    grown: (size) => `hosts:\n${many(size, 20, (n) => `  - id: a${n}\n    name: x\n`)}`,
    read: asConfiguration,
  },
  {
    name: 'environment',
    samples: ['["PORT","3000"]', '["HOLDFAST_TRUSTED_PROXIES","loopback, 10.0.0.0/8"]', '["HOLDFAST_API_KEY","cal_x"]'],
    grown: (size) => JSON.stringify(['HOLDFAST_TRUSTED_PROXIES', '10.0.0.1,'.repeat(Math.ceil(size / 9))]),
    read: fromJson((pair) =>
      readEnvironment(
        Object.fromEntries([[String(Reflect.get(Object(pair), 0)), String(Reflect.get(Object(pair), 1))]]),
      ),
    ),
  },
  {
    name: 'booking event of a log',
    samples: [requestedJson],
    grown: (size) => requestedJson.replace(/"guests":\[[^\]]*\]/, `"guests":[${many(size, 4, () => '"a"', ',')}]`),
    read: fromJson((data) => decodeBookingEvent({ type: 'BookingRequested', ...stored(data) })),
  },
  {
    name: 'schedule and calendar events of a log, and their hash',
    samples: ['{"bookingUid":"u","icsUid":"u@h","start":"2050-09-05T07:00:00.000Z"}', '{"personal":{"objects":[]}}'],
    grown: (size) => `{${names(size)}}`,
    read: fromJson((data) => [
      decodeScheduleEvent({ type: 'SlotHeld', ...stored(data) }),
      decodeCalendarEvent({ type: 'CalendarObjectsUnreadable', ...stored(data) }),
    ]),
  },
  {
    name: 'iCalendar',
    samples: [
      vcalendar(event('a', 'RRULE:FREQ=WEEKLY;COUNT=9;BYDAY=MO,TU\r\nEXDATE:20500912T070000Z\r\n')),
      vcalendar(`${event('a')}${event('b', 'RECURRENCE-ID:20500905T070000Z\r\n')}`),
    ],
    grown: (size) => vcalendar(many(size, 85, (n) => event(`u${n}`))),
    read: busyIn,
  },
  {
    name: 'one long line of iCalendar',
    samples: [vcalendar(event('a', 'X-LONG;A="b":c\r\n d\r\n'))],
    grown: (size) => vcalendar(event('a', `EXDATE:${many(size, 17, () => '20500912T070000Z', ',')}\r\n`)),
    read: busyIn,
  },
  {
    name: 'multistatus of CalDAV',
    samples: [multistatus(response(1) + response(2))],
    grown: (size) => multistatus(many(size, 155, response)),
    read: readMultistatus,
  },
  {
    name: 'nested XML',
    samples: [multistatus('<a><b/></a>')],
    grown: (size) =>
      multistatus('<a>'.repeat(Math.min(500, size / 7)) + '</a>'.repeat(Math.min(500, size / 7)) + 'x'.repeat(size)),
    read: readMultistatus,
  },
  {
    name: 'listing of Google',
    samples: [`{"timeZone":"Europe/Oslo","items":[${googleEvent(1)},{"id":"x","attendees":[{"self":true}]}]}`],
    grown: (size) => `{"items":[${many(size, 110, googleEvent, ',')}]}`,
    read: fromJson((answer) => readGoogleBusyTimes(google(answer), WINDOW, [own], AbortSignal.abort())),
  },
  {
    name: 'free and busy times of Google',
    samples: ['{"calendars":{"primary":{"busy":[{"start":"2050-09-05T07:00:00Z","end":"2050-09-05T08:00:00Z"}]}}}'],
    grown: (size) =>
      `{"calendars":{"primary":{"busy":[${many(size, 60, () => '{"start":"2050-09-05T07:00:00Z","end":"2050-09-05T08:00:00Z"}', ',')}]}}}`,
    read: fromJson((answer) => readGoogleBusyTimes(google(answer), WINDOW, [], AbortSignal.abort())),
  },
  {
    name: 'error of Google',
    samples: [
      '{"response":{"status":403,"data":{"error":{"code":403,"errors":[{"reason":"rateLimitExceeded"}]}},"headers":{}}}',
    ],
    grown: (size) =>
      `{"response":{"status":403,"data":{"error":{"errors":[${many(size, 15, () => '{"reason":"a"}', ',')}]}},"headers":{}}}`,
    read: fromJson((error) => [toCallFailure(error, attempt), toTokenFailure(error, 0)]),
  },
  {
    name: 'token',
    samples: [token],
    grown: (size) => token + letters(size),
    read: (text) => tokens.verify(text, demand),
  },
  {
    name: 'connection string',
    samples: ['esdb+discover://admin:changeit@a:2113,b:2113?tls=true&nodePreference=leader'],
    grown: (size) => `esdb://${many(size, 7, () => 'a:2113', ',')}?tls=true`,
    read: parseConnectionString,
  },
  {
    name: 'mail address',
    samples: ['runa@example.com', 'a.b+c@bücher.example'],
    grown: (size) => `${'a.'.repeat(size / 2)}@x.com`,
    read: (text) => [parseMailAddress(text), recipientKey(text)],
  },
  {
    name: 'instant',
    samples: ['2050-09-05T07:00:00.123+02:00'],
    grown: (size) => `2050-09-05T07:00:00.${'1'.repeat(size)}Z`,
    read: parseInstant,
  },
  { name: 'time zone', samples: ['Europe/Oslo'], grown: letters, read: (text) => timeZone.decode(text) },
  {
    name: 'phone number',
    samples: ['+47 12 34 56 78'],
    grown: (size) => `+${'1 '.repeat(size / 2)}`,
    read: (text) => phone.decode(text),
  },
  {
    name: 'URL',
    samples: ['https://example.com/a?b=c#d'],
    grown: (size) => `https://example.com/${letters(size)}`,
    read: (text) => webUrl.decode(text),
  },
  {
    name: 'Retry-After',
    samples: ['120', 'Wed, 21 Oct 2050 07:28:00 GMT'],
    grown: (size) => '1'.repeat(size),
    read: (text) => retryAfterMs(text, 0, 1_000),
  },
  {
    name: 'name of a stranger',
    samples: ['Runa', 'evil .com', 'a : / / b', 'J.R.R.Tolkien'],
    grown: (size) => ' .'.repeat(size / 2),
    read: (text) => [strangersName(1_000_000).decode(text), unlinkedName(text), readableText(text)],
  },
];
