import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import type { Envelope, Json } from '../../../src/domain/log/envelope.ts';
import {
  canonicalJson,
  erasePersonal,
  firstBrokenLink,
  GENESIS_HASH,
  isChainedText,
} from '../../../src/domain/log/hash-chain.ts';
import { rejected, requested, started } from '../../../src/testing/index.ts';
import { asJson, oneOfEach, sealed } from './sealed.helper.ts';

const stream = sealed(oneOfEach);
const broken = (events: ReadonlyArray<Envelope>) => firstBrokenLink(sha256Hex)(GENESIS_HASH, events);
const erased = (event: Envelope): Envelope => ({ ...event, data: erasePersonal(sha256Hex)(event.data) });

type Path = ReadonlyArray<string | number>;

/** Paths to everything that is no object or array itself. */
const leaves = (value: Json, path: Path = []): ReadonlyArray<Path> =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [path];

/** Another value in the place of the one at `path`. */
const changed = (value: Json, [key, ...rest]: Path): Json => {
  if (key === undefined) return typeof value === 'string' ? `${value}x` : value === null ? 0 : null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((inner, index) => (String(index) === String(key) ? changed(inner, rest) : inner));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === key ? changed(inner, rest) : inner]),
  );
};

const replaced = (index: number, event: unknown): ReadonlyArray<Envelope> =>
  stream.map((one, at) => (at === index ? JSON.parse(JSON.stringify(event)) : one));

describe('the hash chain', () => {
  it('is whole as it was written, also from any event on', () => {
    expect(broken(stream)).toBeNull();
    expect(firstBrokenLink(sha256Hex)(stream[2]?.hash ?? '', stream.slice(3))).toBeNull();
  });

  it('holds for the text of an event in canonical form, and for no other text', () => {
    const isText = isChainedText(sha256Hex);
    const [first, second] = sealed([started('work'), started('home')]);
    if (first === undefined || second === undefined) throw new Error('two events were made');
    const body = canonicalJson(asJson(second));
    expect(isText(first.hash, body, second)).toBe(true);
    expect(isText(GENESIS_HASH, body, second)).toBe(false);
    expect(isText(first.hash, JSON.stringify(second), second)).toBe(false);
    for (let at = 0; at < body.length; at += 1)
      expect([at, isText(first.hash, `${body.slice(0, at)}~${body.slice(at + 1)}`, second)]).toEqual([at, false]);
  });

  it.each(oneOfEach.map((event) => [event.type, event] as const))(
    'holds for the text of %s, whatever is left of its personal data',
    (_, event) => {
      const isText = isChainedText(sha256Hex);
      const [written] = sealed([event]);
      if (written === undefined) throw new Error('an event was made');
      for (const stored of [written, erased(written)]) {
        const body = canonicalJson(asJson(stored));
        expect(isText(GENESIS_HASH, body, stored)).toBe(true);
        for (const [at, path] of leaves(asJson(stored)).entries()) {
          const other = changed(asJson(stored), path);
          expect([at, path, isText(GENESIS_HASH, canonicalJson(other), other as Envelope)]).toEqual([at, path, false]);
        }
      }
    },
  );

  it('can be computed by anybody: SHA-256 of the previous hash and the canonical form', () => {
    const [first, second] = sealed([started('work'), rejected({ reason: 'ill' })]);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const digest = sha256('{"reason":"ill","salt":"00000000000000000000000000000000"}');
    expect(first?.hash).toBe(
      sha256(
        '{"actor":{"kind":"guest"},"causationId":null,"correlationId":"correlation","data":{"attempt":1,"calendarId":"work"},"id":"id-0","occurredAt":"2050-09-05T10:00:00Z","type":"CalendarSyncStarted","version":1}',
      ),
    );
    expect(second?.hash).toBe(
      sha256(
        `${first?.hash}{"actor":{"id":"odd","kind":"host"},"causationId":"id-0","correlationId":"correlation","data":{"personal":{"erased":"${digest}"}},"id":"id-1","occurredAt":"2050-09-05T10:00:00Z","type":"BookingRejected","version":1}`,
      ),
    );
  });

  it('breaks at any change of any field of any event', () => {
    for (const [index, event] of stream.entries())
      for (const path of leaves(asJson(event)))
        expect(broken(replaced(index, changed(asJson(event), path))), `${event.type} ${path.join('.')}`).toBe(index);
  });

  it('breaks where a field is added, anywhere', () => {
    for (const [index, event] of stream.entries())
      expect(broken(replaced(index, { ...event, data: { ...event.data, more: 1 } }))).toBe(index);
  });

  it('breaks where events are removed, repeated or reordered', () => {
    fc.assert(
      fc.property(fc.nat(stream.length - 2), fc.nat(stream.length - 1), (from, to) => {
        expect(broken(stream.toSpliced(from, 1))).toBe(from);
        expect(broken(stream.toSpliced(from, 0, ...stream.slice(from, from + 1)))).toBe(from + 1);
        const moved = stream.toSpliced(from, 1).toSpliced(to, 0, ...stream.slice(from, from + 1));
        expect(broken(moved)).toBe(from === to ? null : Math.min(from, to));
      }),
    );
  });
});

describe('I12 erasing personal data', () => {
  const personal = stream.filter(({ data }) => 'personal' in data);

  it('I12 leaves the chain whole, event by event, all at once and twice', () => {
    for (const [index, event] of stream.entries()) expect(broken(replaced(index, erased(event)))).toBeNull();
    expect(broken(stream.map(erased))).toBeNull();
    expect(broken(stream.map(erased).map(erased))).toBeNull();
  });

  it('I12 leaves no word of it', () => {
    expect(personal.map(({ type }) => type)).toEqual([
      'BookingRequested',
      'BookingRejected',
      'BookingCancelled',
      'AbsenceMarked',
      'RescheduleRequested',
      'RescheduleDeclined',
      'GuestsAdded',
      'LocationChanged',
    ]);
    const text = JSON.stringify(stream.map(erased));
    for (const word of ['Runa', 'runa@example.com', 'ill"', 'ola@example.net', 'The library', '00000000']) {
      expect(JSON.stringify(stream)).toContain(word);
      expect(text).not.toContain(word);
    }
  });

  it('I12 the digest cannot be guessed without the salt: the same words leave different digests', () => {
    const request = requested();
    const salted = (salt: string) => ({
      ...request,
      data: { ...request.data, personal: { ...request.data.personal, salt } },
    });
    const digests = [salted('a'), salted('b')].map((event) => sealed([event]).map(erased)[0]?.data.personal);
    expect(digests[0]).not.toEqual(digests[1]);
  });

  it('what was erased cannot be dressed up', () => {
    for (const event of personal) {
      const index = stream.indexOf(event);
      const { personal: left } = erased(event).data;
      const digest = Object.values(left ?? {})[0];
      const fakes = [digest, { erased: digest, attendee: { name: 'Mallory' } }, { erased: 'x' }, {}, null, [digest]];
      for (const fake of fakes)
        expect(broken(replaced(index, { ...event, data: { ...event.data, personal: fake } }))).toBe(index);
      expect(broken(replaced(index, { ...event, data: { ...event.data, personal: left } }))).toBeNull();
    }
  });
});
