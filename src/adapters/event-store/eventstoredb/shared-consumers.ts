import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { KeyedParkedMessage, Watermark, SharedConsumers } from '../../../application/consumers/consumer-state.ts';
import type {
  ExpectedRevision,
  StoreError,
  InternalEvent,
  OwnStreams,
  RecordedInternalEvent,
} from '../../../application/ports/event-store.ts';

const PARKED_STREAM = 'installation-parked';
const WATERMARKS_STREAM = 'installation-marks';
const PARKED = 'MessageParked';
const TAKEN = 'ParkedMessageTaken';
const WATERMARKS = 'GroupsReached';

const parkedCodec = t.type({
  group: t.string,
  position: t.number,
  key: t.string,
  stream: t.string,
  type: t.string,
  attempts: t.number,
  reason: t.string,
  parkedAt: t.string,
  replayed: t.boolean,
});
const takenCodec = t.type({ group: t.string, position: t.number });
/** By group. Each event says all of them, so the last one is enough. */
const watermarksCodec = t.type({ marks: t.record(t.string, t.type({ position: t.number, open: t.boolean })) });
type Watermarks = Readonly<Record<string, Watermark>>;

const isFurther = (mark: Watermark, than: Watermark | undefined): boolean =>
  than === undefined || mark.position > than.position || (mark.position === than.position && than.open && !mark.open);

type Answer<A> = Promise<E.Either<StoreError, A>>;

const ownEvent = (type: string, data: Record<string, unknown>): InternalEvent => ({ id: randomUUID(), type, data });
const corrupt = (what: string): E.Either<StoreError, never> =>
  E.left({ type: 'Corrupt', reason: `${what} has another form` });

/** By group and position: the message that is parked now, null where it was once and was taken back. */
type Listed = Map<string, KeyedParkedMessage | null>;
const placeOf = ({ group, position }: Pick<KeyedParkedMessage, 'group' | 'position'>): string => `${position} ${group}`;

const foldInto = (listed: Listed, event: InternalEvent): E.Either<StoreError, void> => {
  if (event.type === PARKED) {
    const message = parkedCodec.decode(event.data);
    if (E.isLeft(message)) return corrupt(PARKED);
    listed.set(placeOf(message.right), message.right);
  } else if (event.type === TAKEN) {
    const taken = takenCodec.decode(event.data);
    if (E.isLeft(taken)) return corrupt(TAKEN);
    listed.set(placeOf(taken.right), null);
  }
  return E.right(undefined);
};

/** What nodes tell each other about their consumers, in two streams beside the log. Races are settled by the revision. */
export const makeSharedConsumers = (streams: OwnStreams): SharedConsumers => {
  const listed: Listed = new Map();
  let revision: ExpectedRevision = 'no-stream';
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time: what is known of the streams is changed by one only. */
  const inTurn = <A>(work: () => Answer<A>): Answer<A> => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };

  const readOn = async (): Answer<void> => {
    const read = await streams.read(PARKED_STREAM, revision === 'no-stream' ? 0 : revision + 1)();
    if (E.isLeft(read)) return read;
    for (const event of read.right) {
      const folded = foldInto(listed, event);
      if (E.isLeft(folded)) return folded;
      revision = event.revision;
    }
    return E.right(undefined);
  };
  /** Decides on what the list is now, and again where another node was faster. */
  const change = async <A>(
    decide: () => { readonly answer: A; readonly events: ReadonlyArray<InternalEvent> },
  ): Answer<A> => {
    for (;;) {
      const read = await readOn();
      if (E.isLeft(read)) return read;
      const { answer, events } = decide();
      if (events.length === 0) return E.right(answer);
      const written = await streams.append(PARKED_STREAM, revision, events)();
      if (E.isRight(written)) return E.right(answer);
      if (written.left.type !== 'RevisionConflict') return written;
    }
  };

  const watermarksOf = (event: RecordedInternalEvent | null): E.Either<StoreError, Watermarks> => {
    if (event === null) return E.right({});
    const decoded = watermarksCodec.decode(event.data);
    return E.isLeft(decoded) ? corrupt(WATERMARKS) : E.right(decoded.right.marks);
  };
  /** Writes what `wanted` has to say to the marks that are there. */
  const raise = async (wanted: (written: Watermarks) => Watermarks): Answer<Watermarks> => {
    for (;;) {
      const read = await streams.readLast(WATERMARKS_STREAM)();
      if (E.isLeft(read)) return read;
      const before = watermarksOf(read.right);
      if (E.isLeft(before)) return before;
      const news = wanted(before.right);
      if (Object.keys(news).length === 0) return before;
      const marks = { ...before.right, ...news };
      const written = await streams.append(WATERMARKS_STREAM, read.right?.revision ?? 'no-stream', [
        ownEvent(WATERMARKS, { marks }),
      ])();
      if (E.isRight(written)) return E.right(marks);
      if (written.left.type !== 'RevisionConflict') return written;
    }
  };
  const isListed = (place: Pick<KeyedParkedMessage, 'group' | 'position'>): boolean =>
    (listed.get(placeOf(place)) ?? null) !== null;

  return {
    begin: (group, own) => async () => {
      const first: Watermark = { position: own, open: false };
      const marks = await raise((written): Watermarks => (group in written ? {} : { [group]: first }));
      return E.isLeft(marks) ? marks : E.right(marks.right[group] ?? first);
    },
    publish: (watermarks) => async () => {
      const raised = await raise((written) =>
        Object.fromEntries([...watermarks].filter(([group, mark]) => isFurther(mark, written[group]))),
      );
      return E.isLeft(raised) ? raised : E.right(undefined);
    },
    parked: () => () =>
      inTurn(async () =>
        pipe(
          await readOn(),
          E.map(() =>
            [...listed.values()]
              .filter((message) => message !== null)
              .toSorted((a, b) => a.group.localeCompare(b.group) || a.position - b.position),
          ),
        ),
      ),
    park: (messages) => () =>
      inTurn(() =>
        change(() => {
          const isNew = (message: KeyedParkedMessage): boolean => {
            const known = listed.get(placeOf(message));
            return known === undefined || (known === null && message.replayed);
          };
          const events = messages.filter(isNew).map((message) => ownEvent(PARKED, { ...message }));
          return { answer: undefined, events };
        }),
      ),
    unlist: (group, positions) => () =>
      inTurn(() =>
        change(() => {
          const there = positions.filter((position) => isListed({ group, position }));
          return { answer: there, events: there.map((position) => ownEvent(TAKEN, { group, position })) };
        }),
      ),
  };
};
