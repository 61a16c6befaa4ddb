import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLDFAST_NAMESPACE, deterministicId, uuidv5 } from '../../../src/adapters/identity/ids.ts';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const UUID_V5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('uuidv5', () => {
  it('gives the value of RFC 9562, appendix A.4', () => {
    expect(uuidv5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('takes names as UTF-8 (value computed with another implementation)', () => {
    expect(uuidv5(DNS, 'blåbær ☎')).toBe('68150093-8e60-57c7-a233-0e062f81392b');
  });

  it('is always a version 5 UUID of the RFC variant', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => UUID_V5.test(uuidv5(DNS, name))));
  });
});

describe('deterministicId', () => {
  it('stands in a namespace that can be derived again', () => {
    expect(uuidv5(DNS, 'holdfast.events')).toBe(HOLDFAST_NAMESPACE);
  });

  it('repeats for the same command and ordinal, and for nothing else', () => {
    const command = fc.tuple(fc.string({ maxLength: 12 }), fc.nat(20));
    fc.assert(
      fc.property(command, command, ([id, ordinal], [otherId, otherOrdinal]) => {
        const same = id === otherId && ordinal === otherOrdinal;
        expect(deterministicId(id, ordinal) === deterministicId(otherId, otherOrdinal)).toBe(same);
        expect(deterministicId(id, ordinal)).toBe(deterministicId(id, ordinal));
      }),
    );
  });

  it('keeps command id and ordinal apart', () => {
    expect(deterministicId('c1', 1)).not.toBe(deterministicId('c', 11));
  });
});
