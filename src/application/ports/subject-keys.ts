/** Ids of keys of one person: the keyed hash of the mailbox, a dash, and 32 random bits. No mailbox can be read from it. */
export type SubjectKeyId = string;

/** What was sealed is not what was written: somebody changed it. */
export type Unsealable = { readonly type: 'Unsealable'; readonly key: SubjectKeyId };

/** The reading half: whoever has it can read what was sealed, and make no key. */
export type SubjectKeyReader = {
  /**
   * What was sealed as `context`. Null: the key was destroyed, or is not here. `Unsealable`: the text is not what was
   * sealed with this key in this place.
   */
  readonly open: (key: SubjectKeyId, context: string, sealed: string) => string | Unsealable | null;
  /** Whether a key is not here, and not noted as destroyed either: whoever has it elsewhere can bring it. */
  readonly isMissing: (key: SubjectKeyId) => boolean;
};

/**
 * Keys by the person whose data they seal, apart from the log. A mailbox is given normalised (`mailboxKey`). Nothing that is
 * stored here tells a mailbox.
 */
export type SubjectKeys = SubjectKeyReader & {
  /** The key of a mailbox (or of another subject), made where there is none. Use it only after `saved`. */
  readonly keyFor: (mailbox: string) => SubjectKeyId;
  /** Seals a text. `context`: where it belongs; it can be opened nowhere else. Throws for a key that is not here. */
  readonly seal: (key: SubjectKeyId, context: string, text: string) => string;
  /** Resolves when these keys, by default all, are durable as far as they were made before; rejects with what the disk said. */
  readonly saved: (keys?: ReadonlyArray<SubjectKeyId>) => Promise<void>;
  /** Whether a key has not been destroyed, here or by another node. */
  readonly isThere: (key: SubjectKeyId) => boolean;
  /** A keyed hash of the mailbox: the same for all its keys, and worthless for guessing without the key of this folder. */
  readonly subjectOf: (mailbox: string) => string;
  /** The subject of a key. */
  readonly subjectOfKey: (key: SubjectKeyId) => string;
  /** Subjects that have a key, and the ids of all their keys. */
  readonly subjects: () => ReadonlyMap<string, ReadonlyArray<SubjectKeyId>>;
  /**
   * Ids of all keys of a subject. What is sealed for it from now on gets another one. `known`: those that `subjects` told,
   * where many are retired one after the other; one that came since is not among the answer.
   */
  readonly retire: (subject: string, known?: ReadonlyArray<SubjectKeyId>) => ReadonlyArray<SubjectKeyId>;
  /** Destroys keys for good: what they sealed is erased. Resolves when that is durable; those that are gone are gone. */
  readonly destroy: (keys: ReadonlyArray<SubjectKeyId>) => Promise<void>;
  /** Another node may destroy the keys of this subject, or has: from now on they are looked for each time that they are used. */
  readonly doubt: (subject: string) => void;
  /** Makes a new wrapping key, wraps every key anew with it, and destroys the one before. Resolves with how many. */
  readonly rotate: () => Promise<number>;
};
