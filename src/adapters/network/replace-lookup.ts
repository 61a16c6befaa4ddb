import dns, { type LookupAddress } from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { type NameLookup, makeNameLookup } from './name-lookup.ts';

type Family = 0 | 4 | 6;
type Wanted = { readonly family: Family; readonly all: boolean };
type Callback = (error: Error | null, address?: string | Array<LookupAddress>, family?: number) => void;

const familyOf = (given: unknown): Family => {
  if (given === 4 || given === 'IPv4') return 4;
  return given === 6 || given === 'IPv6' ? 6 : 0;
};

/** The options of `dns.lookup`: a family, or a record of which family and `all` count. */
const wantedBy = (options: unknown): Wanted => {
  if (typeof options !== 'object' || options === null) return { family: familyOf(options), all: false };
  const { family, all } = options as { readonly family?: unknown; readonly all?: unknown };
  return { family: familyOf(family), all: all === true };
};

const notFound = (hostname: string): Error =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname });

/** `dns.lookup` and `dns.promises.lookup` (https://nodejs.org/api/dns.html#dnslookuphostname-options-callback) over a lookup of ours. */
export const asNodeLookup = (find: NameLookup) => {
  const chosen = async (hostname: string, { family }: Wanted): Promise<[LookupAddress, ...Array<LookupAddress>]> => {
    const [first, ...rest] = (await find(hostname)).filter((one) => family === 0 || one.family === family);
    if (first === undefined) throw notFound(hostname);
    return [first, ...rest];
  };
  const lookupPromise = async (hostname: string, options?: unknown) => {
    const wanted = wantedBy(options);
    const addresses = await chosen(hostname, wanted);
    return wanted.all ? addresses : addresses[0];
  };
  const lookup = (hostname: string, ...rest: ReadonlyArray<unknown>): void => {
    const callback = rest.at(-1) as Callback;
    const wanted = wantedBy(rest.length > 1 ? rest[0] : undefined);
    chosen(hostname, wanted).then(
      (addresses) =>
        // What a callback throws is its own fault, and must not come back as an answer to it.
        process.nextTick(() =>
          wanted.all ? callback(null, addresses) : callback(null, addresses[0].address, addresses[0].family),
        ),
      (error: Error) => process.nextTick(() => callback(error)),
    );
  };
  return { lookup: Object.assign(lookup, { [promisify.custom]: lookupPromise }), lookupPromise };
};

/**
 * From now on every connection of this process is made by `makeNameLookup`: those of undici, of Google's library, of
 * nodemailer and of gRPC, of which the last two take no lookup of ours. Called once, by who owns the process.
 */
export const replaceLookup = (find: NameLookup = makeNameLookup()): void => {
  const { lookup, lookupPromise } = asNodeLookup(find);
  Object.assign(dns.promises, { lookup: lookupPromise });
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
};
