import { addressText, parseMailAddress } from '../../domain/mail/mail-address.ts';

/** RFC 5545, 3.1: a content line SHOULD NOT be longer than 75 octets, its line break not counted. */
export const MAX_LINE_OCTETS = 75;

const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;
// RFC 5545 allows no control character but HTAB in text; XML 1.0, in which CalDAV wraps it, forbids U+FFFE and U+FFFF too.
const FORBIDDEN = /(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu;

/** Well-formed Unicode with `\n` as the only line break and without the characters that RFC 5545 and XML forbid. */
export const sanitizeText = (text: string): string =>
  text.toWellFormed().replace(LINE_BREAKS, '\n').replace(FORBIDDEN, '');

/** A TEXT value (RFC 5545, 3.3.11): backslash, semicolon, comma and line break escaped. */
export const escapeText = (text: string): string =>
  sanitizeText(text)
    .replace(/[\\;,]/g, (character) => `\\${character}`)
    .replace(/\n/g, '\\n');

/** A parameter value: RFC 6868 caret encoding, then quoted where RFC 5545, 3.2 demands it. */
const escapeParameter = (text: string): string => {
  const encoded = sanitizeText(text).replace(/\^/g, '^^').replace(/\n/g, '^n').replace(/"/g, "^'");
  return /[:;,]/.test(encoded) ? `"${encoded}"` : encoded;
};

/** A URI value: what must not stand in one as it is (RFC 3986) is percent-encoded, line breaks above all. */
export const escapeUri = (uri: string): string =>
  sanitizeText(uri).replace(/[\s"<>\\^`{|}]/g, (character) => encodeURIComponent(character));

/**
 * A CAL-ADDRESS (RFC 5545, 3.3.3) of a mail address: a mailto URI (RFC 6068), all of it ASCII. The domain is in punycode;
 * in the local part, what means something in a URI and what is not ASCII is percent-encoded.
 */
export const mailtoUri = (email: string): string => {
  const address = parseMailAddress(email);
  const plain = address === null ? email : addressText(address);
  return `mailto:${escapeUri(plain.toWellFormed().replace(/[%?#&]|[^\0-\x7F]+/g, encodeURIComponent))}`;
};

const isContinuation = (octet: number | undefined): boolean => octet !== undefined && (octet & 0xc0) === 0x80;

/** Folds at `MAX_LINE_OCTETS` octets of UTF-8, never inside a character. */
export const foldLine = (line: string): string => {
  const octets = Buffer.from(line, 'utf8');
  if (octets.length <= MAX_LINE_OCTETS) return line;
  const parts: string[] = [];
  let from = 0;
  while (from < octets.length) {
    const room = from === 0 ? MAX_LINE_OCTETS : MAX_LINE_OCTETS - 1;
    let to = Math.min(from + room, octets.length);
    while (isContinuation(octets[to])) to -= 1;
    parts.push(octets.toString('utf8', from, to));
    from = to;
  }
  return parts.join('\r\n ');
};

export type Parameters = ReadonlyArray<readonly [name: string, value: string]>;

/** One folded content line without its line break. `value` is escaped already, as its value type asks. */
export const contentLine = (name: string, value: string, parameters: Parameters = []): string =>
  foldLine(`${name}${parameters.map(([key, text]) => `;${key}=${escapeParameter(text)}`).join('')}:${value}`);
