import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { reveal } from '../../application/secret.ts';
import { host } from '../../domain/bookable/host.ts';
import {
  checked,
  from,
  list,
  mapped,
  nullable,
  object,
  optional,
  section,
  variants,
  withDefault,
} from '../../domain/decoding/codec.ts';
import {
  hours,
  integer,
  line,
  literal,
  oneOf,
  operatorEmail,
  seconds,
  textLike,
  webUrl,
} from '../../domain/decoding/values.ts';
import { calendarSettings } from '../calendars/providers.ts';
import { DEFAULT_STREAM_PREFIX, parseConnectionString } from '../event-store/eventstoredb/connection-string.ts';
import { FOLDER_MAIL, heads, mail, refusalLimits, webhook } from './delivery.ts';
import type { Sources } from './sources.ts';
import { certificateFile, secret, strongSecret } from './sources.ts';

const MAX_HOSTS = 1_000;
const MAX_CALENDARS = 5_000;
const MAX_WEBHOOKS = 1_000;
/** A hundred years: nobody has bookings that are older. */
const MAX_DAYS_KEPT = 36_500;

/** Origin and path that paths are added to: without query, fragment and the slash at the end. */
const baseUrl = mapped(
  checked(webUrl, ({ search, hash }) =>
    search === '' && hash === '' ? [] : [{ code: 'bad_format', message: 'must not have a query or a fragment' }],
  ),
  ({ href }) => href.replace(/\/+$/, ''),
);

/** Read at start, so that a wrong one is told with the other errors. What is told never quotes it. */
const connectionString = (sources: Sources) =>
  checked(secret(sources), (value) => {
    const parsed = parseConnectionString(reveal(value));
    return E.isRight(parsed) ? [] : [{ code: 'bad_format', message: `cannot be used: ${parsed.left}` }];
  });

/** Which engine holds the log. */
export const store = (sources: Sources) =>
  withDefault(
    variants({
      embedded: object({ type: literal('embedded') }),
      eventstoredb: object({
        type: literal('eventstoredb'),
        connectionString: connectionString(sources),
        /** Path of a PEM file; null for the authorities that the connection string or Node knows. */
        caFile: nullable(certificateFile(sources)),
        /**
         * Before the names of all streams in the database, which others may use too. One category for all of them: what
         * comes before the first dash is the category of a stream in EventStoreDB.
         */
        streamPrefix: withDefault(
          textLike(
            41,
            /^[A-Za-z0-9_.]{1,40}-$/,
            'up to 40 letters, digits, dots or underscores, and one dash at the end, like "holdfast-"',
          ),
          DEFAULT_STREAM_PREFIX,
        ),
        /** Milliseconds that a start waits for a leader. */
        startWaitMs: from('startWaitInSeconds', withDefault(seconds(0.1, 600), 30_000)),
      }),
    }),
    { type: 'embedded' },
  );
export type StoreSettings = TypeOf<ReturnType<typeof store>>;

const timeLimit = seconds(0.1, 120);
const wait = seconds(0, 60);

/** All in milliseconds. */
const timings = object({
  /** How long a failed calendar waits for the others before anybody is told. */
  settleWindowMs: from('settleWindowInSeconds', withDefault(wait, 3_000)),
  /** How long `POST /v2/bookings` waits for the decision when the client names no time of its own. */
  answerWaitMs: from('answerWaitInSeconds', withDefault(wait, 5_000)),
  /** How long calendars are tried for a move, from its request or its approval on; then the old time stays. */
  rescheduleAllowanceMs: from('rescheduleAllowanceInSeconds', withDefault(seconds(1, 86_400), 300_000)),
  calendarTimeLimitMs: from('calendarTimeLimitInSeconds', withDefault(timeLimit, 10_000)),
  /** How often each calendar is tried, whether it can be read. */
  calendarTryMs: from('calendarTryInSeconds', withDefault(seconds(10, 86_400), 300_000)),
  /** How long a calendar may be unreadable until its hosts and the operator are told. */
  calendarAlertAfterMs: from('calendarAlertAfterInSeconds', withDefault(seconds(0, 604_800), 600_000)),
  /** How often each calendar is asked what people have changed in it. */
  calendarWatchMs: from('calendarWatchInSeconds', withDefault(seconds(5, 86_400), 300_000)),
  /** How long after a first answer a calendar is asked again before what it said is a fact. */
  calendarConfirmMs: from('calendarConfirmInSeconds', withDefault(seconds(1, 3_600), 30_000)),
  conferencingTimeLimitMs: from('conferencingTimeLimitInSeconds', withDefault(timeLimit, 10_000)),
  mailTimeLimitMs: from('mailTimeLimitInSeconds', withDefault(timeLimit, 30_000)),
  webhookTimeLimitMs: from('webhookTimeLimitInSeconds', withDefault(timeLimit, 10_000)),
  /**
   * For how long a node has an effect for itself, where several share a log. Shorter, and a slow call would need renewing
   * all the time; longer, and what a dead node was doing rests for too long.
   */
  leaseMs: from('leaseInSeconds', withDefault(seconds(2, 300), 15_000)),
});

