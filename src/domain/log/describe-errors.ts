import type * as t from 'io-ts';

const MAX_SHOWN = 5;

const pathOf = (error: t.ValidationError): string =>
  error.context
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .join('.');

/** io-ts errors in words: which field, and what it should have been. Values are left out: they may be personal. */
export const describeErrors = (errors: t.Errors): string =>
  errors
    .slice(0, MAX_SHOWN)
    .map((error) => `${pathOf(error)} is not ${error.context.at(-1)?.type.name ?? 'valid'}`)
    .join('; ');
