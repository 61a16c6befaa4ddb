/** Stable codes: scripts and documentation may rely on them. */
export type ConfigurationErrorCode =
  | 'unreadable'
  | 'too_large'
  | 'syntax'
  | 'missing'
  | 'unknown_key'
  | 'wrong_type'
  | 'out_of_range'
  | 'bad_format'
  | 'not_one_of'
  | 'duplicate'
  | 'unknown_reference'
  | 'overlap'
  | 'wrong_order'
  | 'conflict'
  | 'address_not_allowed'
  | 'literal_secret'
  | 'secret_unavailable'
  | 'weak_key';

/** `path` as one would write it in the file (`hosts[0].eventTypes[1].slug`), or the name of an environment variable. */
export type ConfigurationError = {
  readonly path: string;
  readonly code: ConfigurationErrorCode;
  /** Plain words, without the path, without a secret. */
  readonly message: string;
};

/** One line for each error: where, what, and the code in brackets. */
export const formatConfigurationErrors = (errors: ReadonlyArray<ConfigurationError>): string =>
  errors.map(({ path, code, message }) => `${path}: ${message} [${code}]`).join('\n');
