import * as E from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import { type CopyError, PAGE_EVENTS } from './copying.ts';

type Walk = {
  readonly log: Pick<EventStore, 'readAll'>;
  /** Position of the last event that counts: what comes later is left for the next time. */
  readonly upTo: number;
  readonly failed: (error: StoreError) => CopyError;
  readonly signal: AbortSignal;
};

/** Gives a log page by page, in order; the next page waits for `use`. */
export const eachPage = async (
  { log, upTo, failed, signal }: Walk,
  use: (page: ReadonlyArray<RecordedEvent>, position: number) => Promise<E.Either<CopyError, void>>,
): Promise<E.Either<CopyError, void>> => {
  let position = 0;
  while (position < upTo) {
    if (signal.aborted) return E.left({ type: 'Aborted' });
    const page = await log.readAll(position, PAGE_EVENTS)();
    if (E.isLeft(page)) return E.left(failed(page.left));
    const last = page.right.at(-1);
    if (last === undefined) break;
    position = last.position;
    const used = await use(
      page.right.filter((event) => event.position <= upTo),
      Math.min(position, upTo),
    );
    if (E.isLeft(used)) return used;
  }
  return E.right(undefined);
};
