import { isObject } from '../../domain/unknown.ts';

/** A signed head as it was kept. `foundIn`: in what, for whoever reads the answer. */
export type FoundNote = { readonly note: string; readonly foundIn: string };

/** A signed head within other text: origin, size, root, an empty line, signatures. */
const NOTE = /^\S+\n\d+\n[A-Za-z0-9+/=]+\n\n(?:\u2014 \S+ \S+\n)+/mu;

/** Quoted-printable (RFC 2045, section 6.7): soft line ends are gone, and what was written as `=E2` are bytes of UTF-8. */
const fromQuotedPrintable = (text: string): string => {
  const joined = text.replaceAll(/=[ \t]*\n/g, '');
  return joined.replaceAll(/(?:=[0-9A-F]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
  );
};

/** Lines of base64 (RFC 2045, section 6.8), some of them in a row, as text; a mail may have several such parts. */
const BASE64_LINES = /(?:^[A-Za-z0-9+/]{40,}={0,2}\n)+(?:^[A-Za-z0-9+/]+={0,2}\n)?/gmu;
const fromBase64 = (text: string): string =>
  (text.match(BASE64_LINES) ?? [])
    .map((lines) => Buffer.from(lines, 'base64').toString('utf8').replaceAll('\r\n', '\n'))
    .join('\n');

/** A mail that was answered or passed on has a mark before each line. */
const unquoted = (text: string): string => text.replaceAll(/^(?:> ?)+/gm, '');

/** The note of a webhook's body, or of what `audit head --json` printed; null: it is no such thing. */
const inJson = (text: string): string | null => {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const body: unknown = JSON.parse(text);
    const payload = isObject(body) && isObject(body.payload) ? body.payload : body;
    return isObject(payload) && typeof payload.note === 'string' ? payload.note : null;
  } catch {
    // Whatever it is, it is no JSON; what else it may be is asked next.
    return null;
  }
};

/**
 * The signed head in what was kept: itself, the text of a mail, a whole mail as it came (`.eml`, RFC 5322, whatever its
 * transfer encoding), also quoted in another one, or the body of a webhook; with a byte order mark or without. Where none
 * is found, the text itself is handed back.
 */
export const findNote = (file: string): FoundNote => {
  const kept = file.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const text = `${kept}\n`;
  const json = inJson(text);
  if (json !== null) return { note: json, foundIn: 'JSON' };
  const tried = [
    ['a text', text],
    ['a quoted text', unquoted(text)],
    ['a mail (quoted-printable)', fromQuotedPrintable(text)],
    ['a quoted mail (quoted-printable)', unquoted(fromQuotedPrintable(text))],
    ['a mail (base64)', fromBase64(text)],
  ] as const;
  for (const [foundIn, candidate] of tried) {
    const note = NOTE.exec(candidate)?.[0];
    if (note !== undefined)
      return { note: note, foundIn: note.trimEnd() === text.trimEnd() ? 'a signed note' : foundIn };
  }
  return { note: kept, foundIn: 'nothing' };
};
