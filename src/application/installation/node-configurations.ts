import * as E from 'fp-ts/lib/Either.js';
import type { NodeConfiguration } from '../../domain/installation/changes-stream.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { decodeChangeEvent } from '../../domain/log/decode.ts';
import { changesStream, INSTALLATION } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

type Deps = {
  readonly buses: Pick<BookingBuses, 'changes'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly report: Report;
  readonly node: string;
  /** Of the configuration that it starts with. */
  readonly digest: string;
  /** Whether other nodes work on the same log: only then is anything of this written. */
  readonly isShared: boolean;
  /** Names that the installation knows; one that was forgotten runs nothing. Empty: they cannot be read. */
  readonly joined: () => Promise<ReadonlySet<string>>;
};

/** `isSame`: it runs by what this node runs by. */
export type ListedNode = NodeConfiguration & { readonly node: string; readonly isSame: boolean };

/** By which configuration each node of an installation runs: a reload reaches one node, and somebody has to see the others. */
export type NodeConfigurations = {
  /** This node runs by the configuration of that digest from now on. Others that run by another one are reported. */
  readonly note: (digest: string) => Promise<void>;
  /** Feed it what is appended to the log: another node that runs by another configuration from now on is reported. */
  readonly seen: (events: ReadonlyArray<RecordedEvent>) => void;
  /** This node first. Those that were stopped in order are not in it; one that was killed is, until it is forgotten. */
  readonly list: () => ReadonlyArray<ListedNode>;
  /** The others that run by another configuration, one line each. */
  readonly otherwise: () => ReadonlyArray<string>;
  /** This node runs no more. */
  readonly stop: () => Promise<void>;
};

/** One line for the operator; null: there is nothing to say. */
const describeNode = ({ node, since, isSame }: ListedNode): string | null =>
  isSame
    ? null
    : `node "${node}" runs by another configuration, since ${since}: give it the same file and reload it there as well (SIGHUP or "holdfast config reload --url" with its address)`;

export const makeNodeConfigurations = (deps: Deps): NodeConfigurations => {
  const { buses, clock, identity, report, node, isShared, joined } = deps;
  const where = 'configuration of nodes';
  const others = new Map<string, NodeConfiguration>();
  let own: NodeConfiguration = { digest: deps.digest, since: toInstant(clock.now()) };
  let gone: ReadonlySet<string> = new Set();

  const write = async (digest: string | null): Promise<void> => {
    const context = {
      commandId: identity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: INSTALLATION,
      causationId: null,
    } as const;
    const command = { type: 'NoteNode', now: clock.now(), configured: { node, digest } } as const;
    const written = await buses.changes.execute(INSTALLATION, command, context)();
    if (E.isLeft(written)) report({ where, reason: `not recorded: ${written.left.type}` });
  };

  const list = (): ReadonlyArray<ListedNode> => [
    { node, ...own, isSame: true },
    ...[...others]
      .filter(([name]) => !gone.has(name))
      .map(([name, configured]) => ({ node: name, ...configured, isSame: configured.digest === own.digest })),
  ];

  const otherwise = (): ReadonlyArray<string> => list().flatMap((one) => describeNode(one) ?? []);

  return {
    otherwise,
    note: async (digest) => {
      if (digest !== own.digest) own = { digest, since: toInstant(clock.now()) };
      if (!isShared) return;
      await write(digest);
      const [known, names] = [await buses.changes.load(INSTALLATION)(), await joined()];
      if (E.isLeft(known)) return report({ where, reason: `not compared: ${known.left.type}` });
      const { nodes } = known.right.state;
      others.clear();
      for (const [name, configured] of nodes) if (name !== node) others.set(name, configured);
      gone = names.size === 0 ? new Set() : new Set([...nodes.keys()].filter((name) => !names.has(name)));
      for (const reason of otherwise()) report({ where, reason });
    },
    seen: (events) => {
      for (const recorded of events) {
        if (recorded.stream !== changesStream || recorded.type !== 'NodeConfigured') continue;
        const event = decodeChangeEvent(recorded);
        if (E.isLeft(event) || event.right.type !== 'NodeConfigured' || event.right.data.node === node) continue;
        const { node: name, digest } = event.right.data;
        if (digest === null) {
          others.delete(name);
          continue;
        }
        const configured = { digest, since: event.right.occurredAt };
        others.set(name, configured);
        const said = describeNode({ node: name, ...configured, isSame: digest === own.digest });
        if (said !== null) report({ where, reason: said });
      }
    },
    list,
    stop: () => (isShared ? write(null) : Promise.resolve()),
  };
};
