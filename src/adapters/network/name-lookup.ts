import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import QuickLRU from 'quick-lru';
import { type HostNames, type NameFiles, SYSTEM_FILES, hostNames } from './host-names.ts';
import { otherSources } from './other-name-sources.ts';

/** What is still asked where neither the hosts file nor DNS knows a name; empty: they do not know it either. */
type OtherSources = (name: string, timeLimitMs: number) => Promise<ReadonlyArray<LookupAddress>>;

/** Milliseconds for one name, search domains included; a connection has ten seconds for name, TCP and TLS together. */
const TIME_LIMIT_MS = 5_000;
/** Milliseconds until a server that does not answer is asked again, or the next one; c-ares doubles it. */
const QUERY_LIMIT_MS = 1_500;
/** RFC 8305 section 3: so long is the other family waited for, once one has answered. There: 50 ms; DNS may be far. */
const RESOLUTION_DELAY_MS = 200;
/** Milliseconds for which a failure is not asked again. */
const REMEMBER_FAILURE_MS = 5_000;
const MAX_REMEMBERED = 1_000;
/** Names at once. Each costs a socket, and no thread. */
const MAX_AT_ONCE = 64;

/** `servers`: `address:port`, instead of those of resolv.conf. What is absent is the system's. */
export type NameLookupOptions = {
  readonly servers?: ReadonlyArray<string>;
  readonly files?: NameFiles;
  readonly otherSources?: OtherSources;
  readonly timeLimitMs?: number;
};

type NameError = Error & { readonly code: string; readonly hostname: string };

/** `ENOTFOUND`: there is no such name. `EAI_AGAIN`: nobody could say. The codes of Node's own lookup. */
const nameError = (code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): NameError =>
  Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, hostname, errno: code, syscall: 'getaddrinfo' });

/** Codes of a server that has answered and has no such name, or no address of the kind. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

const absentOrThrow = (error: unknown): ReadonlyArray<string> => {
  if (error instanceof Error && 'code' in error && ABSENT.has(error.code)) return [];
  throw error;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Both families; one that fails or is late does not keep the other one's addresses back. Empty: there are none. */
const addressesOf = async (resolver: Resolver, name: string): Promise<ReadonlyArray<LookupAddress>> => {
  const ask = async (family: 4 | 6) => {
    const addresses = await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name)).catch(absentOrThrow);
    return addresses.map((address) => ({ address, family }));
  };
  const asked = [ask(4), ask(6)];
  const settled = Promise.allSettled(asked);
  const anyAddress = asked.map((one) => one.then((found) => (found.length > 0 ? found : Promise.reject())));
  await Promise.race([
    settled,
    Promise.any(anyAddress).then(
      () => pause(RESOLUTION_DELAY_MS),
      () => settled,
    ),
  ]);
  const late = asked.map((one) => Promise.race([one, Promise.resolve('late' as const)]));
  const answers = await Promise.allSettled(late);
  const found = answers.flatMap((one) => (one.status === 'fulfilled' && one.value !== 'late' ? one.value : []));
  const failed = answers.find((one) => one.status === 'rejected');
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return found;
};

/** All addresses of a name, IPv4 first, at least one. Rejects with Node's `ENOTFOUND` or `EAI_AGAIN`. */
export type NameLookup = (name: string) => Promise<ReadonlyArray<LookupAddress>>;

/** At most `max` at once; the others wait in order. */
const atOnce = (max: number) => {
  let running = 0;
  const waiting: Array<() => void> = [];
  return async <A>(task: () => Promise<A>): Promise<A> => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
};

type Sources = Required<Omit<NameLookupOptions, 'files' | 'servers'>> & {
  readonly servers: ReadonlyArray<string> | undefined;
  readonly names: HostNames;
};

/** A resolver of its own for each name: it reads resolv.conf as it is now, and can be cancelled alone. */
const askDns = async (sources: Sources, name: string): Promise<ReadonlyArray<LookupAddress>> => {
  const resolver = new Resolver({ timeout: QUERY_LIMIT_MS, tries: 2 });
  if (sources.servers !== undefined) resolver.setServers(sources.servers);
  const timer = setTimeout(() => resolver.cancel(), sources.timeLimitMs);
  try {
    for (const candidate of sources.names.candidates(name)) {
      const found = await addressesOf(resolver, candidate);
      if (found.length > 0) return found;
    }
    return [];
  } finally {
    clearTimeout(timer);
    resolver.cancel();
  }
};

const findAddresses = async (sources: Sources, name: string): Promise<ReadonlyArray<LookupAddress>> => {
  const inDns = await askDns(sources, name).catch(() => {
    throw nameError('EAI_AGAIN', name);
  });
  if (inDns.length > 0) return inDns;
  const elsewhere = await sources.otherSources(name, sources.timeLimitMs);
  if (elsewhere.length > 0) return elsewhere;
  throw nameError('ENOTFOUND', name);
};

/**
 * Looks names up without a thread: getaddrinfo(3) would hold one of libuv's four for minutes where a server is silent, and
 * with them every sync of the log, every mail file and the end of the process. The hosts file and the search domains
 * count as ever. One question for a name at a time, whoever asks; each ends within its limit; a failure is remembered for
 * seconds. Callers that go away sooner leave nothing behind but a socket until that limit.
 */
export const makeNameLookup = (options: NameLookupOptions = {}): NameLookup => {
  const sources: Sources = {
    servers: options.servers,
    names: hostNames(options.files ?? SYSTEM_FILES),
    otherSources: options.otherSources ?? otherSources(),
    timeLimitMs: options.timeLimitMs ?? TIME_LIMIT_MS,
  };
  const failures = new QuickLRU<string, NameError>({ maxSize: MAX_REMEMBERED, maxAge: REMEMBER_FAILURE_MS });
  const asked = new Map<string, Promise<ReadonlyArray<LookupAddress>>>();
  const inTurn = atOnce(MAX_AT_ONCE);

  const ask = async (name: string): Promise<ReadonlyArray<LookupAddress>> => {
    try {
      return await inTurn(() => findAddresses(sources, name));
    } catch (error) {
      failures.set(name, error as NameError);
      throw error;
    } finally {
      asked.delete(name);
    }
  };

  return async (given) => {
    const family = isIP(given);
    if (family !== 0) return [{ address: given, family }];
    const name = given.toLowerCase();
    const known = sources.names.known(name);
    if (known !== null) return known;
    const failed = failures.get(name);
    if (failed !== undefined) throw nameError(failed.code === 'ENOTFOUND' ? 'ENOTFOUND' : 'EAI_AGAIN', given);
    const pending = asked.get(name) ?? ask(name);
    asked.set(name, pending);
    return pending;
  };
};