const HOUR_MS = 3_600_000;
const retryWait = seconds(0.01, 86_400);

/** Milliseconds: first wait, longest wait, and how long after the first attempt the last one may be made. */
const retryPolicy = (baseMs: number, capMs: number) =>
  section(
    checked(
      object({
        baseMs: from('baseInSeconds', withDefault(retryWait, baseMs)),
        capMs: from('capInSeconds', withDefault(retryWait, capMs)),
        deadlineMs: from('deadlineInHours', withDefault(hours(0, 720), 24 * HOUR_MS)),
      }),
      (policy) =>
        policy.baseMs <= policy.capMs
          ? []
          : [{ at: ['capInSeconds'], code: 'wrong_order', message: 'must not be less than baseInSeconds' }],
    ),
  );

/** All hosts, with what they offer and by which rules. */
export const hostList = list(host, MAX_HOSTS, 1);

/** The whole file, part by part; `crossCheck` looks at how the parts fit together. */
export const configuration = (sources: Sources) =>
  object(
    {
      /** Origin and path in links of mails, without a slash at the end; null: the address the server listens on. */
      publicUrl: nullable(baseUrl),
      guestActions: withDefault(oneOf(['open', 'token']), 'token'),
      /** When other guests are told of a booking that somebody without a key of the host asked for. */
      guestInvitations: withDefault(oneOf(['after-attendee', 'at-once']), 'after-attendee'),
      /** The server's secret where the file refers to one; null: HOLDFAST_SECRET, else one that is made. */
      secret: nullable(strongSecret(secret(sources))),
      store: store(sources),
      /** Whom to write to about the server itself. Null: nobody. */
      operator: nullable(object({ name: withDefault(line(200), 'Operator'), email: operatorEmail })),
      hosts: hostList,
      calendars: withDefault(list(calendarSettings(sources), MAX_CALENDARS), []),
      webhooks: withDefault(list(webhook(sources), MAX_WEBHOOKS), []),
      mail: withDefault(mail(sources), FOLDER_MAIL),
      conferencing: section(object({ jitsi: nullable(object({ baseUrl })) })),
      timings: section(timings),
      retries: section(
        object({
          calendar: retryPolicy(5_000, HOUR_MS / 4),
          mail: retryPolicy(10_000, HOUR_MS),
          webhook: retryPolicy(10_000, HOUR_MS),
        }),
      ),
      audit: section(object({ heads: nullable(heads(sources)), refusals: section(refusalLimits) })),
      /** Days after their last booking until somebody is forgotten; null: nobody is, unless it is asked for. */
      privacy: section(object({ forgetAfterDays: nullable(integer(1, MAX_DAYS_KEPT, 'days')) })),
      limits: section(
        object({
          /** More events that people changed in one calendar at once stop its watching: so many, or this part of its bookings. */
          mostDifferences: withDefault(integer(1, 10_000, 'bookings'), 5),
          mostDifferencesPercent: withDefault(integer(1, 100, 'percent'), 20),
          bodyBytes: withDefault(integer(1_024, 1_048_576, 'bytes'), 65_536),
          /** For each key or address, as Cal.com limits them. Null: the default, which depends on who can reach the server. */
          requestsPerMinute: nullable(integer(1, 1_000_000, 'requests')),
          /** For whoever shows no key that vouches for them. Null: the defaults, which depend on who can reach the server. */
          mailsOfStrangers: nullable(
            object({
              perRecipient: optional(integer(1, 1_000_000, 'bookings an hour')),
              perCaller: optional(integer(1, 1_000_000, 'mailboxes an hour')),
              pendingPerAttendee: optional(integer(1, 1_000_000, 'bookings')),
            }),
          ),
        }),
      ),
    },
    { name: 'a mapping of keys to values' },
  );

export type Configuration = TypeOf<ReturnType<typeof configuration>>;
