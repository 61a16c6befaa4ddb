import { describe, expect, it } from 'vitest';
import { isObject, messageOf, reasonOf } from '../../src/domain/unknown.ts';

describe('an unknown value', () => {
  it.each([
    [{}, true],
    [{ key: 1 }, true],
    [[], false],
    [null, false],
    [undefined, false],
    ['text', false],
    [() => 1, false],
  ])('%j is an object: %s', (value, expected) => expect(isObject(value)).toBe(expected));

  it.each([
    [new Error('it broke'), 'it broke'],
    [new TypeError(), 'TypeError'],
    ['it broke', 'it broke'],
    [undefined, 'undefined'],
    [{ a: 1 }, '[object Object]'],
  ])('%s that was thrown says %j', (thrown, expected) => expect(messageOf(thrown)).toBe(expected));

  it('a failure says its reason, or else its type', () => {
    expect(reasonOf({ type: 'Unavailable', reason: 'the disk is full' })).toBe('the disk is full');
    expect(reasonOf({ type: 'TooLarge' })).toBe('TooLarge');
  });
});
