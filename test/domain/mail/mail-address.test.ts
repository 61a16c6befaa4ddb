import { email, operatorEmail } from '../../../src/domain/decoding/values.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressText,
  asciiAddress,
  unknownMailboxes,
  parseMailAddress,
} from '../../../src/domain/mail/mail-address.ts';

const label63 = 'd'.repeat(63);
/** 254 octets: 64 + @ + 189. */
const longest = `${'l'.repeat(64)}@${label63}.${label63}.${'d'.repeat(61)}`;

describe('a mail address', () => {
  it.each([
    ['runa@example.com', 'runa@example.com'],
    ['Runa.Solberg+intro@Example.COM', 'Runa.Solberg+intro@example.com'],
    ["!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"],
    ['-r@example.com', '-r@example.com'],
    ['runa@bücher.example', 'runa@xn--bcher-kva.example'],
    ['runa@BÜCHER.example', 'runa@xn--bcher-kva.example'],
    ['runa@bu\u0308cher.example', 'runa@xn--bcher-kva.example'],
    ['runa@xn--bcher-kva.example', 'runa@xn--bcher-kva.example'],
    ['runa@faß.example', 'runa@xn--fa-hia.example'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
    ['rúna@example.com', 'rúna@example.com'],
    ['a@1.example', 'a@1.example'],
    ['a@r3---sn-x.example', 'a@r3---sn-x.example'],
    [longest, longest],
    [`a@${label63}.example`, `a@${label63}.example`],
    [`${'ø'.repeat(32)}@example.com`, `${'ø'.repeat(32)}@example.com`],
  ])('%s goes out as %s', (text, sent) => {
    const address = parseMailAddress(text);
    expect(address === null ? null : addressText(address)).toBe(sent);
    expect(email.is(text)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['no at sign', 'runa'],
    ['no local part', '@example.com'],
    ['no domain', 'runa@'],
    ['two at signs', 'a@b@example.com'],
    ['a zero-width space', 'a\u200B@example.com'],
    ['a zero-width space in the domain', 'a@exa\u200Bmple.com'],
    ['a zero-width joiner', 'a\u200D@example.com'],
    ['a soft hyphen', 'a\u00AD@example.com'],
    ['a byte order mark', '\uFEFFa@example.com'],
    ['a reading direction', 'a\u202E@example.com'],
    ['a lone surrogate', 'a\uD800@example.com'],
    ['a private use character', 'a\uE000@example.com'],
    ['an unassigned character', 'a\u0378@example.com'],
    ['a grapheme joiner', 'a\u034F@example.com'],
    ['a Hangul filler', 'a\u3164@example.com'],
    ['a variation selector', 'a\uFE0F@example.com'],
    ['an invisible operator', 'a\u2062@example.com'],
    ['a tag character', 'a\u{E0061}@example.com'],
    ['a braille blank', 'a\u2800@example.com'],
    ['a no-break space', 'a\u00A0b@example.com'],
    ['an ideographic space', 'a\u3000@example.com'],
    ['a line separator', 'a\u2028@example.com'],
    ['a mark without a letter', '\u0301a@example.com'],
    ['a mark after a dot', 'a.\u0301b@example.com'],
    ['a space in front', ' a@example.com'],
    ['a space behind', 'a@example.com '],
    ['a line break', 'a@example.com\r\nBcc: b@example.com'],
    ['a NUL', 'a\0@example.com'],
    ['a DEL', 'a\x7F@example.com'],
    ['a leading dot', '.a@example.com'],
    ['a trailing dot', 'a.@example.com'],
    ['two dots in a row', 'a..b@example.com'],
    ['a quoted local part', '"a b"@example.com'],
    ['a comment', 'a(comment)@example.com'],
    ['a display name', 'Runa <a@example.com>'],
    ['two addresses', 'a@example.com,b@example.com'],
    ['a group', 'all:a@example.com;'],
    ['a backslash', 'a\\b@example.com'],
    ['an empty label', 'a@example..com'],
    ['a dot in front of the domain', 'a@.example.com'],
    ['a dot behind the domain', 'a@example.com.'],
    ['an ideographic dot', 'a@例え。jp'],
    ['a dash in front of a label', 'a@-example.com'],
    ['a dash behind a label', 'a@example-.com'],
    ['an underscore in the domain', 'a@ex_ample.com'],
    ['a symbol in the domain', 'a@☃.example'],
    ['a slash in the domain', 'a@example.com/x'],
    ['a port', 'a@example.com:25'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['an address in digits', 'a@127.0.0.1'],
    ['an address in wide digits', 'a@１２７.0.0.1'],
    ['a short address in digits', 'a@127.1'],
    ['an address in hexadecimal', 'a@0x7f.0x1'],
    ['a label of 64', `a@${'d'.repeat(64)}.example`],
    ['a label of 64 in punycode', `a@${'ü'.repeat(60)}.example`],
    ['a local part of 65', `${'l'.repeat(65)}@example.com`],
    ['a local part of 66 octets', `${'ø'.repeat(33)}@example.com`],
    ['255 octets', `${longest}d`],
    ['255 octets in punycode', `${'l'.repeat(64)}@${`${'ü'.repeat(40)}.`.repeat(4)}example`],
  ])('%s is none: %j', (_, text) => {
    expect(parseMailAddress(text)).toBeNull();
    expect(operatorEmail.is(text)).toBe(false);
  });

  it('has a domain of two labels at least where a stranger gives it', () => {
    expect(operatorEmail.is('demo@localhost')).toBe(true);
    expect(email.is('demo@localhost')).toBe(false);
  });

  it('is in ASCII where it can be', () => {
    expect(asciiAddress('runa@bücher.example')).toBe('runa@xn--bcher-kva.example');
    expect(asciiAddress('rúna@example.com')).toBeNull();
    expect(asciiAddress('a\u200B@example.com')).toBeNull();
  });

  it('is one line without blanks, and the same when it is read again, whatever comes in', () => {
    const text = fc.oneof(
      fc.emailAddress(),
      fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })).map((parts) => parts.join('@')),
      fc.tuple(fc.string({ unit: 'grapheme' }), fc.domain()).map((parts) => parts.join('@')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const address = parseMailAddress(given);
        if (address === null) return;
        const sent = addressText(address);
        expect(sent).not.toMatch(/[\p{C}\p{Z}<>,;:"()[\]\\]/u);
        expect(sent.split('@')).toHaveLength(2);
        expect(address.domain).toMatch(/^[a-z0-9.-]+$/);
        expect(parseMailAddress(sent)).toEqual(address);
      }),
    );
  });
});

describe('mailboxes', () => {
  const kept = (addresses: ReadonlyArray<string>, known: ReadonlyArray<string> = []) =>
    unknownMailboxes(addresses, known).map(({ address, index }) => `${index} ${address}`);

  it.each([
    ['the same twice', ['g@example.com', 'g@example.com']],
    ['the domain in capitals', ['g@example.com', 'g@EXAMPLE.com']],
    ['all in capitals', ['g@example.com', 'G@Example.COM']],
    ['the domain in punycode', ['g@bücher.example', 'g@xn--bcher-kva.example']],
    ['a letter in two characters', ['r\u00FAna@example.com', 'ru\u0301na@example.com']],
  ])('%s are one', (_, addresses) => {
    expect(kept(addresses)).toEqual([`0 ${addresses[0]}`]);
  });

  it('are in their order, keep their index, and leave out who is known', () => {
    const addresses = [
      'RUNA@example.com',
      'kari@example.com',
      'odd@example.com',
      'Kari@example.com',
      'per@example.com',
    ];
    expect(kept(addresses, ['runa@example.com', 'odd@EXAMPLE.com'])).toEqual([
      '1 kari@example.com',
      '4 per@example.com',
    ]);
  });

  it('with a tag or dots are their own: whether a server takes them for one is its business', () => {
    expect(kept(['a.b@example.com', 'ab@example.com', 'ab+x@example.com'])).toHaveLength(3);
  });
});
