import type { FieldError } from '../errors/api-error.ts';
import { fieldError } from '../errors/api-error.ts';

/** Limits of Cal.com's API v2. */
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY = 40;
const MAX_METADATA_VALUE = 500;

const isValue = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= MAX_METADATA_VALUE);

export const wrongMetadata = (metadata: { readonly [key: string]: unknown }): ReadonlyArray<FieldError> => {
  const keys = Object.keys(metadata);
  if (keys.length > MAX_METADATA_KEYS)
    return [fieldError('metadata', 'too_many', `metadata has more than ${MAX_METADATA_KEYS} keys`)];
  return keys.flatMap((key) => {
    if (key.length > MAX_METADATA_KEY)
      return [fieldError('metadata', 'invalid', `a key of metadata is longer than ${MAX_METADATA_KEY} characters`)];
    return isValue(metadata[key])
      ? []
      : [
          fieldError(
            `metadata.${key}`,
            'invalid',
            `metadata.${key} must be a number, true, false or a text of at most ${MAX_METADATA_VALUE} characters`,
          ),
        ];
  });
};
