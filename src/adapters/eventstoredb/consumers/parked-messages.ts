import type { ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import type { ParkedMessage } from '../../../application/ports/consumer-groups.ts';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { type Reading, readStreamPart } from '../reading.ts';
import { placeOfEvent } from '../wire-event.ts';
import { parkedStreamOf } from './group-settings.ts';
import { readNote } from './parked-note.ts';
import { DUE, type MessageRef, messageRef, refOf } from './waiting-events.ts';

/** A parked message with the link that stands for it, and what is needed to put it back by itself. */
export type Parked = {
  readonly link: string;
  /** Revision of the link in the stream of parked messages. */
  readonly at: number;
  readonly shown: ParkedMessage;
  readonly ref: MessageRef;
  /** Revision in the group's waiting stream without which nobody would know what was parked. */
  readonly pins: number | null;
};

type RawEvent = NonNullable<ResolvedEvent['event']>;

/** Where a link points to: `revision@stream`. */
const TARGET = /^(\d+)@(.+)$/s;
/** What the server says where nobody answered for the message. Server `PersistentSubscription.ActionTakenForRetriedMessage`. */
const RETRY_COUNT = /^Reached retry count of (\d+)/;

const metadataOf = ({ metadata }: RawEvent): { readonly reason: string; readonly added: string } => {
  const said = typeof metadata === 'object' && metadata !== null ? metadata : {};
  return {
    reason: 'reason' in said ? String(said.reason) : '',
    added: 'added' in said ? String(said.added) : '',
  };
};

/** The server writes no zone in older versions; it means UTC. */
const toInstantText = (added: string): string => {
  const text = /Z|[+-]\d\d:\d\d$/.test(added) ? added : `${added}Z`;
  const read = E.tryCatch(
    () => Temporal.Instant.from(text).round('millisecond').toString(),
    () => added,
  );
  return E.isRight(read) ? read.right : read.left;
};

const unknownMessage: MessageRef = { position: 0, stream: '', revision: 0, key: '', attempts: 0, reason: '' };

/** The message behind a link that the server wrote by itself. */
const readTarget = async (
  deps: Reading,
  { data }: RawEvent,
): Promise<E.Either<StoreError, Pick<Parked, 'ref' | 'pins'> & { readonly type: string }>> => {
  const text = data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : String(data);
  const [, revision = '', stream = ''] = TARGET.exec(text) ?? [];
  if (stream === '') return E.right({ ref: unknownMessage, type: '', pins: null });
  const found = await readStreamPart(deps, stream, Number(revision), 1);
  if (E.isLeft(found)) return found;
  const event = found.right[0]?.event;
  if (event === undefined) return E.right({ ref: { ...unknownMessage, stream }, type: '', pins: null });
  const due = event.type === DUE ? messageRef.decode(event.data) : E.left([]);
  if (E.isRight(due)) {
    const original = await readStreamPart(deps, due.right.stream, due.right.revision, 1);
    return E.map((events: ReadonlyArray<ResolvedEvent>) => ({
      ref: refOf(due.right),
      type: events[0]?.event?.type ?? '',
      pins: Number(revision),
    }))(original);
  }
  const place = placeOfEvent(event);
  if (E.isLeft(place)) return place;
  return E.right({ ref: { ...unknownMessage, ...place.right, stream }, type: event.type, pins: null });
};

const parkedOf = async (deps: Reading, group: string, link: RawEvent): Promise<E.Either<StoreError, Parked>> => {
  const { reason, added } = metadataOf(link);
  const said = readNote(reason);
  const place = { link: link.id, at: Number(link.revision) };
  if (said.note !== null) {
    const { position, stream, type, attempts, parkedAt } = said.note;
    return E.right({
      ...place,
      ref: refOf(said.note),
      pins: null,
      shown: { group, position, stream, type, attempts, reason: said.reason, parkedAt },
    });
  }
  const target = await readTarget(deps, link);
  if (E.isLeft(target)) return target;
  const { ref, type, pins } = target.right;
  const retries = Number(RETRY_COUNT.exec(said.reason)?.[1] ?? 0);
  const attempts = ref.attempts + retries + 1;
  const { position, stream } = ref;
  const shown = { group, position, stream, type, attempts, reason: said.reason, parkedAt: toInstantText(added) };
  return E.right({ ...place, ref, pins, shown });
};

/** What the server has parked of a group, in the order of parking; without those that were put back by themselves. */
export const readParked = async (
  deps: Reading,
  group: string,
  taken: ReadonlyMap<string, number>,
): Promise<E.Either<StoreError, ReadonlyArray<Parked>>> => {
  const links = await readStreamPart(deps, parkedStreamOf(group), 0);
  if (E.isLeft(links)) return links;
  const parked: Array<Parked> = [];
  for (const { event } of links.right) {
    if (event === undefined || taken.has(event.id)) continue;
    const one = await parkedOf(deps, group, event);
    if (E.isLeft(one)) return one;
    parked.push(one.right);
  }
  return E.right(parked);
};

/** Each message once, in the order of the log: one whose parking was not heard of, when the server stopped say, is parked again. */
export const messagesOf = (parked: ReadonlyArray<Parked>): ReadonlyArray<ParkedMessage> => {
  const byMessage = new Map(parked.map((each) => [each.shown.position || each.link, each.shown] as const));
  return [...byMessage.values()].toSorted((a, b) => a.position - b.position);
};
