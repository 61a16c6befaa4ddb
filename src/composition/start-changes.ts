import { createHmac } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { configurationDigests } from '../adapters/configuration/compare-configurations.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Environment } from '../adapters/configuration/environment.ts';
import { keyChangesIn, KEYS_STREAM } from '../adapters/identity/api-key-stream.ts';
import { deriveKey, type ServerSecret } from '../adapters/identity/server-secret.ts';
import {
  type InstallationRecords,
  type ChangesDeps,
  type ConfigurationDigests,
  makeInstallationRecords,
} from '../application/installation/record-changes.ts';
import { makeNodeConfigurations } from '../application/installation/node-configurations.ts';
import type { OwnStreams } from '../application/ports/event-store.ts';
import type { ApiKeys } from '../application/ports/keys-and-tokens.ts';
import { reveal } from '../application/secret.ts';
import { sharedConsumersOn } from './open-eventstoredb.ts';
import type { Storage } from './open-storage.ts';

/** Hex digits of a digest that are kept: enough to see a change, and of no use for guessing what was changed. */
const DIGEST_LENGTH = 16;

type Variables = Pick<Environment, 'apiKey' | 'allowPrivateAddresses' | 'trustedProxies'>;
const NO_VARIABLES: Variables = { apiKey: null, allowPrivateAddresses: false, trustedProxies: [] };

/** Variables that say who may do what, by their names, as texts that must never leave this process. What is not set is not there. */
const variablesOf = ({
  apiKey,
  allowPrivateAddresses,
  trustedProxies,
}: Variables): ReadonlyArray<readonly [string, string]> => [
  ...(apiKey === null ? [] : [['HOLDFAST_API_KEY', reveal(apiKey)] as const]),
  ...(allowPrivateAddresses ? [['HOLDFAST_ALLOW_PRIVATE_ADDRESSES', '1'] as const] : []),
  ...(trustedProxies.length === 0 ? [] : [['HOLDFAST_TRUSTED_PROXIES', trustedProxies.join()] as const]),
];

/** Digests of the configuration and of variables beside it, keyed with the secret of the installation. */
export const digestsOf = (
  secret: ServerSecret,
  environment: Variables = NO_VARIABLES,
): ((configuration: Configuration) => ConfigurationDigests) => {
  const key = deriveKey(secret, 'configuration-digests/v1');
  const digestOf = (text: string): string =>
    createHmac('sha256', key).update(text).digest('hex').slice(0, DIGEST_LENGTH);
  const variables = variablesOf(environment).map(([name, text]) => [name, digestOf(`${name}=${text}`)] as const);
  return (configuration) => ({
    keyed: digestOf(''),
    digests: new Map([...configurationDigests(configuration, digestOf), ...variables]),
  });
};

/** One digest of the whole configuration: the same at nodes that run by the same file and secrets. */
export const wholeDigestOf = (secret: ServerSecret): ((configuration: Configuration) => string) => {
  const digestsNow = digestsOf(secret);
  const key = deriveKey(secret, 'configuration-digest/v1');
  return (configuration) =>
    createHmac('sha256', key)
      .update(JSON.stringify([...digestsNow(configuration).digests]))
      .digest('hex')
      .slice(0, DIGEST_LENGTH);
};

/** By which configuration each node runs, where several share the log. */
export const openNodeConfigurations = (
  deps: Omit<Parameters<typeof makeNodeConfigurations>[0], 'isShared' | 'joined' | 'node' | 'digest'>,
  { node, eventStoreDb }: Pick<Storage, 'node' | 'eventStoreDb'>,
  digest: string,
) => {
  const joined = async () => new Set((await sharedConsumersOn({ eventStoreDb })).nodes);
  return makeNodeConfigurations({ ...deps, digest, node: node.name, isShared: eventStoreDb !== null, joined });
};

/** What happens to the installation goes to the log, with the keys that lie in a stream of their own. */
export const openChanges = (
  deps: Omit<ChangesDeps, 'keyChanges'> & { readonly ownStreams: OwnStreams },
): InstallationRecords =>
  makeInstallationRecords({
    ...deps,
    keyChanges: async () =>
      pipe(
        await deps.ownStreams.read(KEYS_STREAM)(),
        E.map((events) => events.flatMap((event) => keyChangesIn(event))),
      ),
  });

/** The same keys; the log hears of each change before whoever made it gets the answer. */
export const recordedKeys = (keys: ApiKeys, { noteKeys }: Pick<InstallationRecords, 'noteKeys'>): ApiKeys => ({
  ...keys,
  create: (wanted, by) => async () => {
    const made = await keys.create(wanted, by)();
    await noteKeys();
    return made;
  },
  revoke: (id, by) => async () => {
    const revoked = await keys.revoke(id, by)();
    await noteKeys();
    return revoked;
  },
});
