import { hash } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of the text's UTF-8 bytes, in lower-case hex: Node's default, and faster unnamed. */
export const sha256Hex = (text: string): string => hash('sha256', text);
