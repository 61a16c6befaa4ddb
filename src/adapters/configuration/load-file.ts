import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { LineCounter, parseDocument } from 'yaml';
import type { Configuration, StoreSettings } from './configuration.ts';
import { configuration, hostList, store } from './configuration.ts';
import { at, crossCheck } from './cross-checks.ts';
import type { Errors, Validated } from './errors.ts';
import { isObject } from '../../domain/unknown.ts';
import { MAX_CONFIGURATION_BYTES, both, decode, fail } from './errors.ts';
import type { Env, ReadFile, Sources } from './sources.ts';

/** How often an anchor may be followed, aliases within it counted: enough for shared hours, too little for an expansion attack. */
export const MAX_ALIASES = 100;

/** Syntax errors that are told; the rest of them mostly follow from the first. */
const MAX_SYNTAX_ERRORS = 10;

const PATH = 'HOLDFAST_CONFIG';

/** What is wrong, in words of our own: the parser's messages may quote the file, and with it a secret. */
const inWords: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'the same key twice in one mapping',
  TAB_AS_INDENT: 'a tab where spaces are needed',
  BAD_INDENT: 'wrong indentation',
  MULTIPLE_DOCS: 'more than one document',
  TAG_RESOLVE_FAILED: 'a tag that is not known',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing',
  NON_STRING_KEY: 'a key that is not text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
};

type Problem = { readonly code: string; readonly pos: readonly [number, number] };

/** Behind a tab the parser takes the structure for another one: what it finds there is of the same making. */
const withoutWakeOfTab = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => {
  const tab = problems.find(({ code }) => code === 'TAB_AS_INDENT')?.pos[0];
  return tab === undefined ? problems : problems.filter(({ code, pos }) => code === 'TAB_AS_INDENT' || pos[0] < tab);
};

const syntaxErrors = (problems: ReadonlyArray<Problem>, lines: LineCounter): Errors =>
  withoutWakeOfTab(problems)
    .slice(0, MAX_SYNTAX_ERRORS)
    .map(({ code, pos: [offset] }) => {
      const { line, col } = lines.linePos(offset);
      return { path: PATH, code: 'syntax', message: `${inWords[code] ?? 'not YAML'}, at line ${line}, column ${col}` };
    });

/** YAML 1.2 (core schema), of which JSON is a part. Answers plain values; errors tell line and column, never the text. */
export const parseFile = (text: string): Validated<unknown> => {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error', stringKeys: true });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return E.left(syntaxErrors(problems, lineCounter));
  }
  return E.tryCatch(
    // The library counts the anchor itself too.
    (): unknown => document.toJS({ maxAliasCount: MAX_ALIASES + 1 }),
    (): Errors => [
      {
        path: PATH,
        code: 'syntax',
        message: `an alias without its anchor, or more than ${MAX_ALIASES} aliases of one`,
      },
    ],
  );
};

const readText = (path: string, readFile: ReadFile): Validated<string> => {
  const read = readFile(path, MAX_CONFIGURATION_BYTES);
  if (E.isRight(read)) return read;
  const { reason, tooLarge } = read.left;
  return fail(PATH, tooLarge ? 'too_large' : 'unreadable', `the configuration file cannot be read: ${reason}`);
};

/** A part of the file and the cross-checks of all of it, so that the errors of both are told at once. */
const withCrossChecks = <A>(file: unknown, part: Validated<A>): Validated<A> => {
  const crossErrors = crossCheck(file);
  const checked = both(part, crossErrors.length === 0 ? E.right(null) : E.left(crossErrors));
  return E.isLeft(checked) ? checked : E.right(checked.right[0]);
};

const decodeFile =
  (sources: Sources) =>
  (file: unknown): Validated<Configuration> => {
    if (file === null) return fail('(file)', 'wrong_type', 'must be a mapping of keys to values');
    return withCrossChecks(file, decode(configuration(sources))(file));
  };

const sourcesOf = (env: Env, readFile: ReadFile, path: string): Sources => {
  const allowPrivateAddresses = env.HOLDFAST_ALLOW_PRIVATE_ADDRESSES === '1';
  return { env, readFile, folder: dirname(path), allowPrivateAddresses };
};

const parsedFile = (readFile: ReadFile, path: string): Validated<unknown> =>
  pipe(readText(path, readFile), E.chain(parseFile));

/** The configuration in the file at `path`; all errors of the file and its secrets at once. */
export const loadFile = (env: Env, readFile: ReadFile, path: string): Validated<Configuration> =>
  pipe(parsedFile(readFile, path), E.chain(decodeFile(sourcesOf(env, readFile, path))));

/** Ids of the hosts as the file has them; nothing else of it is looked at, so no secret need be there. */
export const loadHostIdsOf = (_env: Env, readFile: ReadFile, path: string): Validated<ReadonlyArray<string>> =>
  pipe(
    parsedFile(readFile, path),
    E.map((file) => {
      const hosts = at(file, 'hosts');
      const all: ReadonlyArray<unknown> = Array.isArray(hosts) ? hosts : [];
      return all.flatMap((host) => (isObject(host) && typeof host.id === 'string' ? [host.id] : []));
    }),
  );

/** The hosts of the file and their rules; no secret is looked at, so none need be there. */
export const loadHostsOf = (_env: Env, readFile: ReadFile, path: string): Validated<Configuration['hosts']> =>
  pipe(
    parsedFile(readFile, path),
    E.chain((file) => withCrossChecks(file, decode(hostList, 'hosts')(at(file, 'hosts')))),
  );

/** Where the file says that the log is; nothing else of it is looked at. */
export const loadStoreOf = (env: Env, readFile: ReadFile, path: string): Validated<StoreSettings> =>
  pipe(
    parsedFile(readFile, path),
    E.chain((file) => decode(store(sourcesOf(env, readFile, path)), 'store')(at(file, 'store'))),
  );
