import * as E from 'fp-ts/lib/Either.js';
import type { ConsumerGroup } from '../ports/consumer-groups.ts';
import type { ChangeEventData } from '../../domain/installation/change-events.ts';
import type { ChangesCommand } from '../../domain/installation/changes-stream.ts';
import { decodeChangeEvent } from '../../domain/log/decode.ts';
import { messageOf } from '../../domain/unknown.ts';
import { type AuditSources, base64, hashLog, originOf } from '../audit/hash-log.ts';
import { changesStream, INSTALLATION } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

export type HeadsDeps = {
  readonly audit: Pick<AuditSources, 'log' | 'hashes' | 'signHead' | 'rotations'>;
  readonly buses: Pick<BookingBuses, 'changes'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly report: Report;
  /** The name of this node: who signs a head sends it. */
  readonly node: string;
  /** Milliseconds between two heads, whichever node signs them. */
  readonly everyMs: number;
};

/** Milliseconds until a head that could not be signed is tried again. */
const TRY_AGAIN_MS = 60_000;

/**
 * Signs the head of the log when the last one in the log is so old, and writes it there. Of several nodes one does: who
 * finds that another was faster writes nothing. `look`: what is due now; answers whether a head was signed.
 */
export const startHeads = ({ audit, buses, clock, identity, report, node, everyMs }: HeadsDeps) => {
  let isStopped = false;
  let cancel = (): void => undefined;
  let looking: Promise<boolean> = Promise.resolve(false);
  const failed = (reason: string): null => {
    report({ where: 'signed heads', reason });
    return null;
  };
  const write = async (command: ChangesCommand): Promise<number | null> => {
    const actor = { kind: 'system' } as const;
    const context = { commandId: identity.newCommandId(), actor, correlationId: INSTALLATION, causationId: null };
    const written = await buses.changes.execute(INSTALLATION, command, context)();
    return E.isLeft(written) ? failed(`not written: ${written.left.type}`) : written.right.events.length;
  };

  /** Of nodes with keys of their own one may have told of its key while another was about to. */
  const isTold = async (key: string): Promise<boolean> => {
    const known = await buses.changes.load(INSTALLATION)();
    return E.isRight(known) && known.right.state.headKeys.has(key);
  };

  /** Each key that came since the last one in the log, signed for by the one before it. False: it is not there, and is to be tried again. */
  const noteKeys = async (now: number, key: string, lastKey: string | null): Promise<boolean> => {
    if (key === lastKey) return true;
    const known = lastKey === null ? E.right(null) : await audit.rotations(lastKey, key);
    if (E.isLeft(known)) return failed(known.left) !== null;
    for (const rotation of known.right ?? [{ key, previous: lastKey, signature: null }])
      if ((await write({ type: 'NoteHeadKey', now, rotation })) === null) return false;
    return isTold(key);
  };

  /** Null: it could not be done, which has been said, or there is nothing to sign yet. */
  const signed = async (lastAt: number | null, lastKey: string | null): Promise<boolean | null> => {
    const hashed = await hashLog(audit.log, audit.hashes.sha256Bytes, () => undefined, null);
    if (E.isLeft(hashed)) return failed(`the log cannot be read: ${hashed.left.type}`);
    const { tree, first } = hashed.right;
    // A log is known by its first event: an empty one has no name yet.
    if (first === null) return null;
    const head = { origin: originOf(first), size: tree.size(), root: base64(tree.root()) };
    const made = await audit.signHead(head);
    if (E.isLeft(made)) return failed(made.left);
    const { note, verifier: key } = made.right;
    const now = clock.now();
    if (!(await noteKeys(now, key, lastKey))) return null;
    const data: ChangeEventData<'HeadSigned'> = { size: head.size, root: head.root, note, key, node };
    const count = await write({ type: 'NoteHead', now, head: data, notBefore: lastAt ?? -1 });
    return count === null ? null : count > 0;
  };

  /** Milliseconds until the next look, and whether a head was signed. */
  const lookOnce = async (): Promise<{ readonly waitMs: number; readonly isSigned: boolean }> => {
    const known = await buses.changes.load(INSTALLATION)();
    if (E.isLeft(known)) {
      failed(`the log cannot be read: ${known.left.type}`);
      return { waitMs: TRY_AGAIN_MS, isSigned: false };
    }
    const { headAt, headKey } = known.right.state;
    const waitMs = (headAt ?? 0) + everyMs - clock.now();
    if (waitMs > 0 && headAt !== null && headAt <= clock.now()) return { waitMs, isSigned: false };
    const done = await signed(headAt, headKey);
    return { waitMs: done === null ? Math.min(TRY_AGAIN_MS, everyMs) : everyMs, isSigned: done === true };
  };

  const look = (): Promise<boolean> => {
    looking = looking.then(async () => {
      if (isStopped) return false;
      const { waitMs, isSigned } = await lookOnce().catch((fault: unknown) => {
        failed(messageOf(fault));
        return { waitMs: TRY_AGAIN_MS, isSigned: false };
      });
      cancel();
      if (!isStopped) cancel = clock.at(clock.now() + waitMs, goOn);
      return isSigned;
    });
    return looking;
  };
  const goOn = (): void => {
    look().catch((fault: unknown) => failed(messageOf(fault)));
  };
  goOn();

  return {
    look,
    stop: async (): Promise<void> => {
      isStopped = true;
      cancel();
      await looking;
    },
  };
};

/** A signed head on its way. `id`: of its event, from which a mail or a webhook gets an id that repeats with it. */
export type HeadToSend = ChangeEventData<'HeadSigned'> & { readonly id: string; readonly at: string };

/** Left: why it did not arrive, to be tried again. */
export type SendHead = (head: HeadToSend) => Promise<E.Either<string, void>>;

/** Tries, with waits up to an hour: two days. Then it is parked, and an operator is to look. */
const MOST_ATTEMPTS = 60;
const LONGEST_WAIT_MS = 3_600_000;
const FIRST_WAIT_MS = 5_000;

/** Sends the heads that this node has signed one way, at least once: by the outbox that mails and webhooks have. */
export const headsConsumer = (way: 'folder' | 'mail' | 'webhook', node: string, send: SendHead): ConsumerGroup => ({
  // A stored name: positions are kept under it.
  name: `heads-${way}`,
  accepts: ({ stream, type, data }) => stream === changesStream && type === 'HeadSigned' && data.node === node,
  startAt: 'now',
  keyOf: () => way,
  maxInFlight: 1,
  maxAttempts: MOST_ATTEMPTS,
  backoffMs: (attempt) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)),
  handle: async ({ event }) => {
    const decoded = decodeChangeEvent(event);
    if (E.isLeft(decoded) || decoded.right.type !== 'HeadSigned')
      return { type: 'park', reason: 'the head cannot be understood' };
    const sent = await send({ ...decoded.right.data, id: event.id, at: event.occurredAt });
    return E.isLeft(sent) ? { type: 'retry', reason: sent.left } : { type: 'ack' };
  },
});
