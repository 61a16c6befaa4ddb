/** UID of RFC 5545: one per booking for life, in every mail and every calendar (I6). Unique since the booking's uid is. */
export const icsUidOf = (bookingUid: string): string => `${bookingUid}@holdfast`;
