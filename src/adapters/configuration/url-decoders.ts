import * as E from 'fp-ts/lib/Either.js';
import { checkUrl, type UrlProblem } from '../network/check-url.ts';
import { type Decoder, type Errors, fail, problem } from './decoder.ts';
import type { Sources } from './sources.ts';
import { text } from './value-decoders.ts';

const MAX_URL_LENGTH = 2000;

const errorsOf =
  (path: string) =>
  ({ code, message }: UrlProblem): Errors =>
    problem(path, code === 'address_not_allowed' ? code : 'bad_format', message);

const url =
  (allowPrivateAddresses: boolean): Decoder<URL> =>
  (value, path) =>
    E.chain((written: string) => E.mapLeft(errorsOf(path))(checkUrl(written, { allowPrivateAddresses })))(
      text(MAX_URL_LENGTH)(value, path),
    );

/** A link that people follow; Holdfast never opens it, so that any host will do. */
export const webLink: Decoder<string> = (value, path) => E.map((link: URL) => link.href)(url(true)(value, path));

/** A link that paths are added to: without query, fragment and the slash at the end. */
export const baseLink: Decoder<string> = (value, path) =>
  E.chain((link: URL) =>
    link.search === '' && link.hash === ''
      ? E.right(link.href.replace(/\/+$/, ''))
      : fail(path, 'bad_format', 'must not have a query or a fragment'),
  )(url(true)(value, path));

/** A URL that Holdfast calls with personal data or a password: https, and no private address, unless those are allowed. */
export const calledUrl =
  ({ allowPrivateAddresses }: Sources): Decoder<string> =>
  (value, path) =>
    E.chain((called: URL) =>
      called.protocol === 'https:' || allowPrivateAddresses
        ? E.right(called.href)
        : fail(path, 'bad_format', 'must be https; http is for private networks (HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1)'),
    )(url(allowPrivateAddresses)(value, path));
