import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { compareTarget } from './compare-target.ts';
import { copyEvents } from './copy-events.ts';
import type { CopyError, Copying, CopyReport } from './copying.ts';
import { verifyCopy } from './verify-copy.ts';

/**
 * Copies a log, as it is when it begins, into another one: the same ids, the same order within each stream, the same
 * hash chains. Before it writes it makes sure that the target holds nothing but beginnings of the source's streams, so
 * nothing is ever mixed, and a copy that was called off goes on where it was. At the end every stream is read back. Both
 * logs may be of any engine; nobody else may write to the target meanwhile.
 */
export const copyLog =
  (copying: Copying): TaskEither<CopyError, CopyReport> =>
  async () => {
    const head = await copying.from.head()();
    if (E.isLeft(head)) return E.left({ type: 'SourceFailed', error: head.left });
    const ends = await compareTarget(copying);
    if (E.isLeft(ends)) return ends;
    const copied = await copyEvents(copying, head.right, ends.right);
    if (E.isLeft(copied)) return copied;
    const { counts, alreadyThere } = copied.right;
    const events = counts.values().reduce((sum, count) => sum + count, 0);
    const report = { events, streams: counts.size, alreadyThere };
    return E.map(() => report)(await verifyCopy(copying, counts));
  };
