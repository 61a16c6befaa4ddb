import type { Recipient } from './mail-facts.ts';

/**
 * The Message-ID (RFC 5322 section 3.6.4) of the mail about one event to one recipient: the same however often it is sent,
 * so that copies can be told for one. `eventId` is a UUID; `domain` is the sender's.
 */
export const messageId = (eventId: string, recipient: Recipient['key'], domain: string): string =>
  `<${eventId}.${recipient}@${domain}>`;
