import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { backoffMs } from '../../domain/time/time.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { LeaseRequest } from '../../domain/booking/commands.ts';
import { type Leasing, leaseRequest } from './leasing.ts';

/** A preferred node that leaves so many effects in a row to this one, with nothing in the log meanwhile, counts as dead. */
const MISSED_TO_BE_ABSENT = 3;
/** In leases: how long the second node stands by for the first; each further one waits twice as long. */
const STAND_BY_IN_LEASES = 0.2;
/** In leases: no node stands by for longer, so that a dead node's effects are taken over within one lease. */
const LONGEST_STAND_BY_IN_LEASES = 0.8;
/** In leases: for how long a node stands by for one that is at work, but not at this effect. */
const PATIENCE_IN_LEASES = 10;

/**
 * Which of the nodes on one log goes first for a key: rendezvous hashing over the nodes that are not known to be dead. It
 * only saves lease conflicts; the lease in the log is what keeps two nodes apart. So nodes need not agree on who is alive.
 */
export type NodePreference = {
  /**
   * Milliseconds that this node stands by for the nodes before it; 0 where it is the first. `dead`: a node that is left
   * out, since its lease has ended without an outcome.
   */
  readonly standByMs: (key: string, dead?: string) => number;
  /**
   * Milliseconds to stand by once more for what is not done yet: while a node before this one is seen to be at work, only
   * slower than expected. `ageMs`: since when this node has had the message.
   */
  readonly stillStandByMs: (key: string, ageMs: number) => number;
  /** Call it with every event of the log: leases show which nodes are alive. */
  readonly seen: (event: Pick<RecordedEvent, 'type' | 'data'>) => void;
  /** This node did what another one was preferred for. */
  readonly tookOver: (key: string) => void;
};

/** A process that has the log alone is always the first. */
export const singleNode: NodePreference = {
  standByMs: () => 0,
  stillStandByMs: () => 0,
  seen: () => undefined,
  tookOver: () => undefined,
};

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** 32-bit FNV-1a with the finalizer of MurmurHash3, so that names that differ in one letter are spread evenly. */
const hash = (text: string): number => {
  let value = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), FNV_PRIME);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};

/** The nodes that come before `own` for the key. */
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
  /** Names of the nodes that the installation knows; others are learnt from their leases. */
  readonly known: ReadonlyArray<string>;
};

/** `missed`: effects in a row that it left to others. `heardAt`: of its last lease, elapsed milliseconds; null: none yet. */
type Neighbour = { readonly missed: number; readonly heardAt: number | null };

export const makeNodePreference = ({ leasing, clock, known }: Deps): NodePreference => {
  if (leasing === null) return singleNode;
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
 * The lease that is written together with other events of a booking, so that it needs no append of its own. Only the node
 * that goes first for the booking asks for it: on another node it would be in the way.
 */
export const leaseAlong =
  (deps: Parameters<typeof leaseRequest>[0] & { readonly preference: Pick<NodePreference, 'standByMs'> }) =>
  (uid: string): LeaseRequest | undefined =>
    deps.preference.standByMs(uid) > 0 ? undefined : leaseRequest(deps);
