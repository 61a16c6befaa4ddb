import { type GroupMessage, sourceStreamOf } from './persistent-message.ts';
import type { Strategy } from './persistent-settings.ts';

/** What a strategy knows of a consumer: room counts the messages that it may still be given. */
export type Seat = {
  readonly id: string;
  readonly room: () => number;
  readonly unconfirmed: ReadonlyMap<string, GroupMessage>;
};

/** `full`: nobody has room. `skip`: the one that the message is meant for has none; later messages may go first. */
export type Choice<S> = S | 'full' | 'skip';

export type Chooser<S extends Seat> = {
  readonly joined: (seat: S) => void;
  readonly left: (seat: S) => void;
  readonly choose: (sourceStream: string) => Choice<S>;
};

/** Buckets of the pinned strategy; server `PinnedConsumerState.MaxBucketCount`. */
const PINNED_BUCKETS = 1024;

/** The server has another hash: which streams share a bucket differs, that some do does not. */
const bucketOf = (stream: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(stream)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % PINNED_BUCKETS;
};

/** A queue that moves on after each message, or only when its head is full. */
const inTurns = <S extends Seat>(movesOn: 'always' | 'when-full'): Chooser<S> => {
  const queue: Array<S> = [];
  const moveOn = (): void => void queue.push(...queue.splice(0, 1));
  return {
    joined: (seat) => void queue.push(seat),
    left: (seat) => void queue.splice(queue.indexOf(seat), 1),
    choose: () => {
      for (let step = 0; step < queue.length; step += 1) {
        const [head] = queue;
        const hasRoom = head !== undefined && head.room() > 0;
        if (movesOn === 'always' || !hasRoom) moveOn();
        if (hasRoom) return head;
      }
      return 'full';
    },
  };
};

/** Server `PinnedConsumerState.cs`: a bucket keeps its consumer; when one comes, the others hand over what is above the average. */
const pinned = <S extends Seat>(): Chooser<S> => {
  const owners = new Map<number, S>();
  let seats: ReadonlyArray<S> = [];
  const bucketsOf = (seat: S): ReadonlyArray<number> =>
    [...owners].filter(([, owner]) => owner === seat).map(([bucket]) => bucket);
  /** Those with least in flight first. */
  const movable = (seat: S): ReadonlyArray<number> => {
    const busy = [...seat.unconfirmed.values()].map(({ resolved }) => bucketOf(sourceStreamOf(resolved)));
    const inFlight = (bucket: number): number => busy.filter((other) => other === bucket).length;
    return bucketsOf(seat).toSorted((a, b) => inFlight(a) - inFlight(b));
  };
  return {
    joined: (seat) => {
      seats = [...seats, seat];
      const most = Math.ceil(owners.size / seats.length);
      for (const other of seats.filter((candidate) => candidate !== seat)) {
        const buckets = movable(other);
        for (const bucket of buckets.slice(0, Math.max(0, buckets.length - most))) owners.set(bucket, seat);
      }
    },
    left: (seat) => {
      seats = seats.filter((other) => other !== seat);
      for (const bucket of bucketsOf(seat)) owners.delete(bucket);
    },
    choose: (sourceStream) => {
      if (seats.every((seat) => seat.room() <= 0)) return 'full';
      const bucket = bucketOf(sourceStream);
      const [freest] = seats.toSorted((a, b) => bucketsOf(a).length - bucketsOf(b).length);
      const owner = owners.get(bucket) ?? freest;
      if (owner === undefined) return 'full';
      owners.set(bucket, owner);
      return owner.room() > 0 ? owner : 'skip';
    },
  };
};

export const createStrategy = <S extends Seat>(strategy: Strategy): Chooser<S> => {
  switch (strategy) {
    case 'RoundRobin':
      return inTurns('always');
    case 'DispatchToSingle':
      return inTurns('when-full');
    case 'Pinned':
      return pinned();
  }
};
