import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describeErrors } from '../../domain/log/decode.ts';
import { instantCodec, isTooDeep, type Json, orNull, type RecordedEvent } from '../../domain/log/envelope.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';

/** One event as a line of an export: what the log has of it, and where it stood. */
export const exportLine = ({ position, stream, revision, ...event }: RecordedEvent): string =>
  JSON.stringify({ position, stream, revision, ...event });

const jsonObject = new t.Type<{ readonly [key: string]: Json }, unknown, unknown>(
  'an object',
  (u): u is { readonly [key: string]: Json } => isObject(u),
  (u, context) => (isObject(u) ? t.success(u as { readonly [key: string]: Json }) : t.failure(u, context)),
  t.identity,
);

const natural = new t.Type<number, number, unknown>(
  'a whole number',
  (u): u is number => Number.isSafeInteger(u) && Number(u) >= 0,
  (u, context) => (typeof u === 'number' && Number.isSafeInteger(u) && u >= 0 ? t.success(u) : t.failure(u, context)),
  t.identity,
);

/** Streams of a log: others are the installation's own, or nobody's. */
const streamName = new t.Type<string, string, unknown>(
  'the name of a stream',
  (u): u is string => typeof u === 'string',
  (u, context) =>
    typeof u === 'string' && /^(booking|schedule|calendar|rules|changes)-[^\s]{1,200}$/u.test(u)
      ? t.success(u)
      : t.failure(u, context),
  t.identity,
);

const kinds = { guest: null, host: null, operator: null, system: null };
const lineCodec = t.type({
  position: natural,
  stream: streamName,
  revision: natural,
  id: t.string,
  type: t.string,
  version: natural,
  data: jsonObject,
  occurredAt: instantCodec,
  actor: t.intersection([t.type({ kind: t.keyof(kinds) }), t.partial({ id: t.string })]),
  correlationId: t.string,
  causationId: orNull(t.string),
  hash: t.string,
});

/** Reads one line of an export. Left: what is wrong with it, without its values. */
export const parseExportLine = (line: string): E.Either<string, RecordedEvent> => {
  const parsed = E.tryCatch((): unknown => JSON.parse(line), messageOf);
  if (E.isLeft(parsed)) return E.left('it is not JSON');
  if (isTooDeep(parsed.right)) return E.left('it is nested too deeply');
  const decoded = lineCodec.decode(parsed.right);
  return E.isLeft(decoded) ? E.left(describeErrors(decoded.left)) : E.right(decoded.right);
};
