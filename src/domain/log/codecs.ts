import * as t from 'io-ts';

const instantShape = /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** A UTC instant in ISO 8601, as events spell it. Checked by shape: events are ours, `Temporal` has read them once already. */
export const instantCodec = new t.Type<string, string, unknown>(
  'Instant',
  (u): u is string => typeof u === 'string' && instantShape.test(u),
  (u, context) => (typeof u === 'string' && instantShape.test(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);

export const nullable = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);

/** Random text beside personal fields: it makes their digest worthless for guessing, and is erased with them (I12). */
export const saltCodec = t.string;

export const spanCodec = t.type({ start: instantCodec, end: instantCodec });
