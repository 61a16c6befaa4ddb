import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Errors as ProblemList, Mixed, TypeOf } from 'io-ts';
import type { ProblemCode } from '../../domain/decoding/wording.ts';
import { problemOf } from '../../domain/decoding/wording.ts';
import { fieldPath } from '../../domain/decoding/wording.ts';

/** Stable codes: scripts and documentation may rely on them. */
export type ConfigurationErrorCode = ProblemCode | 'too_large' | 'syntax' | 'unknown_reference';

/** `path` as one would write it in the file (`hosts[0].eventTypes[1].slug`), or the name of an environment variable. */
export type ConfigurationError = {
  readonly path: string;
  readonly code: ConfigurationErrorCode;
  /** Plain words, without the path, without a secret. */
  readonly message: string;
};

/** Of the configuration file. A thousand hosts take less. */
export const MAX_CONFIGURATION_BYTES = 1_048_576;

export type Errors = ReadonlyArray<ConfigurationError>;
export type Validated<A> = E.Either<Errors, A>;

export const fail = (path: string, code: ConfigurationErrorCode, message: string): Validated<never> =>
  E.left([{ path, code, message }]);

const toErrors = (problems: ProblemList): Errors =>
  problems.map((problem) => {
    const { code, message, written } = problemOf(problem);
    const words = written === undefined ? message : `${message}, not ${written}`;
    return { path: fieldPath(problem.context) || '(file)', code, message: words };
  });

/** Reads a value by its codec. All that is wrong is told; `under`: where the value stands, when that is not the top. */
export const decode =
  <C extends Mixed>(codec: C, under?: string) =>
  (value: unknown): Validated<TypeOf<C>> => {
    const context = under === undefined ? [{ key: '', type: codec }] : [{ key: under, type: codec }];
    return pipe(codec.validate(value, context), E.mapLeft(toErrors));
  };

/** Both, or the errors of both. */
export const both = <A, B>(first: Validated<A>, second: Validated<B>): Validated<readonly [A, B]> => {
  if (E.isRight(first) && E.isRight(second)) return E.right([first.right, second.right]);
  return E.left([...(E.isLeft(first) ? first.left : []), ...(E.isLeft(second) ? second.left : [])]);
};

/** One line for each error: where, what, and the code in brackets. */
export const formatConfigurationErrors = (errors: Errors): string =>
  errors.map(({ path, code, message }) => `${path}: ${message} [${code}]`).join('\n');
