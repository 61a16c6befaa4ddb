import * as t from 'io-ts';

/**
 * `causedBy`: id of the event that is told about. `recipient`: `host`, `attendee`, `guest-1`.. or a webhook
 * subscription's id; never an address (I12).
 */
const notification = {
  causedBy: t.string,
  channel: t.keyof({ mail: null, webhook: null }),
  notification: t.string,
  recipient: t.string,
};

/** Somebody was told, and what. `messageId`: Message-ID of the mail, delivery id of the webhook. */
export const notificationSentCodec = t.type({ ...notification, messageId: t.string });

/** We gave up telling somebody; an operator can send it again. */
export const notificationParkedCodec = t.type({ ...notification, reason: t.string });
