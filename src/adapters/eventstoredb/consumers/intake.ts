import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup } from '../../../application/ports/consumer-groups.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import { decodeEvent } from '../wire-event.ts';
import type { Custody } from './custody.ts';
import { MAX_RETRY_COUNT, waitingStreamOf } from './group-settings.ts';
import type { Hands, Message } from './hands.ts';
import type { HandedOut, Line } from './line.ts';
import { noteText, readNote } from './parked-note.ts';
import { DUE, type MessageRef, messageRef, refOf } from './waiting-events.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { WaitingStream } from './waiting-stream.ts';

/** What the server handed out: a message of the group, or something to answer for at once. */
type Sorted =
  | { readonly type: 'message'; readonly ref: MessageRef; readonly event: RecordedEvent | undefined }
  | { readonly type: 'pass' }
  | { readonly type: 'park'; readonly ref: MessageRef; readonly of: string; readonly reason: string };

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly since: () => number;
  readonly clock: Clock;
  readonly waiting: WaitingStream;
  readonly room: WaitingRoom;
  readonly custody: Custody;
  readonly hands: () => Hands;
  readonly onProblem: (message: string) => void;
};

const PASS: Sorted = { type: 'pass' };

const neverAnswered = (times: number): string => `it was handed out ${times} times and nobody answered for it`;

const reasonIn = (metadata: unknown): string =>
  typeof metadata === 'object' && metadata !== null && 'reason' in metadata ? String(metadata.reason) : '';

/** Turns what the server hands out into messages, one after the other, so that those of one key keep their order here. */
export const makeIntake = (deps: Dependencies): ((handedOut: HandedOut, line: Line) => void) => {
  const { group, since, clock, waiting, room, custody, hands, onProblem } = deps;
  const { fold } = waiting;
  const stream = waitingStreamOf(group.name);
  let last: Promise<void> = Promise.resolve();

  const sortEvent = (handedOut: HandedOut, attempts: number): Sorted => {
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
  /** What comes out of the waiting stream; its own events of other kinds are for the followers of the stream. */
  const sortOwn = async ({ event, retryCount, link }: HandedOut): Promise<Sorted> => {
    if (event?.streamId !== stream || event.type !== DUE) return PASS;
    const read = messageRef.decode(event.data);
    if (E.isLeft(read)) return PASS;
    // Whether others of its key still wait is known up to this event at least.
    if (fold.revision() < Number(event.revision)) await waiting.readOn();
    const attempts = link === undefined ? read.right.attempts + retryCount : 0;
    return { type: 'message', ref: { ...refOf(read.right), attempts }, event: undefined };
  };
  /** From the server's parked messages: attempts count anew. One that was put back by itself is done with. */
  const sortReplayed = async (handedOut: HandedOut): Promise<Sorted> => {
    const { event, link } = handedOut;
    if (link !== undefined && fold.taken().has(link.id)) return PASS;
    const { note } = readNote(reasonIn(link?.metadata));
    if (note !== null) return { type: 'message', ref: { ...refOf(note), attempts: 0, reason: '' }, event: undefined };
    return event?.streamId.startsWith('waiting-') ? sortOwn(handedOut) : sortEvent(handedOut, handedOut.retryCount);
  };
  /** The server counts, but parks only what times out: one that ends the process each time would come for ever. */
  const unanswered = ({ retryCount, event }: HandedOut, sorted: Sorted): Sorted =>
    sorted.type === 'message' && retryCount > MAX_RETRY_COUNT
      ? { ...sorted, type: 'park', of: sorted.event?.type ?? event?.type ?? '', reason: neverAnswered(retryCount) }
      : sorted;
  const sort = async (handedOut: HandedOut): Promise<Sorted> => {
    if (handedOut.link !== undefined) return sortReplayed(handedOut);
    const isOwn = handedOut.event?.streamId.startsWith('waiting-') === true;
    return isOwn ? sortOwn(handedOut) : sortEvent(handedOut, handedOut.retryCount);
  };

  const admit = async (message: Message, line: Line, handedOut: HandedOut): Promise<void> => {
    const isFresh = message.event !== undefined;
    // Its put-off was written, and what became of the acknowledgement is unknown: it waits already.
    if (isFresh && handedOut.link === undefined && fold.find(message.position) !== undefined)
      return line.ack(handedOut);
    if (!custody.take(message.position, line, handedOut)) return;
    const behind = fold.heldUntil(message.key, message.position);
    if (behind === undefined) return hands().add(message);
    if (await room.putOff([message], Math.max(behind, clock.now() + 1))) custody.ack(message.position);
    else custody.drop([message]);
  };
  const take = async (handedOut: HandedOut, line: Line): Promise<void> => {
    const sorted = unanswered(handedOut, await sort(handedOut));
    if (!line.isOpen()) return;
    switch (sorted.type) {
      case 'pass':
        return line.ack(handedOut);
      case 'park':
        onProblem(`a message is parked: ${sorted.reason}`);
        return line.park(handedOut, noteText(sorted.ref, sorted.of, sorted.reason, clock.now()));
      case 'message':
        return admit({ ...sorted.ref, dueAt: 0, event: sorted.event }, line, handedOut);
    }
  };
  return (handedOut, line) => {
    last = last
      .then(() => take(handedOut, line))
      .catch((thrown: unknown) => onProblem(`a message was not taken in: ${String(thrown)}`));
  };
};
