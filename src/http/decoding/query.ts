/** A query value given once; null when absent or empty; undefined when it is something else than one text. */
export const oneText = (value: unknown): string | null | undefined => {
  if (value === undefined || value === '') return null;
  return typeof value === 'string' ? value : undefined;
};

/**
 * A query value as a list: `a=1,2`, `a=1&a=2` and `a[]=1` are the same to Cal.com's clients. Null when
 * absent; undefined when it is no list of texts.
 */
export const textList = (value: unknown): ReadonlyArray<string> | null | undefined => {
  if (value === undefined || value === '') return null;
  const values: ReadonlyArray<unknown> = Array.isArray(value)
    ? value
    : typeof value === 'object' && value !== null
      ? Object.values(value)
      : [value];
  const texts = values.filter((one) => typeof one === 'string');
  if (texts.length !== values.length) return undefined;
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '');
};
