/** Characters kept of a name or subject; the rest is cut with an ellipsis. */
export const MAX_HEADER_CHARACTERS = 200;

/**
 * Text from a stranger as one line of a header: control characters and line breaks become spaces (no second header can
 * begin), `=?` is broken up (mail programs decode encoded words of RFC 2047 even inside quotes), characters that turn the reading direction or are invisible are dropped (a name cannot pose as another one).
 */
export const headerText = (text: string): string => {
  const line = text
    .replaceAll(/[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, '')
    .replaceAll('=?', '= ?')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= MAX_HEADER_CHARACTERS
    ? line
    : `${characters.slice(0, MAX_HEADER_CHARACTERS - 1).join('')}…`;
};
