import { hash } from 'node:crypto';

/** Namespace of Holdfast's own ids: uuidv5 of the DNS namespace and `holdfast.events`. Part of the storage format. */
export const HOLDFAST_NAMESPACE = 'db97ae7a-18c1-5655-92f8-ed697de51e58';

const bytesOf = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** Name-based UUID, version 5 (RFC 9562, section 5.5): SHA-1 of the namespace's bytes and the name's UTF-8 bytes. */
export const uuidv5 = (namespace: string, name: string): string => {
  const bytes = hash('sha1', Buffer.concat([bytesOf(namespace), Buffer.from(name, 'utf8')]), 'buffer').subarray(0, 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x50);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Id of a command's event number `ordinal` (from 0): a repeated command repeats the ids of its events (I5). */
export const deterministicId = (commandId: string, ordinal: number): string =>
  uuidv5(HOLDFAST_NAMESPACE, JSON.stringify([commandId, ordinal]));
