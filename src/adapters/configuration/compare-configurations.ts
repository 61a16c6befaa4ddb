import { isSecret, reveal } from '../../application/secret.ts';
import { isObject } from '../../domain/unknown.ts';
import type { Configuration } from './configuration.ts';

/**
 * Text that is the same for equal settings, secrets included: it must never leave this process. `JSON.stringify` alone would
 * make all secrets equal.
 */
export const fingerprintOf = (settings: unknown): string => {
  // A secret answers `toJSON` before a replacer sees it, so the walk is ours.
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value;
    if (isSecret(value)) return { secret: reveal(value) };
    return Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, plain(one)]);
  };
  return JSON.stringify(plain(settings));
};

export const isSame = (a: unknown, b: unknown): boolean => fingerprintOf(a) === fingerprintOf(b);

/** Parts of the file that a running server cannot change: what is open, and what waits are being counted by. */
const fixedParts = ['store', 'secret', 'conferencing', 'timings', 'retries', 'audit'] as const satisfies ReadonlyArray<
  keyof Configuration
>;

/** Names of what differs and needs a restart; empty: the second can take the place of the first while the server runs. */
export const needingRestart = (from: Configuration, to: Configuration): ReadonlyArray<string> =>
  fixedParts.filter((part) => !isSame(from[part], to[part]));

/** What became of one thing that the file names. `zone-changed`, `renamed`, `credential-changed`: what people may care for. */
export type ConfigurationChange = {
  readonly what: 'host' | 'event-type' | 'calendar' | 'webhook' | 'mail' | 'operator' | 'other';
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed' | 'zone-changed' | 'renamed' | 'credential-changed';
  readonly detail: string;
};

type Named = { readonly id: string | number };

const compared = <A extends Named>(
  what: ConfigurationChange['what'],
  from: ReadonlyArray<A>,
  to: ReadonlyArray<A>,
  changed: (before: A, after: A) => ReadonlyArray<Pick<ConfigurationChange, 'change' | 'detail'>>,
): ReadonlyArray<ConfigurationChange> => {
  const [old, now] = [new Map(from.map((one) => [one.id, one])), new Map(to.map((one) => [one.id, one]))];
  return [
    ...from
      .filter(({ id }) => !now.has(id))
      .map(({ id }) => ({ what, id: String(id), change: 'removed' as const, detail: '' })),
    ...to.flatMap((after) => {
      const before = old.get(after.id);
      const id = String(after.id);
      if (before === undefined) return [{ what, id, change: 'added' as const, detail: '' }];
      return isSame(before, after) ? [] : changed(before, after).map((one) => ({ what, id, ...one }));
    }),
  ];
};

const plainly = [{ change: 'changed', detail: '' }] as const;
const withoutSecrets = (settings: unknown): string => JSON.stringify(settings);

/** What is told of a reload, in the order of the file. Nothing of it names a secret. */
export const configurationChanges = (from: Configuration, to: Configuration): ReadonlyArray<ConfigurationChange> => {
  const typesOf = ({ hosts }: Configuration) => hosts.flatMap(({ eventTypes }) => eventTypes);
  const hostsOf = ({ hosts }: Configuration) => hosts.map(({ eventTypes: _, ...host }) => host);
  const rest = ['publicUrl', 'guestActions', 'limits', 'privacy'] as const;
  return [
    ...compared('host', hostsOf(from), hostsOf(to), (before, after) =>
      before.timeZone === after.timeZone
        ? plainly
        : [{ change: 'zone-changed', detail: `from ${before.timeZone} to ${after.timeZone}` }],
    ),
    ...compared('event-type', typesOf(from), typesOf(to), (before, after) =>
      before.slug === after.slug && before.title === after.title
        ? plainly
        : [
            {
              change: 'renamed',
              detail: `from "${before.slug}" (${before.title}) to "${after.slug}" (${after.title})`,
            },
          ],
    ),
    ...compared('calendar', from.calendars, to.calendars, (before, after) =>
      withoutSecrets(before) === withoutSecrets(after) ? [{ change: 'credential-changed', detail: '' }] : plainly,
    ),
    ...compared('webhook', from.webhooks, to.webhooks, (before, after) =>
      withoutSecrets(before) === withoutSecrets(after) ? [{ change: 'credential-changed', detail: '' }] : plainly,
    ),
    ...(isSame(from.mail, to.mail) ? [] : [{ what: 'mail', id: '', change: 'changed', detail: '' } as const]),
    ...(isSame(from.operator, to.operator)
      ? []
      : [{ what: 'operator', id: '', change: 'changed', detail: '' } as const]),
    ...rest
      .filter((part) => !isSame(from[part], to[part]))
      .map((part) => ({ what: 'other', id: part, change: 'changed', detail: '' }) as const),
  ];
};

