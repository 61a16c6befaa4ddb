import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import type { FindingKind } from '../../src/application/audit/finding.ts';
import type { Envelope, JsonObject } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import type { ToldEvent } from './told-log.ts';

export type Told = ReadonlyArray<ToldEvent>;

/**
 * What somebody does to the stored events who can write the files of the engine. `alone`: kinds of what `verify` finds by itself,
 * the first one first; none: only a signed head tells. `gap`: the embedded log shows a hole as well. `isClosed`: its positions
 * are counted anew, so it does not.
 */
export type Tampering = {
  readonly what: string;
  readonly alone: ReadonlyArray<FindingKind>;
  readonly gap?: true;
  readonly isClosed?: true;
  readonly to: (told: Told) => Told;
};

/** As somebody does who knows how chains are made: revisions and hashes of a stream, from its first event on. */
export const redone = (told: Told, ...streams: ReadonlyArray<string>): Told => {
  const anew = new Map(
    streams.map((stream) => {
      const own = told.filter((one) => one.stream === stream).map(({ event }) => event);
      return [stream, seal(sha256Hex)(GENESIS_HASH, own)] as const;
    }),
  );
  const next = new Map<string, number>();
  return told.map((one) => {
    const revision = next.get(one.stream) ?? 0;
    next.set(one.stream, revision + 1);
    const event = anew.get(one.stream)?.[revision];
    return event === undefined ? one : { ...one, revision, event };
  });
};

export const changed = (told: Told, at: number, change: (event: Envelope) => Envelope): Told =>
  told.map((one, index) => (index === at ? { ...one, event: change(one.event) } : one));
export const dropped = (told: Told, at: number): Told => told.toSpliced(at, 1);
/** Two events change places; each place keeps its stream, revision and position. */
export const swapped = (told: Told, at: number, other: number): Told =>
  told.map((one, index) => {
    const from = index === at ? other : index === other ? at : index;
    return { ...one, event: told[from]?.event ?? one.event };
  });
/** A copy of an event, of another id, right behind it; the revisions after it are one higher. */
export const inserted = (told: Told, at: number, id: string): Told => {
  const copy = told[at];
  if (copy === undefined) throw new Error(`no event ${at}`);
  const { stream, revision } = copy;
  const moved = (one: ToldEvent): ToldEvent =>
    one.stream === stream && one.revision > revision ? { ...one, revision: one.revision + 1 } : one;
  const put = { ...copy, revision: revision + 1, position: null, event: { ...copy.event, id } };
  return [...told.slice(0, at + 1), put, ...told.slice(at + 1).map(moved)];
};
/** An event stands before another one in the log; its place in its stream stays. */
export const movedBefore = (told: Told, at: number, other: number): Told => {
  const event = told[at];
  if (event === undefined || other > at) throw new Error(`no event ${at} behind ${other}`);
  return [...told.slice(0, other), { ...event, position: null }, ...told.slice(other).filter((one) => one !== event)];
};
export const without = (told: Told, ...streams: ReadonlyArray<string>): Told =>
  told.filter(({ stream }) => !streams.includes(stream));
/** Each stream gets the name of the other. */
export const exchanged = (told: Told, one: string, other: string): Told =>
  told.map((event) => ({
    ...event,
    stream: event.stream === one ? other : event.stream === other ? one : event.stream,
  }));
/** The end of a stream from its event `from` on. */
export const cut = (told: Told, stream: string, from: number): Told =>
  told.filter((one) => one.stream !== stream || one.revision < from);

/** The place of the first event of that type in a stream. */
export const placeOf = (told: Told, stream: string, type: string): number => {
  const at = told.findIndex((one) => one.stream === stream && one.event.type === type);
  if (at < 0) throw new Error(`${stream} has no ${type}`);
  return at;
};
export const inData = (told: Told, stream: string, type: string, change: (data: JsonObject) => JsonObject): Told =>
  changed(told, placeOf(told, stream, type), (event) => ({ ...event, data: change(event.data) }));
