/** `a,b(c,d),e/f` as a tree; an empty tree keeps everything below. */
type Fields = ReadonlyMap<string, Fields>;

const splitTopLevel = (text: string): ReadonlyArray<string> => {
  const parts: Array<string> = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()}${character}`);
  }
  return parts;
};

const parse = (text: string): Fields =>
  new Map(
    splitTopLevel(text).map((part): [string, Fields] => {
      const group = /^([^(/]+)\((.*)\)$/.exec(part);
      if (group !== null) return [group[1] ?? '', parse(group[2] ?? '')];
      const [head = '', ...below] = part.split('/');
      return [head, below.length === 0 ? new Map() : parse(below.join('/'))];
    }),
  );

const keep = (value: unknown, fields: Fields): unknown => {
  if (fields.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => keep(item, fields));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, below]) => {
      const wanted = fields.get(key);
      return wanted === undefined ? [] : [[key, keep(below, wanted)]];
    }),
  );
};

/** Partial responses: https://developers.google.com/workspace/calendar/api/guides/performance#partial-response */
export const selectFields = (body: unknown, fields: string | null): unknown =>
  fields === null ? body : keep(body, parse(fields));
