import * as E from 'fp-ts/lib/Either.js';
import { LineCounter, parseDocument } from 'yaml';
import { type Errors, problem, type Validated } from './decoder.ts';

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

const syntaxErrors = (
  problems: ReadonlyArray<{ readonly code: string; readonly pos: readonly [number, number] }>,
  lines: LineCounter,
): Errors =>
  problems.slice(0, MAX_SYNTAX_ERRORS).map(({ code, pos: [offset] }) => {
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
    () => problem(PATH, 'syntax', `an alias without its anchor, or more than ${MAX_ALIASES} aliases of one`),
  );
};
