import type { Strategy } from './persistent-settings.ts';

/** What a strategy knows of a consumer: room counts the messages that it may still be given. */
export type Seat = { readonly id: string; readonly room: () => number };

/** `full`: nobody has room. `skip`: the one that the message is meant for has none; later messages may go first. */
export type Choice<S> = S | 'full' | 'skip';

export type Chooser<S extends Seat> = (seats: ReadonlyArray<S>, sourceStream: string) => Choice<S>;

/** Buckets of the pinned strategy; server `PinnedConsumerState.MaxBucketCount`. */
const PINNED_BUCKETS = 1024;

const bucketOf = (stream: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(stream)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % PINNED_BUCKETS;
};

const roundRobin = <S extends Seat>(): Chooser<S> => {
  let turn = 0;
  return (seats) => {
    for (let step = 0; step < seats.length; step += 1) {
      const seat = seats[(turn + step) % seats.length];
      if (seat !== undefined && seat.room() > 0) {
        turn = (turn + step + 1) % seats.length;
        return seat;
      }
    }
    return 'full';
  };
};

/** Fills one consumer, then the next. */
const dispatchToSingle =
  <S extends Seat>(): Chooser<S> =>
  (seats) =>
    seats.find((seat) => seat.room() > 0) ?? 'full';

/** A bucket stays with its consumer while that is there; a new one goes to the consumer with the fewest. */
const pinned = <S extends Seat>(): Chooser<S> => {
  const owners = new Map<number, string>();
  const owned = (seat: S): number => [...owners.values()].filter((id) => id === seat.id).length;
  return (seats, sourceStream) => {
    if (seats.every((seat) => seat.room() === 0)) return 'full';
    const bucket = bucketOf(sourceStream);
    const holder = seats.find((seat) => seat.id === owners.get(bucket));
    const [freest] = holder === undefined ? seats.toSorted((a, b) => owned(a) - owned(b)) : [holder];
    if (freest === undefined) return 'full';
    owners.set(bucket, freest.id);
    return freest.room() > 0 ? freest : 'skip';
  };
};

export const createChooser = <S extends Seat>(strategy: Strategy): Chooser<S> => {
  switch (strategy) {
    case 'RoundRobin':
      return roundRobin();
    case 'DispatchToSingle':
      return dispatchToSingle();
    case 'Pinned':
      return pinned();
  }
};
