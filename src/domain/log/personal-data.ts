import { canonicalJson } from './canonical-json.ts';
import type { JsonObject } from './envelope.ts';
import { isObject } from '../unknown.ts';

/** SHA-256 of the text's UTF-8 bytes in lower-case hex. Handed in, so that the domain stays free of libraries. */
export type Sha256 = (text: string) => string;

/** What is left of personal data that was erased: its digest, which proves that it was there and says nothing of it. */
const erasedDigest = (personal: JsonObject): string | null =>
  typeof personal.erased === 'string' && Object.keys(personal).length === 1 ? personal.erased : null;

/**
 * The same data with its personal part erased: the digest of its canonical form is left. This is also the form that the
 * hash chain sees, so erasing leaves the chain intact (I12). The random `salt` beside personal fields keeps the digest
 * from being guessed.
 */
export const erasePersonal =
  (sha256: Sha256) =>
  (data: JsonObject): JsonObject => {
    const { personal } = data;
    return isObject(personal)
      ? { ...data, personal: { erased: erasedDigest(personal) ?? sha256(canonicalJson(personal)) } }
      : data;
  };