const words: Readonly<Record<ConfigurationChange['change'], string>> = {
  added: 'is new',
  removed: 'is not configured any more',
  changed: 'has changed',
  'zone-changed': 'has another time zone',
  renamed: 'has another name',
  'credential-changed': 'has another credential',
};

/** One line for the operator. */
export const describeChange = ({ what, id, change, detail }: ConfigurationChange): string =>
  `${what === 'other' ? id : `${what.replace('-', ' ')}${id === '' ? '' : ` "${id}"`}`} ${words[change]}${detail === '' ? '' : `: ${detail}`}`;

/** What has an id or a slug is named by it in a path. */
const nameOf = (value: unknown): string | null => {
  if (!isObject(value)) return null;
  const name = value.slug ?? value.id;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : null;
};

/** Deeper than this a path names a whole part: `hosts[odd].eventTypes[intro]`, `retries.mail`. */
const DEEPEST = 3;

/** The settings by their paths, as texts that must never leave this process: secrets are among them. */
const settingsByPath = (value: unknown, path: string, depth: number): ReadonlyArray<readonly [string, string]> => {
  const items = Array.isArray(value) && value.length > 0 ? value.map((item) => [nameOf(item), item] as const) : null;
  if (items?.every(([name]) => name !== null) === true)
    return items.flatMap(([name, item]) => settingsByPath(item, `${path}[${name}]`, depth));
  if (!isObject(value) || isSecret(value) || Array.isArray(value) || depth === DEEPEST)
    return [[path, fingerprintOf(value)]];
  return Object.entries(value).flatMap(([key, one]) =>
    settingsByPath(one, path === '' ? key : `${path}.${key}`, depth + 1),
  );
};

/** Digests of all settings by path; `digestOf` has to be keyed, since a password could be guessed from a plain one. */
export const configurationDigests = (
  settings: Configuration,
  digestOf: (text: string) => string,
): ReadonlyMap<string, string> =>
  new Map(settingsByPath(settings, '', 0).map(([path, text]) => [path, digestOf(`${path}=${text}`)]));

/**
 * Credentials among the settings that have changed, for a start, which knows of the configuration before it no more than the
 * digests in the log. `paths`: those that were set before and are set otherwise now.
 */
export const credentialChanges = (
  settings: Configuration,
  paths: ReadonlySet<string>,
): ReadonlyArray<ConfigurationChange> => {
  const found = new Map<string, ConfigurationChange>();
  for (const [path, text] of settingsByPath(settings, '', 0)) {
    // As `fingerprintOf` writes a secret; objects without one are lists there.
    const isCredential = paths.has(path) && text.includes('{"secret":');
    const [, part, id] = (isCredential ? /^(calendar|webhook)s\[([^\]]+)\]/.exec(path) : null) ?? [];
    if (part === undefined || id === undefined) continue;
    const what = part === 'calendar' ? part : 'webhook';
    found.set(`${what} ${id}`, { what, id, change: 'credential-changed', detail: '' });
  }
  return [...found.values()];
};
