const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a, 32 bits. */
const fnv1a = (text: string, offset: number): number => {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME) >>> 0;
  return hash;
};

/**
 * The integer `id` that Cal.com's API gives each booking besides its uid: 52 bits derived from the uid, so that it is the
 * same after a rebuild and on every engine. For display; bookings are found by uid.
 */
export const bookingNumber = (uid: string): number =>
  (fnv1a(uid, OFFSET) & 0xfffff) * 2 ** 32 + fnv1a(`${uid}/`, OFFSET ^ 0x5bd1e995) + 1;
