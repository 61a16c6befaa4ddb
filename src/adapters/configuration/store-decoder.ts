import * as E from 'fp-ts/lib/Either.js';
import type { StoreSettings } from '../../application/configuration.ts';
import type { Secret } from '../../application/secret.ts';
import { reveal } from '../../application/secret.ts';
import { DEFAULT_STREAM_PREFIX, parseConnectionString } from '../event-store/eventstoredb/connection-string.ts';
import type { Decoder } from './decoder.ts';
import { all, checked, nullable, object, variants } from './decoder.ts';
import { certificateFile, secret } from './secret-decoders.ts';
import type { Sources } from './sources.ts';
import { oneOf, seconds, textLike } from './value-decoders.ts';

const MAX_START_WAIT_SECONDS = 600;
const DEFAULT_START_WAIT_MS = 30_000;

/** The log is in the data file. */
export const EMBEDDED: StoreSettings = { type: 'embedded' };

/** Read at start, so that a wrong one is told with the other errors. What is told never quotes it. */
const connectionString = (sources: Sources): Decoder<Secret> =>
  checked(secret(sources), (value, path) => {
    const parsed = parseConnectionString(reveal(value));
    return E.isRight(parsed) ? [] : [{ path, code: 'bad_format', message: `cannot be used: ${parsed.left}` }];
  });

/** One category for all streams: what comes before the first dash is the category of a stream in EventStoreDB. */
const streamPrefix = textLike(
  41,
  /^[A-Za-z0-9_.]{1,40}-$/,
  'up to 40 letters, digits, dots or underscores, and one dash at the end, like "holdfast-"',
);

export const store = (sources: Sources): Decoder<StoreSettings> =>
  variants<StoreSettings>({
    embedded: object((keys) => all({ type: keys.required('type', oneOf(['embedded'])) })),
    eventstoredb: object((keys) =>
      all({
        type: keys.required('type', oneOf(['eventstoredb'])),
        connectionString: keys.required('connectionString', connectionString(sources)),
        startWaitMs: keys.optional('startWaitInSeconds', seconds(0.1, MAX_START_WAIT_SECONDS), DEFAULT_START_WAIT_MS),
        streamPrefix: keys.optional('streamPrefix', streamPrefix, DEFAULT_STREAM_PREFIX),
        caFile: keys.optional('caFile', nullable(certificateFile(sources)), null),
      }),
    ),
  });
