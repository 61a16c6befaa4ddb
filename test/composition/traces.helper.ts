import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const inBase64 = (text: string): ReadonlyArray<string> =>
  [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
    // Letters at the ends hang on their neighbours.
    return bytes.toString('base64').slice(shift === 0 ? 0 : 4, -4);
  });

const inQuotedPrintable = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => (byte < 127 ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase()}`))
    .join('');

const inJson = (text: string): string =>
  text.replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * What a text may be written as: as it is, as base64 at each of the three places where it may begin, in quoted-printable, in a
 * web address, in JSON of ASCII alone, and in hex. All but base64 in lower case.
 */
export const writtenAs = (text: string): ReadonlyArray<string> => [
  ...[text, inQuotedPrintable(text), encodeURIComponent(text), inJson(text), Buffer.from(text).toString('hex')].map(
    (one) => one.toLowerCase(),
  ),
  ...inBase64(text),
];

/** Which of the texts, each as `writtenAs` has it, are in there. */
export const tracesIn = (content: Buffer | string, texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  // Soft line breaks of mails and folded lines of calendars are taken out before.
  const latin1 = bytes.toString('latin1').replaceAll(/=\r?\n/g, '');
  const plain = [latin1, latin1.replaceAll(/\r?\n/g, '')];
  const lower = [...plain, bytes.toString('utf8').replaceAll(/\r?\n /g, '')].map((one) => one.toLowerCase());
  return texts.filter((text) => [...plain, ...lower].some((one) => one.includes(text)));
};

/** Files of a folder that have any of the texts. */
export const filesWith = async (folder: string, texts: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile() && tracesIn(await readFile(path), texts).length > 0) found.push(name);
  }
  return found;
};
