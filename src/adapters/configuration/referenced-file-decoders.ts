import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { reveal, type Secret, secretOf } from '../../application/secret.ts';
import { type Decoder, fail } from './decoder.ts';
import { secret } from './secret-decoder.ts';
import { readReferenced, type Sources } from './sources.ts';
import { text } from './value-decoders.ts';

const MAX_PATH_LENGTH = 1000;

/** A file of certificates in PEM; its text. Several may follow each other, of which the first is looked at here. */
export const certificates =
  (sources: Sources): Decoder<string> =>
  (value, path) =>
    E.chain((file: string) => {
      const content = readReferenced(sources, file);
      if (E.isLeft(content)) {
        return fail(path, 'unreadable', `cannot be read: ${content.left.reason}`);
      }
      const certificate = O.tryCatch(() => new X509Certificate(content.right));
      return O.isSome(certificate) ? E.right(content.right) : fail(path, 'bad_format', 'is not a certificate in PEM');
    })(text(MAX_PATH_LENGTH)(value, path));

/** The same, kept as its absolute path: for those who read it themselves. */
export const certificateFile =
  (sources: Sources): Decoder<string> =>
  (value, path) =>
    E.chain((file: string) => E.map(() => resolve(sources.folder, file))(certificates(sources)(file, path)))(
      text(MAX_PATH_LENGTH)(value, path),
    );

const textAt = (value: unknown, key: string): string => {
  const found: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : '';
  return typeof found === 'string' ? found : '';
};

/** Google's key file of a service account, given as a secret: JSON with these texts. No message repeats any of it. */
export const serviceAccountKey =
  (sources: Sources): Decoder<{ readonly clientEmail: string; readonly privateKey: Secret }> =>
  (value, path) =>
    E.chain((key: Secret) => {
      const parsed = O.toNullable(O.tryCatch((): unknown => JSON.parse(reveal(key))));
      const [clientEmail, privateKey] = [textAt(parsed, 'client_email'), textAt(parsed, 'private_key')];
      return clientEmail === '' || privateKey === ''
        ? fail(path, 'bad_format', 'is not the JSON key of a service account (client_email, private_key)')
        : E.right({ clientEmail, privateKey: secretOf(privateKey) });
    })(secret(sources)(value, path));
