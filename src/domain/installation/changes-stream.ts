import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import type { ChangeEvent, ChangeEventData } from './change-events.ts';

/** What a node runs by, and since when (UTC instant). */
export type NodeConfiguration = { readonly digest: string; readonly since: string };

/**
 * `keysTold`: how many changes of keys are in the log; `told`: which, as `toldAs` names them. By key, and not by the place in
 * the stream of keys: that begins anew where a log was imported without it. `digests`: of the configuration, by path. `headAt`: epoch ms.
 */
export type ChangesState = {
  readonly keysTold: number;
  readonly told: ReadonlySet<string>;
  readonly keyed: string | null;
  readonly digests: ReadonlyMap<string, string>;
  readonly headAt: number | null;
  readonly headSize: number;
  readonly headKey: string | null;
  /** All that have signed, the present one too: of two nodes with keys of their own each may be the one that signs. */
  readonly headKeys: ReadonlySet<string>;
  /** By node; those that were stopped in order are not in it. */
  readonly nodes: ReadonlyMap<string, NodeConfiguration>;
};

export const noChanges: ChangesState = {
  keysTold: 0,
  told: new Set(),
  keyed: null,
  digests: new Map(),
  headAt: null,
  headSize: 0,
  headKey: null,
  headKeys: new Set(),
  nodes: new Map(),
};

type KeyChange =
  | ({ readonly type: 'ApiKeyMade' } & Omit<ChangeEventData<'ApiKeyMade'>, 'number'>)
  | ({ readonly type: 'ApiKeyEnded' } & Omit<ChangeEventData<'ApiKeyEnded'>, 'number'>);

/** A key is made once, and ends once. */
const toldAs = ({ type, keyId }: { readonly type: string; readonly keyId: string }): string => `${type} ${keyId}`;

/** Whether a change of a key is in the log. */
export const isTold = ({ told }: Pick<ChangesState, 'told'>, change: KeyChange): boolean => told.has(toldAs(change));

/** `now`: epoch milliseconds. */
export type ChangesCommand = { readonly now: number } & (
  | { readonly type: 'NoteKeyChange'; readonly change: KeyChange }
  | {
      readonly type: 'NoteConfiguration';
      readonly when: 'start' | 'reload';
      readonly keyed: string;
      readonly digests: ReadonlyMap<string, string>;
    }
  | { readonly type: 'NoteReading'; readonly read: ChangeEventData<'PersonalDataRead'> }
  /** `notBefore`: epoch ms; a head that another node has signed since then is enough. */
  | { readonly type: 'NoteHead'; readonly head: ChangeEventData<'HeadSigned'>; readonly notBefore: number }
  | { readonly type: 'NoteHeadKey'; readonly rotation: ChangeEventData<'HeadKeyChanged'> }
  | { readonly type: 'NoteWrappingKey'; readonly rotated: ChangeEventData<'WrappingKeyRotated'> }
  | { readonly type: 'NoteNode'; readonly configured: ChangeEventData<'NodeConfigured'> }
);

/** What is the same is left out; what is gone has no digest. In the order of the paths. */
const differences = (
  known: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): ChangeEventData<'ConfigurationChanged'>['changes'] =>
  [...new Set([...known.keys(), ...now.keys()])]
    .filter((path) => known.get(path) !== now.get(path))
    .toSorted()
    .map((path) => ({ path, digest: now.get(path) ?? null }));

/** Paths in one event: some hundred kilobytes. What is beyond it is written by the next command. */
export const MOST_PATHS = 2_000;

const decided = (state: ChangesState, command: ChangesCommand): ReadonlyArray<ChangeEvent> => {
  const occurredAt = toInstant(command.now);
  switch (command.type) {
    case 'NoteKeyChange': {
      const { type, ...data } = command.change;
      if (isTold(state, command.change)) return [];
      const numbered = { ...data, number: state.keysTold };
      return [{ type, occurredAt, data: numbered } as Extract<ChangeEvent, { readonly type: typeof type }>];
    }
    case 'NoteConfiguration': {
      const { when, keyed, digests } = command;
      const known = state.keyed === keyed ? state.digests : new Map<string, string>();
      const changes = differences(known, digests).slice(0, MOST_PATHS);
      return changes.length === 0 ? [] : [{ type: 'ConfigurationChanged', occurredAt, data: { when, keyed, changes } }];
    }
    case 'NoteReading':
      return [{ type: 'PersonalDataRead', occurredAt, data: command.read }];
    case 'NoteHead':
      return state.headAt !== null && state.headAt > command.notBefore
        ? []
        : [{ type: 'HeadSigned', occurredAt, data: command.head }];
    case 'NoteHeadKey':
      // Where another node has told of its key meanwhile, this one follows another than it says.
      return state.headKey === command.rotation.key || state.headKey !== command.rotation.previous
        ? []
        : [{ type: 'HeadKeyChanged', occurredAt, data: command.rotation }];
    case 'NoteWrappingKey':
      return [{ type: 'WrappingKeyRotated', occurredAt, data: command.rotated }];
    case 'NoteNode':
      return (state.nodes.get(command.configured.node)?.digest ?? null) === command.configured.digest
        ? []
        : [{ type: 'NodeConfigured', occurredAt, data: command.configured }];
  }
};

/** Nothing is refused; what is known already is success without an event. */
export const decideChange = (
  state: ChangesState,
  command: ChangesCommand,
): E.Either<never, ReadonlyArray<ChangeEvent>> => E.right(decided(state, command));

export const evolveChanges = (state: ChangesState, event: ChangeEvent): ChangesState => {
  switch (event.type) {
    case 'ApiKeyMade':
    case 'ApiKeyEnded':
      return {
        ...state,
        keysTold: Math.max(state.keysTold, event.data.number + 1),
        told: new Set([...state.told, toldAs({ type: event.type, keyId: event.data.keyId })]),
      };
    case 'ConfigurationChanged': {
      const { keyed, changes } = event.data;
      const digests = new Map(state.keyed === keyed ? state.digests : []);
      for (const { path, digest } of changes) {
        if (digest === null) digests.delete(path);
        else digests.set(path, digest);
      }
      return { ...state, keyed, digests };
    }
    case 'PersonalDataRead':
    case 'WrappingKeyRotated':
      return state;
    case 'HeadSigned':
      return { ...state, headAt: toEpochMs(event.occurredAt), headSize: event.data.size };
    case 'HeadKeyChanged':
      return { ...state, headKey: event.data.key, headKeys: new Set([...state.headKeys, event.data.key]) };
    case 'NodeConfigured': {
      const { node, digest } = event.data;
      const others = [...state.nodes].filter(([name]) => name !== node);
      const own = digest === null ? [] : [[node, { digest, since: event.occurredAt }] as const];
      return { ...state, nodes: new Map([...others, ...own]) };
    }
  }
};
