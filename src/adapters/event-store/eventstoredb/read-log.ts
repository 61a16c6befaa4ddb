import type { AllStreamResolvedEvent, ReadPosition } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';
import { type Reading, readAllPart } from './reading.ts';
import { decodeEvent } from './wire-event.ts';

/** Events of one read of `$all`, at most: about 4 MiB of usual events. */
const MAX_PAGE = 4096;

/**
 * A place in `$all`. Events that were written over gRPC have equal commit and prepare positions, so one number says
 * both; only explicit transactions of the old TCP protocol have two, and Holdfast never writes those.
 */
export const readPlaceOf = (position: number): ReadPosition =>
  position === 0 ? 'start' : { commit: BigInt(position), prepare: BigInt(position) };

const isBehind =
  (seen: bigint) =>
  ({ event }: AllStreamResolvedEvent): boolean =>
    event !== undefined && event.position.commit > seen;

/** Holdfast's events after a position, exclusive, at most `limit`. Reads on over what is not Holdfast's, page by page. */
export const readLog = async (
  deps: Reading,
  after: number,
  limit: number,
): Promise<E.Either<StoreError, ReadonlyArray<RecordedEvent>>> => {
  const found: Array<RecordedEvent> = [];
  let from = readPlaceOf(after);
  let pageFull = limit > 0;
  while (pageFull && found.length < limit) {
    // One more than is missing: the read is inclusive, and its first event is the last one that was read before.
    const asked = Math.min(limit - found.length, MAX_PAGE) + 1;
    const page = await readAllPart(deps, from, 'forwards', asked);
    if (E.isLeft(page)) return page;
    const last = page.right.at(-1)?.event?.position;
    pageFull = page.right.length === asked && last !== undefined;
    const seen = BigInt(found.at(-1)?.position ?? after);
    // What was read before is not decoded again: it may be the very event that could not be.
    for (const raw of page.right.filter(isBehind(seen))) {
      const event = decodeEvent(deps.prefix, raw);
      if (event === null || found.length === limit) continue;
      if (E.isLeft(event)) return event;
      found.push(event.right);
    }
    from = last ?? from;
  }
  return E.right(found);
};

/** The event at exactly this position. */
export const readEventAt = async (
  deps: Reading,
  position: number,
): Promise<E.Either<StoreError, RecordedEvent | null>> => {
  if (position < 1) return E.right(null);
  const page = await readAllPart(deps, readPlaceOf(position), 'forwards', 1);
  if (E.isLeft(page)) return page;
  const event = page.right[0] === undefined ? null : decodeEvent(deps.prefix, page.right[0]);
  if (event === null || E.isLeft(event)) return event ?? E.right(null);
  return E.right(event.right.position === position ? event.right : null);
};

type Scan = { readonly upTo: bigint; readonly head: number };

/** Events of the first read backwards; each further one is eight times as large. */
const FIRST_LOOK = 16;

/**
 * Finds the position of Holdfast's last event by reading `$all` backwards. It remembers how far it has read, so that
 * events of others at the end are read once.
 */
export const makeHead = (deps: Reading): (() => Promise<E.Either<StoreError, number>>) => {
  let known: Scan = { upTo: -1n, head: 0 };

  const newestIn = (page: ReadonlyArray<AllStreamResolvedEvent>): E.Either<StoreError, number> | null => {
    for (const raw of page) {
      if ((raw.event?.position.commit ?? 0n) <= known.upTo) return E.right(known.head);
      const event = decodeEvent(deps.prefix, raw);
      if (event !== null)
        return pipe(
          event,
          E.map(({ position }) => position),
        );
    }
    return null;
  };
  return async () => {
    let from: ReadPosition = 'end';
    let newest: bigint | undefined;
    for (let size = FIRST_LOOK; ; size = Math.min(size * 8, MAX_PAGE)) {
      const page: E.Either<StoreError, ReadonlyArray<AllStreamResolvedEvent>> = await readAllPart(
        deps,
        from,
        'backwards',
        size,
      );
      if (E.isLeft(page)) return page;
      newest ??= page.right[0]?.event?.position.commit;
      const oldest = page.right.at(-1)?.event?.position;
      const found = newestIn(page.right) ?? (page.right.length < size || oldest === undefined ? E.right(0) : null);
      if (found !== null) {
        if (E.isRight(found) && newest !== undefined && newest > known.upTo)
          known = { upTo: newest, head: found.right };
        return found;
      }
      from = oldest ?? from;
    }
  };
};
