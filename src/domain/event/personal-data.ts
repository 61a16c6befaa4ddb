import { canonicalJson } from './canonical-json.ts';
import type { Json, JsonObject } from './envelope.ts';

/** SHA-256 of the text's UTF-8 bytes in lower-case hex. Handed in, so that the domain stays free of libraries. */
export type Sha256 = (text: string) => string;

const isRecord = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is left of personal data that was erased: its digest, which proves that it was there and says nothing of it. */
const erasedDigest = (personal: JsonObject): string | null =>
  typeof personal.erased === 'string' ? personal.erased : null;

/**
 * Data as the hash chain sees it: `personal` stands as the digest of its canonical form. So it can be erased, leaving
 * `{ erased: digest }`, and the chain still proves (I12). Its random `salt` keeps the digest from being guessed.
 */
export const withPersonalDigest =
  (sha256: Sha256) =>
  (data: JsonObject): JsonObject => {
    const { personal } = data;
    return isRecord(personal) ? { ...data, personal: erasedDigest(personal) ?? sha256(canonicalJson(personal)) } : data;
  };

/** The same data with its personal part erased. */
export const erasePersonal =
  (sha256: Sha256) =>
  (data: JsonObject): JsonObject => {
    const digested = withPersonalDigest(sha256)(data);
    return typeof digested.personal === 'string' ? { ...data, personal: { erased: digested.personal } } : data;
  };
