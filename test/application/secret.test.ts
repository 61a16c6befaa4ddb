import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { reveal, secretOf } from '../../src/application/secret.ts';

const text = 'correct horse battery staple';
const secret = secretOf(text);

const printings: ReadonlyArray<readonly [string, () => string]> = [
  ['String()', () => String(secret)],
  ['a template', () => `${secret}`],
  ['JSON', () => JSON.stringify({ secret })],
  ['util.inspect', () => inspect({ secret }, { showHidden: true, depth: null })],
  ['its own properties', () => Object.entries(secret).map(String).join()],
  ['an error message', () => inspect(new Error('refused', { cause: { secret } }))],
];

describe('a secret', () => {
  it.each(printings)('does not show in %s', (_name, print) => {
    expect(print()).not.toBe('');
    expect(print()).not.toContain(text);
  });

  it('is given by reveal alone', () => {
    expect(reveal(secret)).toBe(text);
  });
});
