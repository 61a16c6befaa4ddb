import type { LookupAddress } from 'node:dns';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

/** What the machine's files say about names. Paths: other ones in tests. */
export type NameFiles = { readonly hosts: string; readonly resolvConf: string };

export const SYSTEM_FILES: NameFiles = { hosts: '/etc/hosts', resolvConf: '/etc/resolv.conf' };

/** `domains`: tried behind a name with fewer than `ndots` dots before the name itself, and behind any other after it. */
type Search = { readonly domains: ReadonlyArray<string>; readonly ndots: number };

/** The limit of resolv.conf(5). */
const MAX_NDOTS = 15;

/** Parsed again when the file has changed: on the spot, as a thread is what must not be waited for here. */
const parsedFile = <A>(path: string, parse: (text: string) => A): (() => A) => {
  let seen: string | undefined;
  let parsed = parse('');
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    const stamp = found === undefined ? '' : `${found.dev} ${found.ino} ${found.size} ${found.mtimeMs}`;
    if (stamp !== seen) parsed = parse(found === undefined ? '' : readFileSync(path, 'utf8'));
    seen = stamp;
    return parsed;
  };
};

const words = (line: string): ReadonlyArray<string> =>
  line
    .replace(/[#;].*$/, '')
    .split(/\s+/)
    .filter((word) => word !== '');

/** hosts(5): an address, then its names. */
const parseHosts = (text: string): ReadonlyMap<string, ReadonlyArray<LookupAddress>> => {
  const known = new Map<string, Array<LookupAddress>>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = words(line);
    const family = isIP(address.replace(/%.*$/, ''));
    if (family === 0) continue;
    for (const name of names.map((one) => one.toLowerCase())) {
      const addresses = known.get(name) ?? [];
      if (!addresses.some((one) => one.address === address)) addresses.push({ address, family });
      known.set(name, addresses);
    }
  }
  return known;
};

/** resolv.conf(5): the last of `search` and `domain` counts. */
const parseSearch = (text: string): Search => {
  let search: Search = { domains: [], ndots: 1 };
  for (const line of text.split('\n')) {
    const [keyword, ...rest] = words(line);
    if (keyword === 'search' || keyword === 'domain')
      search = { ...search, domains: rest.map((domain) => domain.replace(/\.$/, '')).filter((one) => one !== '') };
    const ndots = keyword === 'options' ? rest.findLast((option) => /^ndots:\d+$/.test(option)) : undefined;
    if (ndots !== undefined) search = { ...search, ndots: Math.min(MAX_NDOTS, Number(ndots.slice('ndots:'.length))) };
  }
  return search;
};

/** RFC 6761 section 6.3: loopback everywhere, and never asked of a server. */
const LOOPBACK: ReadonlyArray<LookupAddress> = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** What the machine knows of a name without asking anybody. Names are in lower case. */
export type HostNames = {
  /** Its addresses by the hosts file, or null. */
  readonly known: (name: string) => ReadonlyArray<LookupAddress> | null;
  /** The full names to ask DNS for, in order (resolv.conf(5), `search` and `ndots`). */
  readonly candidates: (name: string) => ReadonlyArray<string>;
};

export const hostNames = (files: NameFiles): HostNames => {
  const hosts = parsedFile(files.hosts, parseHosts);
  const search = parsedFile(files.resolvConf, parseSearch);
  return {
    known: (name) => {
      const plain = name.replace(/\.$/, '');
      return hosts().get(plain) ?? (/(^|\.)localhost$/.test(plain) ? LOOPBACK : null);
    },
    candidates: (name) => {
      if (name.endsWith('.')) return [name.slice(0, -1)];
      const { domains, ndots } = search();
      const searched = domains.map((domain) => `${name}.${domain}`);
      return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name];
    },
  };
};
