import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

/**
 * The default prefix of Holdfast's streams in a database that other applications use too. This adapter adds and removes
 * it; no other code knows it.
 */
export const DEFAULT_STREAM_PREFIX = 'holdfast-';

/** The categories of the log, under the prefix; everything else in `$all` is passed over. */
export const CATEGORIES = ['booking-', 'schedule-', 'calendar-', 'rules-', 'changes-'] as const;

/** What stream names of the log begin with on the server. */
export const streamPrefixes = (prefix: string): Array<string> => CATEGORIES.map((category) => `${prefix}${category}`);

export type ServerAddress = { readonly address: string; readonly port: number };

/** What a connection string says. `discover` is a name that DNS, or one seed, resolves to the cluster. */
export type ConnectionSettings = {
  readonly hosts: ReadonlyArray<ServerAddress>;
  readonly discover: boolean;
  readonly tls: boolean;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  readonly caFile: string | null;
  readonly connectionName: string | null;
  /** Whole numbers by option name, in the units of the client: milliseconds, `gossipTimeout` in seconds. */
  readonly numbers: Readonly<Partial<Record<NumberOption, number>>>;
};

const NUMBER_OPTIONS = [
  'keepAliveInterval',
  'keepAliveTimeout',
  'maxDiscoverAttempts',
  'discoveryInterval',
  'gossipTimeout',
] as const;
export type NumberOption = (typeof NUMBER_OPTIONS)[number];

const DEFAULT_PORT = 2113;
const OUTLINE = /^(?:esdb|kurrentdb)(\+discover)?:\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/s;

/** Never quotes the string: it holds the password. */
const NOT_UNDERSTOOD = 'it is not of the form esdb://user:password@host:port?option=value';

const endpoint = (text: string): E.Either<string, ServerAddress> => {
  const match = /^([^:]+|\[[^\]]+\])(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? DEFAULT_PORT);
  if (match?.[1] === undefined || port < 1 || port > 65_535) return E.left('a host in it is not of the form host:port');
  return E.right({ address: match[1], port });
};

const userInfo = (text: string | undefined): E.Either<string, ConnectionSettings['credentials']> => {
  if (text === undefined) return E.right(null);
  const colon = text.indexOf(':');
  if (colon < 1) return E.left('before the @ it does not say user:password');
  try {
    const [username, password] = [text.slice(0, colon), text.slice(colon + 1)].map(decodeURIComponent);
    return E.right({ username: username ?? '', password: password ?? '' });
  } catch {
    return E.left('the user or the password in it is not percent-encoded');
  }
};

/**
 * The client prints options that it does not know together with the whole string. Two that it knows do harm:
 * `throwOnAppendFailure=false` answers wrong revisions, `tlsVerifyCert=false` has no effect in Node. All of these are
 * refused.
 */
const withOption = (settings: ConnectionSettings, key: string, value: string): E.Either<string, ConnectionSettings> => {
  const name = key.toLowerCase();
  const number = NUMBER_OPTIONS.find((option) => option.toLowerCase() === name);
  if (number !== undefined) {
    if (!/^-?\d+$/.test(value)) return E.left(`its option ${number} is not a whole number`);
    return E.right({ ...settings, numbers: { ...settings.numbers, [number]: Number(value) } });
  }
  if (name === 'tls' && (value === 'true' || value === 'false')) return E.right({ ...settings, tls: value === 'true' });
  if (name === 'tlscafile') return E.right({ ...settings, caFile: value });
  if (name === 'connectionname') return E.right({ ...settings, connectionName: value });
  if (name === 'nodepreference' && value.toLowerCase() === 'leader') return E.right(settings);
  return E.left(`its option ${/^\w{1,40}$/.test(key) ? key : ''} is not supported, or its value is not`);
};

/**
 * Reads `esdb://`, `esdb+discover://` and their `kurrentdb` spellings. The client's own parser is not used: its errors,
 * warnings and debug output contain the password. Reads go to the leader, so no other `nodePreference` is accepted.
 */
export const parseConnectionString = (text: string): E.Either<string, ConnectionSettings> => {
  const outline = OUTLINE.exec(text.trim());
  if (outline?.[3] === undefined) return E.left(NOT_UNDERSTOOD);
  const hosts = pipe(outline[3].split(','), E.traverseArray(endpoint));
  if (E.isLeft(hosts)) return hosts;
  const credentials = userInfo(outline[2]);
  if (E.isLeft(credentials)) return credentials;
  let settings: E.Either<string, ConnectionSettings> = E.right({
    hosts: hosts.right,
    discover: outline[1] !== undefined,
    tls: true,
    credentials: credentials.right,
    caFile: null,
    connectionName: null,
    numbers: {},
  });
  for (const [key, value] of new URLSearchParams((outline[4] ?? '').replaceAll('+', '%2B'))) {
    settings = pipe(
      settings,
      E.chain((before) => withOption(before, key, value)),
    );
  }
  return settings;
};

/** For messages: hosts and ports, nothing else. */
export const describeHosts = ({ hosts }: ConnectionSettings): string =>
  hosts.map(({ address, port }) => `${address}:${port}`).join(', ');
