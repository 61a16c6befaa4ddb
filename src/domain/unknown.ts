/** An object with keys; an array is none. */
export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a thrown value says, in one line of text; an error without a message says its kind. */
export const messageOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.message === '' ? thrown.constructor.name : thrown.message;
};

/** What a failure of a tagged union says: its reason, or else its type. */
export const reasonOf = ({ type, reason = type }: { readonly type: string; readonly reason?: string }): string =>
  reason;
