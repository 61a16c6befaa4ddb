import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** A name and its address (RFC 5322 `mailbox`). */
export type Mailbox = { readonly name: string; readonly address: string };

/**
 * One mail to one mailbox. Without `replyTo` answers go to the sender. `icalendar.method` is the iTIP method of
 * RFC 5546; `content` the whole VCALENDAR.
 */
export type Mail = {
  readonly messageId: string;
  readonly to: Mailbox;
  readonly replyTo?: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly icalendar?: { readonly method: 'REQUEST' | 'CANCEL'; readonly content: string };
};

/**
 * `refused`: trying again is pointless (SMTP 5xx, or an address that no server takes). `try-later`: 4xx, connection, time
 * limit. May have arrived all the same.
 */
export type MailFailure = { readonly type: 'refused' | 'try-later'; readonly message: string };

export type Mailer = {
  /** `smtp` or `folder`: said at start-up and in the docs. */
  readonly transport: 'smtp' | 'folder';
  readonly send: (mail: Mail, signal: AbortSignal) => TaskEither<MailFailure, void>;
  readonly close: () => Promise<void>;
};
