import type { Configuration } from '../../application/configuration.ts';
import { calendar } from './calendar-decoder.ts';
import { all, type Decoder, nullable } from './decoder.ts';
import { host } from './host-decoder.ts';
import { FOLDER_MAIL, mail } from './mail-decoder.ts';
import { object } from './object-decoder.ts';
import { defaultLimits, defaultRetries, defaultTimings, limits, retries, timings } from './runtime-decoders.ts';
import { serverSecretReference } from './secret-strength.ts';
import type { Sources } from './sources.ts';
import { EMBEDDED, store } from './store-decoder.ts';
import { baseLink } from './url-decoders.ts';
import { list, oneOf } from './value-decoders.ts';
import { webhook } from './webhook-decoder.ts';

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
