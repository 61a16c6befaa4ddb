import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import type { Json, JsonObject } from '../../../src/domain/log/envelope.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { isSealed, joinPersonal, type SealedPart, splitPersonal } from '../../../src/domain/log/sealed-data.ts';
import { asObject, oneOfEach } from './sealed.helper.ts';

const personalOf = (data: unknown): JsonObject | null => {
  const { personal } = asObject(data);
  return personal === undefined ? null : asObject(personal);
};
const marked = oneOfEach.flatMap(({ type, data }) => {
  const personal = personalOf(data);
  return personal === null ? [] : [{ type, personal }];
});

/** Parts that are sealed with nothing: their text is what it was. */
const inParts = (personal: JsonObject): ReadonlyArray<SealedPart> =>
  splitPersonal(personal).map(({ at, value, open }) => ({
    key: 'k',
    at,
    text: JSON.stringify(value),
    open,
  }));
const opened = ({ text }: SealedPart): Json => JSON.parse(text);

describe('personal data in parts', () => {
  it('of every event is what it was when all parts are opened again', () => {
    expect(marked.length).toBeGreaterThan(6);
    for (const { type, personal } of marked) expect(joinPersonal(type, inParts(personal), opened)).toEqual(personal);
  });

  it('has a part for each other person, under their mailbox, and one for the rest', () => {
    const parts = splitPersonal({
      salt: 's',
      attendee: { email: 'a@b.example' },
      guests: ['Ola@B.example', 'c@d.example'],
    });
    expect(parts.map(({ at, mailbox }) => [at, mailbox])).toEqual([
      ['', null],
      ['guests.0', 'ola@b.example'],
      ['guests.1', 'c@d.example'],
    ]);
    expect(JSON.stringify(parts[0])).not.toMatch(/ola|c@d/i);
  });

  it('stands in for one who is gone, and keeps the number and the others', () => {
    const guests = [
      { number: 3, name: 'Ola', email: 'ola@b.example', timeZone: null, language: null, phoneNumber: null },
      { number: 4, name: 'Kari', email: 'kari@b.example', timeZone: null, language: null, phoneNumber: null },
    ];
    const joined = joinPersonal('GuestsAdded', inParts({ salt: 's', guests }), (part) =>
      part.at === 'guests.0' ? null : opened(part),
    );
    expect(joined).toMatchObject({ erased: true, guests: [{ number: 3, email: '(erased)' }, guests[1]] });
  });

  it('is hashed as it is stored: a letter more or less in a part is another hash', () => {
    const hashed = (personal: JsonObject) => JSON.stringify(erasePersonal(sha256Hex)({ personal }));
    const sealed = { sealed: [{ key: 'k', at: '', text: 'abcd' }] };
    expect(hashed({ sealed: [{ key: 'k', at: '', text: 'abce' }] })).not.toBe(hashed(sealed));
    expect(hashed({ sealed: [{ key: 'l', at: '', text: 'abcd' }] })).not.toBe(hashed(sealed));
    expect(hashed({ erased: 'x', ...sealed })).not.toBe(hashed(sealed));
  });

  it('that was written in the clear keeps its hash when it is sealed later, and when that is gone', () => {
    const personal = { salt: 's', reason: 'ill' };
    const inClear = erasePersonal(sha256Hex)({ personal });
    const { erased } = asObject(inClear.personal);
    const later = { erased: erased ?? '', sealed: [{ key: 'k', at: '', text: 'abcd' }] };
    expect(isSealed(later)).toBe(true);
    expect(erasePersonal(sha256Hex)({ personal: later })).toEqual(inClear);
    expect(erasePersonal(sha256Hex)(inClear)).toEqual(inClear);
  });
});
