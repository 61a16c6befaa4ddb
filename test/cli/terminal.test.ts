import { describe, expect, it } from 'vitest';
import { MIN_PREFIX_LENGTH, pairs, printable, shortUids, table } from '../../src/cli/terminal.ts';

describe('printable', () => {
  it('given a name with terminal commands and turned text, when shown, then they are spelled out', () => {
    expect(printable('Eve\u001b[2J\u202egnp')).toBe('Eve\\u001b[2J\\u202egnp');
  });
  it('given several lines, when shown, then they are one', () => {
    expect(printable('a\r\n\tb')).toBe('a b');
  });
  it('given letters of any language, when shown, then they stay', () => {
    expect(printable('Åse 井上 🙂')).toBe('Åse 井上 🙂');
  });
});

describe('table', () => {
  it('given cells of different width, when laid out, then columns line up without spaces at the end', () => {
    expect(
      table(
        ['A', 'LONGER'],
        [
          ['ccc', 'd'],
          ['é', ''],
        ],
      ),
    ).toEqual(['A    LONGER', 'ccc  d', 'é    -']);
  });
  it('given pairs, when one has no value, then it is left out', () => {
    expect(
      pairs([
        ['uid', '1'],
        ['why', ''],
        ['status', 'x'],
      ]),
    ).toEqual(['uid     1', 'status  x']);
  });
});

describe('short uids', () => {
  it('given uids that differ late, when shortened, then all have the length that tells them apart', () => {
    const uids = ['01kdk4v2aaaaaaaaaaaaaaaaaa', '01kdk4v2abbbbbbbbbbbbbbbbb', '7fffffffffffffffffffffffff'];
    expect(shortUids(uids)).toEqual(['01kdk4v2aa', '01kdk4v2ab', '7fffffffff']);
  });
  it('given one uid, when shortened, then it keeps the least length', () => {
    expect(shortUids(['01kdk4v2aaaaaaaaaaaaaaaaaa'])[0]).toHaveLength(MIN_PREFIX_LENGTH);
  });
});
