import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isWritten } from '../audit/compare-events.ts';
import { instantCodec, orNull } from '../log/envelope.ts';
import { toEpochMs, toInstant } from '../time/time.ts';

/** An API key came or went. `number`: its place in the stream of keys, so that each change is told once. `by`: the key that did it. */
const keyChange = { keyId: t.string, number: t.number, by: orNull(t.string) };
const apiKeyMadeCodec = t.type({
  ...keyChange,
  roles: t.readonlyArray(t.string),
  hostId: orNull(t.string),
  createdAt: instantCodec,
});
const apiKeyEndedCodec = t.type({ ...keyChange, revokedAt: instantCodec });

/**
 * The configuration in use is another one. `changes`: paths alone, never values; `digest`: keyed, of the value, null where it
 * is gone. `keyed`: tells one key of digests from another; after a new secret nothing can be compared.
 */
const configurationChangedCodec = t.type({
  when: t.keyof({ start: null, reload: null }),
  keyed: t.string,
  changes: t.readonlyArray(t.type({ path: t.string, digest: orNull(t.string) })),
});

/** Answers with personal data that a key with the role audit got since the hour began, by what it asked. */
const personalDataReadCodec = t.type({ keyId: t.string, hour: instantCodec, answers: t.record(t.string, t.number) });

/** The head of the log was signed, to be sent away. `note`: as it was signed. `node`: which sends it. */
const headSignedCodec = t.type({ size: t.number, root: t.string, note: t.string, key: t.string, node: t.string });

/**
 * Heads are signed with another key from here on. `key`, `previous`: verifier keys. `signature`: of the earlier key over
 * both, in base64; null: the first key that the log knows, or one that came without the earlier one.
 */
const headKeyChangedCodec = t.type({ key: t.string, previous: orNull(t.string), signature: orNull(t.string) });

/** Data of what happens to an installation beside its bookings, by type. A storage format. No secrets, no personal data. */
export const changeEventCodecs = {
  ApiKeyMade: apiKeyMadeCodec,
  ApiKeyEnded: apiKeyEndedCodec,
  ConfigurationChanged: configurationChangedCodec,
  PersonalDataRead: personalDataReadCodec,
  HeadSigned: headSignedCodec,
  HeadKeyChanged: headKeyChangedCodec,
} as const;

type Codecs = typeof changeEventCodecs;
export type ChangeEventType = keyof Codecs;
export type ChangeEventData<T extends ChangeEventType> = t.TypeOf<Codecs[T]>;
export type ChangeEvent = {
  readonly [T in ChangeEventType]: {
    readonly type: T;
    readonly occurredAt: string;
    readonly data: ChangeEventData<T>;
  };
}[ChangeEventType];

/** `keysTold`: changes of keys that are in the log. `digests`: of the configuration, by path. `headAt`: epoch ms. */
export type ChangesState = {
  readonly keysTold: number;
  readonly keyed: string | null;
  readonly digests: ReadonlyMap<string, string>;
  readonly headAt: number | null;
  readonly headSize: number;
  readonly headKey: string | null;
};

export const noChanges: ChangesState = {
  keysTold: 0,
  keyed: null,
  digests: new Map(),
  headAt: null,
  headSize: 0,
  headKey: null,
};

type KeyChange =
  | ({ readonly type: 'ApiKeyMade' } & ChangeEventData<'ApiKeyMade'>)
  | ({ readonly type: 'ApiKeyEnded' } & ChangeEventData<'ApiKeyEnded'>);

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
      if (data.number < state.keysTold) return [];
      return [{ type, occurredAt, data } as Extract<ChangeEvent, { readonly type: typeof type }>];
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
      return state.headKey === command.rotation.key
        ? []
        : [{ type: 'HeadKeyChanged', occurredAt, data: command.rotation }];
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
      return { ...state, keysTold: Math.max(state.keysTold, event.data.number + 1) };
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
      return state;
    case 'HeadSigned':
      return { ...state, headAt: toEpochMs(event.occurredAt), headSize: event.data.size };
    case 'HeadKeyChanged':
      return { ...state, headKey: event.data.key };
  }
};

const commandOf = (state: ChangesState, event: ChangeEvent): ChangesCommand => {
  const now = toEpochMs(event.occurredAt);
  switch (event.type) {
    case 'ApiKeyMade':
      return { type: 'NoteKeyChange', now, change: { type: event.type, ...event.data } };
    case 'ApiKeyEnded':
      return { type: 'NoteKeyChange', now, change: { type: event.type, ...event.data } };
    case 'ConfigurationChanged': {
      const { when, keyed } = event.data;
      return { type: 'NoteConfiguration', now, when, keyed, digests: evolveChanges(state, event).digests };
    }
    case 'PersonalDataRead':
      return { type: 'NoteReading', now, read: event.data };
    case 'HeadSigned':
      return { type: 'NoteHead', now, head: event.data, notBefore: Number.MAX_SAFE_INTEGER };
    case 'HeadKeyChanged':
      return { type: 'NoteHeadKey', now, rotation: event.data };
  }
};

/** As `judgeBookingEvent`, for the stream of the installation. A head cannot be of more events than stand before it. */
export const judgeChangeEvent = (state: ChangesState, event: ChangeEvent): E.Either<string, ChangesState> => {
  if (event.type === 'HeadSigned' && event.data.size < state.headSize)
    return E.left('it is the head of a shorter log than the one before it');
  if (event.type === 'HeadKeyChanged' && event.data.previous !== state.headKey)
    return E.left('the key before it is another one');
  const written = isWritten(event, decided(state, commandOf(state, event)), () => 'it was so already');
  return E.isLeft(written) ? written : E.right(evolveChanges(state, event));
};
