import * as E from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { Settings } from '../adapters/configuration/load-configuration.ts';
import { ensureFirstKey } from '../adapters/keys/first-key.ts';
import { guestTokens } from '../adapters/keys/guest-token.ts';
import type { ServerSecret } from '../adapters/keys/server-secret.ts';
import { makeApiKeys } from '../adapters/keys/sqlite-api-keys.ts';
import { serverSecret } from '../adapters/keys/stored-server-secret.ts';
import { lockFile } from '../adapters/sqlite/file-lock.ts';
import type { FindSlotsDeps } from '../application/booking/find-slots.ts';
import type { ApiKeys } from '../application/ports/api-keys.ts';
import type { Secret } from '../application/secret.ts';
import { createApp } from '../http/app.ts';
import { startProjections } from '../projections/runtime/start-projections.ts';
import { connectCalendars } from './connect-calendars.ts';
import { connectMail } from './connect-mail.ts';
import { startEngine } from './engine.ts';
import type { Feeds } from './feed-links.ts';
import { createFeeds } from './feed-links.ts';
import { httpDepsOf } from './http-deps.ts';
import { systemIdentity } from './identity.ts';
import { type ListenError, listen } from './listen.ts';
import type { Log } from './log.ts';
import { createMailLinks } from './mail-links.ts';
import type { Storage } from './open-storage.ts';
import { openStorage } from './open-storage.ts';
import { createReadiness } from './readiness.ts';
import type { StartError } from './start-error.ts';

/** A server on the air. `newKey`: the first API key, made at this very start; it is kept nowhere in clear. */
export type Server = {
  readonly url: string;
  readonly newKey: Option<Secret>;
  readonly feeds: Feeds;
  readonly slots: FindSlotsDeps;
  /** Requests and calls finish within their grace, positions are saved, the data file is let go. */
  readonly stop: () => Promise<void>;
};

type Opened = { readonly storage: Storage; readonly secret: ServerSecret; readonly keys: ApiKeys; readonly newKey: Option<Secret> };

/** What has to be in order before anything runs; the file is let go again where it is not. */
const open = async ({ environment }: Settings): Promise<E.Either<StartError, Opened>> => {
  const opened = openStorage(environment.dataFolder, systemClock);
  if (E.isLeft(opened)) return opened;
  const storage = opened.right;
  const secret = await serverSecret(storage.file)();
  const keys = makeApiKeys({ file: storage.file, clock: systemClock, environmentKey: environment.apiKey });
  const newKey = E.isLeft(keys) ? keys : await ensureFirstKey(keys.right)();
  if (E.isRight(secret) && E.isRight(keys) && E.isRight(newKey))
    return E.right({ storage, secret: secret.right, keys: keys.right, newKey: newKey.right });
  await storage.file.close();
  if (E.isLeft(secret)) return secret;
  return E.isLeft(keys) ? keys : E.map((): never => Promise.reject(new Error('unreachable')) as never)(newKey as E.Either<StartError, never>);
};

/** Requests a minute for one caller where others can reach the server; on loopback nobody else is there to be held off. */
export const DEFAULT_REQUESTS_PER_MINUTE = 120;
const requestsPerMinute = ({ configuration, environment }: Settings): number | null => {
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(environment.host);
  return configuration.limits.requestsPerMinute ?? (isLoopback ? null : DEFAULT_REQUESTS_PER_MINUTE);
};
