import type { ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import type { ConsumerGroup } from '../../../application/ports/consumer-groups.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import { type Reading, readStreamPart } from '../reading.ts';
import { decodeEvent } from '../wire-event.ts';
import { MAX_RETRY_COUNT, WAITING, waitingStreamOf } from './group-settings.ts';
import type { HandedOut } from './line.ts';
import { readNote } from './parked-note.ts';
import { DUE, type MessageRef, messageRef, refOf } from './waiting-events.ts';
import type { WaitingStream } from './waiting-stream.ts';

/** What the server handed out: a message of the group, or something to answer for at once. */
export type Sorted =
  | { readonly type: 'message'; readonly ref: MessageRef; readonly event: RecordedEvent | undefined }
  | { readonly type: 'pass' }
  | { readonly type: 'park'; readonly ref: MessageRef; readonly of: string; readonly reason: string };

export type Sorting = {
  readonly group: ConsumerGroup;
  /** Position after which the group began. */
  readonly since: () => number;
  readonly parts: Reading;
  readonly waiting: WaitingStream;
};

const PASS: Sorted = { type: 'pass' };

const neverAnswered = (times: number): string => `it was handed out ${times} times and nobody answered for it`;

const GONE: MessageRef = { position: 0, stream: '', revision: 0, key: '', attempts: 0, reason: '' };

const reasonIn = (metadata: unknown): string =>
  typeof metadata === 'object' && metadata !== null && 'reason' in metadata ? String(metadata.reason) : '';

/** Says what a message of the server is to the group, reading where the message alone does not say it. */
export const makeSorting = (deps: Sorting): ((handedOut: HandedOut) => Promise<Sorted>) => {
  const { group, since, parts, waiting } = deps;
  const { fold } = waiting;
  const stream = waitingStreamOf(group.name);

  const sortEvent = (handedOut: ResolvedEvent, attempts: number): Sorted => {
    const decoded = decodeEvent(handedOut);
    if (decoded === null) return PASS;
    if (E.isLeft(decoded)) {
      const { streamId = '', revision = 0n, type = '', position } = handedOut.event ?? {};
      const place = { position: Number(position?.commit ?? 0), stream: streamId, revision: Number(revision) };
      const reason = 'reason' in decoded.left ? decoded.left.reason : decoded.left.type;
      return { type: 'park', ref: { ...place, key: streamId, attempts, reason: '' }, of: type, reason };
    }
    const event = decoded.right;
    const ref = { position: event.position, stream: event.stream, revision: event.revision, attempts, reason: '' };
    if (event.position <= since()) return PASS;
    try {
      return group.accepts(event) ? { type: 'message', ref: { ...ref, key: group.keyOf(event) }, event } : PASS;
    } catch (thrown) {
      const reason = `it cannot be sorted: ${String(thrown)}`;
      return { type: 'park', ref: { ...ref, key: event.stream }, of: event.type, reason };
    }
  };
  /** Read from its stream, where what was handed out does not say everything. */
  const sortAgain = async (from: string, revision: number, attempts: number): Promise<Sorted> => {
    const found = await readStreamPart(parts, from, revision, 1);
    if (E.isLeft(found)) throw new Error(`revision ${revision} of ${from} cannot be read: ${found.left.type}`);
    return sortEvent(found.right[0] ?? {}, attempts);
  };
  /** What comes out of the waiting stream; its own events of other kinds are for the followers of the stream. */
  const sortOwn = async ({ event, retryCount, link }: HandedOut): Promise<Sorted> => {
    if (event?.streamId !== stream || event.type !== DUE) return PASS;
    const read = messageRef.decode(event.data);
    if (E.isLeft(read)) return PASS;
    // Whether others of its key still wait is known up to this event at least.
    if (fold.revision() < Number(event.revision)) await waiting.readOn();
    const attempts = link === undefined ? read.right.attempts + retryCount : 0;
    if (read.right.key === '') return sortAgain(read.right.stream, read.right.revision, attempts);
    return { type: 'message', ref: { ...refOf(read.right), attempts }, event: undefined };
  };
  /** From the server's parked messages: attempts count anew. One that was put back by itself is done with. */
  const sortReplayed = async (handedOut: HandedOut): Promise<Sorted> => {
    const { event, link } = handedOut;
    if (link !== undefined && fold.taken().has(link.id)) return PASS;
    const { note } = readNote(reasonIn(link?.metadata));
    if (note !== null) return { type: 'message', ref: { ...refOf(note), attempts: 0, reason: '' }, event: undefined };
    if (event === undefined) return { type: 'park', ref: GONE, of: '', reason: 'what it links to is gone' };
    if (event.streamId.startsWith(WAITING)) return sortOwn(handedOut);
    return sortAgain(event.streamId, Number(event.revision), handedOut.retryCount);
  };
  /** The server counts, but parks only what times out: one that ends the process each time would come for ever. */
  const unanswered = ({ retryCount, event }: HandedOut, sorted: Sorted): Sorted =>
    sorted.type === 'message' && retryCount > MAX_RETRY_COUNT
      ? { ...sorted, type: 'park', of: sorted.event?.type ?? event?.type ?? '', reason: neverAnswered(retryCount) }
      : sorted;
  const sort = async (handedOut: HandedOut): Promise<Sorted> => {
    if (handedOut.link !== undefined) return sortReplayed(handedOut);
    const isOwn = handedOut.event?.streamId.startsWith(WAITING) === true;
    return isOwn ? sortOwn(handedOut) : sortEvent(handedOut, handedOut.retryCount);
  };
  return async (handedOut) => unanswered(handedOut, await sort(handedOut));
};
