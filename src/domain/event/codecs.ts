import * as t from 'io-ts';

/** A UTC instant in ISO 8601, as events spell it. Checked by shape: events are ours, `Temporal` has read them once already. */
export const instantCodec = new t.Type<string, string, unknown>(
  'Instant',
  (u): u is string => typeof u === 'string' && instantShape.test(u),
  (u, context) => (typeof u === 'string' && instantShape.test(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);
const instantShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

export const nullable = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);

/** Random text beside personal fields: it makes their digest worthless for guessing, and is erased with them (I12). */
export const saltCodec = t.string;

export const spanCodec = t.type({ start: instantCodec, end: instantCodec });
