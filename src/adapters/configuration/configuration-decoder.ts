import type { Configuration, RetrySettings, Timings } from '../../application/configuration.ts';
import { calendar } from './calendar-decoder.ts';
import type { Decoder } from './decoder.ts';
import { all, checked, nullable, object } from './decoder.ts';
import { FOLDER_MAIL, mail, webhook } from './delivery-decoders.ts';
import { host } from './host-decoders.ts';
import { serverSecretReference } from './secret-decoders.ts';
import type { Sources } from './sources.ts';
import { EMBEDDED, store } from './store-decoder.ts';
import { baseLink, hours, integer, list, oneOf, seconds } from './value-decoders.ts';

const HOUR_MS = 3_600_000;
const MAX_TIME_LIMIT_SECONDS = 120;
const MAX_WAIT_SECONDS = 60;
/** Shorter, and a slow call would need renewing all the time; longer, and what a dead node was doing rests for too long. */
const MIN_LEASE_SECONDS = 2;
const MAX_LEASE_SECONDS = 300;
const MAX_RETRY_WAIT_SECONDS = 86_400;
const MAX_DEADLINE_HOURS = 720;

const timeLimit = seconds(0.1, MAX_TIME_LIMIT_SECONDS);
const wait = seconds(0, MAX_WAIT_SECONDS);

export const defaultTimings: Timings = {
  settleWindowMs: 3_000,
  answerWaitMs: 5_000,
  calendarTimeLimitMs: 10_000,
  conferencingTimeLimitMs: 10_000,
  mailTimeLimitMs: 30_000,
  webhookTimeLimitMs: 10_000,
  leaseMs: 15_000,
};

const timings: Decoder<Timings> = object((keys) =>
  all({
    settleWindowMs: keys.optional('settleWindowInSeconds', wait, defaultTimings.settleWindowMs),
    answerWaitMs: keys.optional('answerWaitInSeconds', wait, defaultTimings.answerWaitMs),
    calendarTimeLimitMs: keys.optional('calendarTimeLimitInSeconds', timeLimit, defaultTimings.calendarTimeLimitMs),
    conferencingTimeLimitMs: keys.optional(
      'conferencingTimeLimitInSeconds',
      timeLimit,
      defaultTimings.conferencingTimeLimitMs,
    ),
    mailTimeLimitMs: keys.optional('mailTimeLimitInSeconds', timeLimit, defaultTimings.mailTimeLimitMs),
    webhookTimeLimitMs: keys.optional('webhookTimeLimitInSeconds', timeLimit, defaultTimings.webhookTimeLimitMs),
    leaseMs: keys.optional('leaseInSeconds', seconds(MIN_LEASE_SECONDS, MAX_LEASE_SECONDS), defaultTimings.leaseMs),
  }),
);

type Retries = Configuration['retries'];

export const defaultRetries: Retries = {
  calendar: { baseMs: 5_000, capMs: 15 * 60_000, deadlineMs: 24 * HOUR_MS },
  mail: { baseMs: 10_000, capMs: HOUR_MS, deadlineMs: 24 * HOUR_MS },
  webhook: { baseMs: 10_000, capMs: HOUR_MS, deadlineMs: 24 * HOUR_MS },
};

const retryPolicy = (fallback: RetrySettings): Decoder<RetrySettings> =>
  checked(
    object((keys) =>
      all({
        baseMs: keys.optional('baseInSeconds', seconds(0.01, MAX_RETRY_WAIT_SECONDS), fallback.baseMs),
        capMs: keys.optional('capInSeconds', seconds(0.01, MAX_RETRY_WAIT_SECONDS), fallback.capMs),
        deadlineMs: keys.optional('deadlineInHours', hours(0, MAX_DEADLINE_HOURS), fallback.deadlineMs),
      }),
    ),
    ({ baseMs, capMs }, path) =>
      baseMs <= capMs
        ? []
        : [{ path: `${path}.capInSeconds`, code: 'wrong_order', message: 'must not be less than baseInSeconds' }],
  );

const retries: Decoder<Retries> = object((keys) =>
  all({
    calendar: keys.optional('calendar', retryPolicy(defaultRetries.calendar), defaultRetries.calendar),
    mail: keys.optional('mail', retryPolicy(defaultRetries.mail), defaultRetries.mail),
    webhook: keys.optional('webhook', retryPolicy(defaultRetries.webhook), defaultRetries.webhook),
  }),
);

type Limits = Configuration['limits'];

/** Requests: Cal.com's limit for each key or address. */
export const defaultLimits: Limits = { bodyBytes: 65_536, requestsPerMinute: null };

const limits: Decoder<Limits> = object((keys) =>
  all({
    bodyBytes: keys.optional('bodyBytes', integer(1_024, 1_048_576, 'bytes'), defaultLimits.bodyBytes),
    requestsPerMinute: keys.optional(
      'requestsPerMinute',
      integer(1, 1_000_000, 'requests'),
      defaultLimits.requestsPerMinute,
    ),
  }),
);

const MAX_HOSTS = 1000;
const MAX_CALENDARS = 5000;
const MAX_WEBHOOKS = 1000;

const conferencing: Decoder<Configuration['conferencing']> = object((keys) =>
  all({
    jitsi: keys.optional(
      'jitsi',
      nullable(object((jitsi) => all({ baseUrl: jitsi.required('baseUrl', baseLink) }))),
      null,
    ),
  }),
);

/** The whole file, part by part; `crossCheck` looks at how the parts fit together. */
export const configuration = (sources: Sources): Decoder<Configuration> =>
  object((keys) =>
    all({
      publicUrl: keys.optional('publicUrl', nullable(baseLink), null),
      guestActions: keys.optional('guestActions', oneOf(['open', 'token']), 'open'),
      secret: keys.optional('secret', nullable(serverSecretReference(sources)), null),
      store: keys.optional('store', store(sources), EMBEDDED),
      hosts: keys.required('hosts', list(host, MAX_HOSTS, 1)),
      calendars: keys.optional('calendars', list(calendar(sources), MAX_CALENDARS), []),
      webhooks: keys.optional('webhooks', list(webhook(sources), MAX_WEBHOOKS), []),
      mail: keys.optional('mail', mail(sources), FOLDER_MAIL),
      conferencing: keys.optional('conferencing', conferencing, { jitsi: null }),
      timings: keys.optional('timings', timings, defaultTimings),
      retries: keys.optional('retries', retries, defaultRetries),
      limits: keys.optional('limits', limits, defaultLimits),
    }),
  );
