import * as t from 'io-ts';
import { instantCodec, orNull } from '../log/envelope.ts';

/** An API key came or went. `number`: which of these it is in the log, from 0, so that a missing one shows. `by`: the key that did it. */
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
 * both, in base64; null: the first key that the log knows, or one that came without the earlier one. `countersignature`: of the
 * later key over the same; not there where an earlier program wrote it.
 */
const headKeyChangedCodec = t.intersection([
  t.type({ key: t.string, previous: orNull(t.string), signature: orNull(t.string) }),
  t.partial({ countersignature: t.string }),
]);

/**
 * A node of several runs by this configuration from here on. `digest`: keyed, of all of it, the same at nodes that run by the
 * same; null: the node was stopped in order.
 */
const nodeConfiguredCodec = t.type({ node: t.string, digest: orNull(t.string) });

/** The keys of people are wrapped with a new key, and the one before was destroyed. `keys`: how many. */
const wrappingKeyRotatedCodec = t.type({ keys: t.number });

/** Data of what happens to an installation beside its bookings, by type. A storage format. No secrets, no personal data. */
export const changeEventCodecs = {
  ApiKeyMade: apiKeyMadeCodec,
  ApiKeyEnded: apiKeyEndedCodec,
  ConfigurationChanged: configurationChangedCodec,
  PersonalDataRead: personalDataReadCodec,
  HeadSigned: headSignedCodec,
  HeadKeyChanged: headKeyChangedCodec,
  NodeConfigured: nodeConfiguredCodec,
  WrappingKeyRotated: wrappingKeyRotatedCodec,
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
