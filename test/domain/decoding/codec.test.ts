import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Mixed } from 'io-ts';
import {
  checked,
  from,
  list,
  nullable,
  object,
  optional,
  variants,
  withDefault,
} from '../../../src/domain/decoding/codec.ts';
import { problemOf } from '../../../src/domain/decoding/wording.ts';
import { flag, integer, line, literal, seconds } from '../../../src/domain/decoding/values.ts';
import { didYouMean, fieldPath, shown } from '../../../src/domain/decoding/wording.ts';

const told = (codec: Mixed, value: unknown): ReadonlyArray<string> => {
  const decoded = codec.decode(value);
  return E.isRight(decoded)
    ? []
    : decoded.left.map((error) => `${fieldPath(error.context)} ${problemOf(error).code}: ${problemOf(error).message}`);
};

const room = object({ name: line(20), seats: from('seatsInRoom', withDefault(integer(1, 9), 4)) });
const house = object(
  { owner: line(20), rooms: list(room, 3), garden: nullable(flag), note: optional(line(9)) },
  { name: 'a house', ignored: ['colour'] },
);

describe('an object', () => {
  it('is read by the keys that it states, with defaults for what is absent or null', () => {
    const read = house.decode({ owner: ' Runa ', rooms: [{ name: 'hall', seatsInRoom: null }], colour: 'red' });
    expect(read).toEqual(
      E.right({ owner: 'Runa', rooms: [{ name: 'hall', seats: 4 }], garden: null, note: undefined }),
    );
  });

  it('tells everything that is wrong, each with its place and code', () => {
    expect(told(house, { rooms: [{ name: 'x', seatsInRoom: 10 }, { nam: 'y' }, 7], garden: 'no', onwer: 'R' })).toEqual(
      [
        'owner missing: is required',
        'rooms[0].seatsInRoom out_of_range: must be a whole number from 1 to 9',
        'rooms[1].name missing: is required',
        'rooms[1].nam unknown_key: is not a known key; did you mean "name"?',
        'rooms[2] wrong_type: must be an object',
        'garden wrong_type: must be true or false',
        'onwer unknown_key: is not a known key; did you mean "owner"?',
      ],
    );
  });

  it('takes nothing from the prototype, and names what is called like it', () => {
    const odd: unknown = JSON.parse('{ "__proto__": { "owner": "R" }, "constructor": 1, "rooms": [] }');
    expect(told(house, odd)).toEqual([
      'owner missing: is required',
      '__proto__ unknown_key: is not a known key',
      'constructor unknown_key: is not a known key',
    ]);
  });

  it.each([[null], [[]], ['house'], [7], [undefined]])('is not %j', (value) => {
    const [first] = told(house, value);
    expect(first).toBe(
      value === null || value === undefined ? ' missing: is required' : ' wrong_type: must be a house',
    );
  });

  it('does not look at other keys where they mean nothing', () => {
    expect(told(object({ reason: optional(line(9)) }, { ignored: 'any-other' }), { token: 'x' })).toEqual([]);
  });
});

describe('one of several', () => {
  const pet = variants({
    cat: object({ type: literal('cat'), lives: integer(1, 9) }),
    dog: object({ type: literal('dog') }),
  });

  it('is told apart by its type', () => {
    expect(pet.decode({ type: 'cat', lives: 9 })).toEqual(E.right({ type: 'cat', lives: 9 }));
    expect(told(pet, { type: 'dog', lives: 9 })).toEqual(['lives unknown_key: is not a known key']);
  });

  it.each([
    [{ type: 'cats' }, 'type not_one_of: must be one of cat, dog; did you mean "cat"?'],
    [{ type: 'toString' }, 'type not_one_of: must be one of cat, dog'],
    [{ type: ['cat'] }, 'type not_one_of: must be one of cat, dog'],
    [{}, 'type missing: is required'],
    ['cat', ' wrong_type: must be an object with a type: cat, dog'],
  ])('is not %j', (value, words) => {
    expect(told(pet, value)).toEqual([words]);
  });
});

describe('a check over several values', () => {
  const span = checked(object({ from: integer(0, 9), to: integer(0, 9) }), ({ from: first, to }) =>
    first < to ? [] : [{ code: 'wrong_order', message: 'ends before it begins', at: ['to'] }],
  );

  it('is made once each is right by itself, and names its place in lists too', () => {
    const spans = list(span, 3);
    expect(
      told(spans, [
        { from: 1, to: 2 },
        { from: 3, to: 2 },
      ]),
    ).toEqual(['[1].to wrong_order: ends before it begins']);
    expect(told(spans, [{ from: 3, to: 'x' }])).toEqual(['[0].to wrong_type: must be a whole number from 0 to 9']);
  });
});

describe('bad input that is large', () => {
  it('costs no more than 20 problems of one list or object, with short names', () => {
    const keys = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`${'k'.repeat(99)}${index}`, index]));
    const problems = told(object({ name: line(9) }), keys);
    expect(problems).toHaveLength(21);
    expect(Math.max(...problems.map(({ length }) => length))).toBeLessThan(120);
    expect(told(list(flag, 1_000), Array(1_000).fill(0))).toHaveLength(20);
  });

  it('reads no item of a list that is too long', () => {
    let read = 0;
    const counting = checked(integer(0, 9), () => {
      read += 1;
      return [];
    });
    expect(told(list(counting, 30), Array(100_000).fill(1))).toEqual([
      ' out_of_range: must be a list of at most 30 items, not 100000',
    ]);
    expect(read).toBe(0);
  });
});

describe('wording', () => {
  it('brings no line, colour or hidden character of the writer into a message', () => {
    expect(shown('a\u001B[31m\n\u202Eb\u200B')).toBe('"a\\u001b[31m\\n\\u{202e}b\\u{200b}"');
    expect(told(object({}), { 'x\ny\u001B[0m': 1 })).toEqual(['x\\u{a}y\\u{1b}[0m unknown_key: is not a known key']);
  });

  it('guesses near words, and none for long or far ones', () => {
    expect(didYouMean('settleWindow', ['leaseInSeconds', 'settleWindowInSeconds'])).toContain('settleWindowInSeconds');
    expect(didYouMean('colour', ['hosts', 'mail'])).toBe('');
    expect(didYouMean('x'.repeat(61), [`${'x'.repeat(60)}y`])).toBe('');
  });
});

describe('durations', () => {
  it('are read in their unit and kept in whole milliseconds', () => {
    expect(seconds(0.1, 60).decode(0.25)).toEqual(E.right(250));
    expect(told(seconds(0.1, 60), 61)).toEqual([' out_of_range: must be a number of seconds from 0.1 to 60']);
    expect(told(seconds(0.1, 60), '1')).toEqual([' wrong_type: must be a number of seconds from 0.1 to 60']);
  });
});
