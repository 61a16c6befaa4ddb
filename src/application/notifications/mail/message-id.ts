/**
 * The Message-ID (RFC 5322 section 3.6.4) of the mail about one event to one recipient: the same however often it is sent,
 * so that copies can be told for one. `eventId` is a UUID; `recipient` a key of letters, digits, `_` and `-`; `domain` is the sender's.
 */
export const messageId = (eventId: string, recipient: string, domain: string): string =>
  `<${eventId}.${recipient}@${domain}>`;
