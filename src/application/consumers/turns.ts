import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { backoffMs } from '../../domain/time/time.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { LeaseWish } from '../../domain/booking/commands.ts';
import { type Leasing, leaseWish } from './leasing.ts';

/** So many effects in a row that a preferred node left to this one, without a sign of it in the log: it is taken for dead. */
const MISSED_TO_BE_ABSENT = 3;
/** Of a lease: how long the second node stands by for the first; each further one waits twice as long. */
const STAND_BY_IN_LEASES = 0.2;
/** Of a lease: nobody stands by for longer, so that a dead node's effects are taken over within one lease. */
const LONGEST_STAND_BY_IN_LEASES = 0.8;
/** In leases: a node that is at work, but not at this, is waited for no longer. */
const PATIENCE_IN_LEASES = 10;

/**
 * Which of the nodes on one log goes first for a key: rendezvous hashing over those that are not known to be away. It is
 * a matter of manners alone: what keeps two nodes apart is the lease in the log. So nodes need not agree on who is there.
 */
export type Turns = {
  /**
   * Milliseconds that this node leaves the key to others; 0 when it is the first. `dead`: a node that is not waited for,
   * since its lease has ended without an outcome.
   */
  readonly standByMs: (key: string, dead?: string) => number;
  /**
   * The same for what was stood by for and is not done yet: goes on as long as a node that comes before this one is seen
   * to be at work, only slower than it should be. `ageMs`: since this node has had it.
   */
  readonly stillStandByMs: (key: string, ageMs: number) => number;
  /** Leases in the log show who is there. To be fed with everything that is appended. */
  readonly seen: (event: Pick<RecordedEvent, 'type' | 'data'>) => void;
  /** This node did what another was preferred for. */
  readonly tookOver: (key: string) => void;
};

/** One node alone is always the first. */
export const noTurns: Turns = {
  standByMs: () => 0,
  stillStandByMs: () => 0,
  seen: () => undefined,
  tookOver: () => undefined,
};

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** 32-bit FNV-1a with the finalizer of MurmurHash3, so that names that differ in one letter are ordered by chance. */
const hash = (text: string): number => {
  let value = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), FNV_PRIME);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};

/** Those of the nodes that come before `own` for the key. */
export const nodesBefore = (own: string, nodes: ReadonlyArray<string>, key: string): ReadonlyArray<string> => {
  const mine = hash(`${own}\n${key}`);
  return nodes.filter((node) => {
    const theirs = hash(`${node}\n${key}`);
    return node !== own && (theirs > mine || (theirs === mine && node < own));
  });
};

type Deps = {
  readonly leasing: Leasing;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Names of the nodes that the installation knows of; others are learnt from their leases. */
  readonly known: ReadonlyArray<string>;
};

/** `missed`: in a row, without a sign in between. `heardAt`: elapsed milliseconds; `null`: not yet. */
type Neighbour = { readonly missed: number; readonly heardAt: number | null };

export const makeTurns = ({ leasing, clock, known }: Deps): Turns => {
  if (leasing === null) return noTurns;
  const { node: own, leaseMs } = leasing;
  const neighbours = new Map<string, Neighbour>(known.map((node) => [node, { missed: 0, heardAt: null }]));
  const present = (): ReadonlyArray<string> =>
    [...neighbours].flatMap(([node, { missed }]) => (missed < MISSED_TO_BE_ABSENT ? [node] : []));
  const shortestMs = leaseMs * STAND_BY_IN_LEASES;
  const isAtWork = (node: string): boolean => {
    const heardAt = neighbours.get(node)?.heardAt ?? null;
    return heardAt !== null && clock.elapsed() - heardAt < shortestMs;
  };
  return {
    standByMs: (key, dead) => {
      const rank = nodesBefore(own, present(), key).filter((node) => node !== dead).length;
      return rank === 0 ? 0 : backoffMs(shortestMs, leaseMs * LONGEST_STAND_BY_IN_LEASES, rank);
    },
    stillStandByMs: (key, ageMs) =>
      ageMs < leaseMs * PATIENCE_IN_LEASES && nodesBefore(own, present(), key).some(isAtWork) ? shortestMs : 0,
    seen: ({ type, data }) => {
      if (type === 'EffectLeased' && typeof data.node === 'string')
        neighbours.set(data.node, { missed: 0, heardAt: clock.elapsed() });
    },
    tookOver: (key) => {
      for (const node of nodesBefore(own, present(), key)) {
        const { missed, heardAt } = neighbours.get(node) ?? { missed: 0, heardAt: null };
        neighbours.set(node, { missed: missed + 1, heardAt });
      }
    },
  };
};

/**
 * The lease that is taken along with what is written for a booking, so that it needs no append of its own: only by the node
 * that goes first for it. Another may have less to do with the booking than it thinks.
 */
export const leaseAlong =
  (deps: Parameters<typeof leaseWish>[0] & { readonly turns: Pick<Turns, 'standByMs'> }) =>
  (uid: string): LeaseWish | undefined =>
    deps.turns.standByMs(uid) > 0 ? undefined : leaseWish(deps);
