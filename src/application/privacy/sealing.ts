import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonObject, RecordedEvent } from '../../domain/log/envelope.ts';
import { canonicalJson, erasePersonal, type Sha256 } from '../../domain/log/hash-chain.ts';
import {
  ERASED,
  isSealed,
  joinPersonal,
  type SealedPart,
  sealedParts,
  splitPersonal,
} from '../../domain/log/sealed-data.ts';
import { isObject } from '../../domain/unknown.ts';
import type { SubjectKeyReader, SubjectKeys } from '../ports/subject-keys.ts';

/** Turns the personal data of new events into sealed parts, before they are hashed: the chain covers the ciphertext. */
export type Sealing = {
  /** `subject`: whose the stream is; people in lists are subjects of their own. */
  readonly seal: (event: { readonly id: string; readonly data: JsonObject }, subject: string) => JsonObject;
};

/** `read`: the event with its personal data, as far as its keys are here. `fault`: what of it is not what was sealed. */
export type OpenedForJudging = { readonly read: RecordedEvent; readonly fault: string | null };

/** Of data that was sealed later the chain covers a digest alone: whoever has the keys could seal something else. */
const isAsWritten = (sha256: Sha256, stored: RecordedEvent['data'], { personal }: RecordedEvent['data']): boolean => {
  const digest = isObject(stored.personal) ? stored.personal.erased : undefined;
  const isWhole = isObject(personal) && personal.erased === undefined;
  return digest === undefined || !isWhole || sha256(canonicalJson(personal)) === digest;
};

/** An event that is judged: opened where there are keys, and as it is stored where it was changed. */
export const openedForJudging = (
  sha256: Sha256,
  keys: SubjectKeyReader | null,
  event: RecordedEvent,
): OpenedForJudging => {
  if (keys === null) return { read: event, fault: null };
  const opened = openEvent(keys, event);
  if (E.isLeft(opened)) return { read: event, fault: opened.left.reason };
  const { data } = opened.right;
  return data === event.data || isAsWritten(sha256, event.data, data)
    ? { read: opened.right, fault: null }
    : { read: event, fault: 'its personal data is not what its digest was made of: it was changed' };
};

/** What a part is bound to: no other event, and no other place in it, can be given it. */
const contextOf = (eventId: string, at: string): string => `${eventId} ${at}`;

/** What is said about somebody who is forgotten already is not kept. */
export const NO_KEY = 'none';

const sealPart = (
  keys: SubjectKeys,
  eventId: string,
  subject: string,
  { at, value, open }: ReturnType<typeof splitPersonal>[number],
): SealedPart => {
  if (subject === ERASED) return { key: NO_KEY, at, text: '', open };
  const key = keys.keyFor(subject);
  return { key, at, text: keys.seal(key, contextOf(eventId, at), JSON.stringify(value)), open };
};

/** Personal data of one event in sealed parts. */
const sealPersonal = (
  keys: SubjectKeys,
  eventId: string,
  personal: JsonObject,
  subject: string,
): ReadonlyArray<SealedPart> =>
  splitPersonal(personal).map((part) => sealPart(keys, eventId, part.mailbox ?? subject, part));

export const makeSealing = (keys: SubjectKeys): Sealing => ({
  seal: ({ id, data }, subject) => {
    const { personal } = data;
    if (!isObject(personal)) return data;
    return { ...data, personal: { sealed: sealPersonal(keys, id, personal, subject) } };
  },
});

/**
 * Data of an event that was written in the clear, sealed now: beside the parts stands the digest that its hash covers. Null
 * where there is nothing to seal.
 */
export const sealLater = (
  keys: SubjectKeys,
  sha256: Sha256,
  { id, data }: { readonly id: string; readonly data: JsonObject },
  subject: string,
): JsonObject | null => {
  const { personal } = data;
  if (!isObject(personal) || isSealed(personal) || typeof personal.erased === 'string') return null;
  const hashed = erasePersonal(sha256)(data).personal;
  const erased = isObject(hashed) ? (hashed.erased ?? null) : null;
  return { ...data, personal: { erased, sealed: sealPersonal(keys, id, personal, subject) } };
};

/**
 * An event as the program reads it: personal data in the clear, and what is erased as its stand-in. Left: a part of it is not
 * what was sealed.
 */
export const openEvent = <A extends Pick<RecordedEvent, 'id' | 'type' | 'data'>>(
  keys: SubjectKeyReader,
  event: A,
): E.Either<{ readonly reason: string }, A> => {
  const parts = sealedParts(event.data);
  if (parts.length === 0) return E.right(event);
  const broken: string[] = [];
  const opened = ({ key, at, text }: SealedPart): Json | null => {
    if (key === NO_KEY) return null;
    const found = keys.open(key, contextOf(event.id, at), text);
    if (typeof found === 'string') {
      // It was sealed by us, from JSON.
      return JSON.parse(found) as Json;
    }
    if (found !== null) broken.push(at === '' ? 'personal' : `personal.${at}`);
    return null;
  };
  const personal = joinPersonal(event.type, parts, opened);
  return broken.length === 0
    ? E.right({ ...event, data: { ...event.data, personal } })
    : E.left({ reason: `${broken.join(', ')} is not what was sealed there: it was changed` });
};
