import * as E from 'fp-ts/lib/Either.js';
import { canonicalJson } from '../../domain/log/canonical-json.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { CopyError, Copying } from './copying.ts';

type Difference = { readonly revision: number; readonly reason: string };

/** With the personal data as it is: a hash is the same before and after its erasure. */
const textOf = ({ id, type, version, data, occurredAt, actor, correlationId, causationId, hash }: RecordedEvent) =>
  canonicalJson({ id, type, version, data, occurredAt, actor: { ...actor }, correlationId, causationId, hash });

const reasonOf = (source: RecordedEvent | undefined, target: RecordedEvent | undefined): string | null => {
  if (source === undefined) return 'the source has no such event';
  if (target === undefined) return 'the target lacks it';
  if (source.id !== target.id || source.revision !== target.revision) return 'it is another event';
  if (source.hash !== target.hash) return 'its hash is another one';
  if (textOf(source) === textOf(target)) return null;
  return 'it says something else, such as personal data that only one of the logs has erased';
};

/** The first place at which two readings of a stream, both from revision 0 on, are not the same; no content is repeated. */
export const firstDifference = (
  source: ReadonlyArray<RecordedEvent>,
  target: ReadonlyArray<RecordedEvent>,
): Difference | null => {
  for (let revision = 0; revision < Math.max(source.length, target.length); revision += 1) {
    const reason = reasonOf(source[revision], target[revision]);
    if (reason !== null) return { revision, reason };
  }
  return null;
};

type Both = { readonly source: ReadonlyArray<RecordedEvent>; readonly target: ReadonlyArray<RecordedEvent> };

/** One stream as both logs have it. */
export const readBoth = async (
  { from, to }: Pick<Copying, 'from' | 'to'>,
  stream: string,
): Promise<E.Either<CopyError, Both>> => {
  const [source, target] = await Promise.all([from.readStream(stream)(), to.readStream(stream)()]);
  if (E.isLeft(source)) return E.left({ type: 'SourceFailed', error: source.left });
  if (E.isLeft(target)) return E.left({ type: 'TargetFailed', error: target.left });
  return E.right({ source: source.right, target: target.right });
};
