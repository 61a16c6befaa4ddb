import { sequenceS } from 'fp-ts/lib/Apply.js';
import * as E from 'fp-ts/lib/Either.js';
import * as RA from 'fp-ts/lib/ReadonlyArray.js';
import type { ConfigurationError, ConfigurationErrorCode } from '../../application/configuration-error.ts';

export type Errors = ReadonlyArray<ConfigurationError>;
export type Validated<A> = E.Either<Errors, A>;

/** Reads a parsed value that stands at `path`, and tells everything that is wrong with it, not only the first thing. */
export type Decoder<A> = (value: unknown, path: string) => Validated<A>;

const collecting = E.getApplicativeValidation(RA.getSemigroup<ConfigurationError>());

/** All parts, or the errors of all parts. */
export const all = sequenceS(collecting);
export const allOf = RA.sequence(collecting);

export const problem = (path: string, code: ConfigurationErrorCode, message: string): Errors => [
  { path, code, message },
];

export const fail = (path: string, code: ConfigurationErrorCode, message: string): Validated<never> =>
  E.left(problem(path, code, message));

/** Adds a check that needs the decoded value. It answers with the errors it found. */
export const checked =
  <A>(decoder: Decoder<A>, check: (value: A, path: string) => Errors): Decoder<A> =>
  (value, path) =>
    E.chain((decoded: A) => {
      const errors = check(decoded, path);
      return errors.length === 0 ? E.right(decoded) : E.left(errors);
    })(decoder(value, path));

export const mapped =
  <A, B>(decoder: Decoder<A>, change: (value: A) => B): Decoder<B> =>
  (value, path) =>
    E.map(change)(decoder(value, path));

/** `undefined` and `null` (a key without a value) count as absent. */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export const nullable =
  <A>(decoder: Decoder<A>): Decoder<A | null> =>
  (value, path) =>
    isAbsent(value) ? E.right(null) : decoder(value, path);
