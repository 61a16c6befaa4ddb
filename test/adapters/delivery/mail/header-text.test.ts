import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerText, MAX_HEADER_CHARACTERS } from '../../../../src/adapters/delivery/mail/mime-message.ts';

describe('header text', () => {
  it.each([
    ['Rúna  Solberg 👋', 'Rúna Solberg 👋'],
    ['Eve\r\nBcc: a@b.example', 'Eve Bcc: a@b.example'],
    ['=?utf-8?q?forged?=', '= ?utf-8?q?forged?='],
    ['abc\u202Egpj.exe', 'abcgpj.exe'],
    ['\u200Bzero\u2060width', 'zerowidth'],
  ])('%j becomes %j', (text, line) => {
    expect(headerText(text)).toBe(line);
  });

  it('cuts what is too long between characters, never inside one', () => {
    const line = headerText('👋'.repeat(MAX_HEADER_CHARACTERS + 1));
    expect(Array.from(line)).toHaveLength(MAX_HEADER_CHARACTERS);
    expect(line).toBe(`${'👋'.repeat(MAX_HEADER_CHARACTERS - 1)}…`);
    expect(headerText('x'.repeat(MAX_HEADER_CHARACTERS))).toBe('x'.repeat(MAX_HEADER_CHARACTERS));
  });

  it('is one line whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(headerText(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]|=\?/u);
      }),
    );
  });
});
