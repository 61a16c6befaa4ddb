import * as E from 'fp-ts/lib/Either.js';

/** The head of a log: how many events it has, and the Merkle root over them, in base64 (RFC 4648, section 4). */
export type LogHead = { readonly origin: string; readonly size: number; readonly root: string };

/** One line of signatures under a note: who signed, and key hash and signature together, in base64. */
export type NoteSignature = { readonly name: string; readonly blob: string };

/** `text`: what was signed, to its last line end. */
export type SignedHead = {
  readonly head: LogHead;
  readonly text: string;
  readonly signatures: ReadonlyArray<NoteSignature>;
};

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const SIZE = /^(0|[1-9]\d{0,15})$/;
/** Name of a key, or origin of a log: no white space and no plus, which separate (C2SP signed-note). */
export const isNoteName = (text: string): boolean => /^[^\s+]+$/u.test(text);

/** The text of a signed head, as it is signed (C2SP tlog-checkpoint): origin, size, root, a line each. */
export const headText = ({ origin, size, root }: LogHead): string => `${origin}\n${size}\n${root}\n`;

/** Text and signatures as they are kept and sent (C2SP signed-note): an empty line, then one line for each signature. */
export const signedNote = (text: string, signatures: ReadonlyArray<NoteSignature>): string =>
  `${text}\n${signatures.map(({ name, blob }) => `\u2014 ${name} ${blob}\n`).join('')}`;

const signatureOf = (line: string): NoteSignature | null => {
  const [dash, name = '', blob = '', ...more] = line.split(' ');
  return dash === '\u2014' && more.length === 0 && isNoteName(name) && BASE64.test(blob) ? { name, blob } : null;
};

/** Reads a signed head; lines of extensions are kept in its text and mean nothing here. Left: what is wrong with it. */
export const parseSignedHead = (note: string): E.Either<string, SignedHead> => {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return E.left('it is not a signed note: no empty line before the signatures');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.flatMap((line) => signatureOf(line) ?? []);
  if (signatures.length < lines.length) return E.left('one of its lines of signatures cannot be read');
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (origin === '') return E.left('it does not name its log');
  if (!SIZE.test(size)) return E.left('its second line is not a number of events');
  if (!BASE64.test(root)) return E.left('its third line is not a root in base64');
  return E.right({ head: { origin, size: Number(size), root }, text, signatures });
};

/** What a leaf of the log's tree says of an event: where it stands and the hash that covers its content and its past. */
export const leafText = ({
  stream,
  revision,
  hash,
}: {
  readonly stream: string;
  readonly revision: number;
  readonly hash: string;
}): string => `${stream} ${revision} ${hash}`;
