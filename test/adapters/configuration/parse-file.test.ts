import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { MAX_ALIASES, parseFile } from '../../../src/adapters/configuration/load-file.ts';

const aliases = (count: number) =>
  `a: &hours [9]\n${Array.from({ length: count }, (_, n) => `k${n}: *hours`).join('\n')}`;
const bomb = `a: &a [1]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: [*c, *c]`;

describe('a configuration file', () => {
  it.each([
    ['a: 1\na: 2', 'the same key twice in one mapping, at line 2, column 1'],
    ['a: !secret x', 'a tag that is not known, at line 1, column 4'],
    ['a: 1\n---\nb: 2', 'more than one document, at line 2, column 1'],
    ['password: "hunter2', 'a quote, bracket, comma or colon is missing, at line 1, column 19'],
    ['? { a: b }\n: c', 'a key that is not text, at line 1, column 3'],
    ['['.repeat(20_000), 'nested too deeply'],
    ['a: *nobody', 'an alias without its anchor'],
    [aliases(MAX_ALIASES + 1), 'more than 100 aliases of one'],
    [bomb, 'more than 100 aliases of one'],
  ])('is refused with a place and without its text (%#)', (text, words) => {
    const parsed = parseFile(text);
    const [error] = E.isLeft(parsed) ? parsed.left : [];
    expect(error).toMatchObject({ path: 'HOLDFAST_CONFIG', code: 'syntax' });
    expect(error?.message).toContain(words);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it.each(['hosts:\n\t- id: a\n', 'hosts:\n  - id: a\n\t  number: 1\n    name: x\n', 'a:\n  b: 1\n\tc: 2\n  d: 3\n'])(
    'a tab is one error, whatever follows from it: %j',
    (text) => {
      const tab = text.slice(0, text.indexOf('\t')).split('\n').length;
      const told = {
        path: 'HOLDFAST_CONFIG',
        code: 'syntax',
        message: expect.stringContaining(`spaces are needed, at line ${tab}`),
      };
      expect(parseFile(text)).toEqual(E.left([told]));
    },
  );

  it('may use an anchor a hundred times', () => {
    expect(E.isRight(parseFile(aliases(MAX_ALIASES)))).toBe(true);
  });

  it('keeps times, dates and yes as text, as YAML 1.2 has it', () => {
    const expected = { a: '09:00', b: '2030-12-24', c: 'yes' };
    expect(parseFile('{ a: 09:00, b: 2030-12-24, c: yes }')).toEqual(E.right(expected));
  });
});
