import ICAL from 'ical.js';
import PostalMime from 'postal-mime';

/** A calendar part: `mediaType` as the mail says it, `method` of the Content-Type, `calendar` read by ical.js. */
export type CalendarPart = {
  readonly mediaType: string;
  readonly fileName: string | null;
  readonly method: string | undefined;
  readonly content: string;
  readonly calendar: ICAL.Component;
};

export type ReadMail = {
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly replyTo: string;
  readonly text: string;
  readonly html: string;
  /** All values of the header, in order; the name in lower case. */
  readonly header: (name: string) => ReadonlyArray<string>;
  readonly calendarParts: ReadonlyArray<CalendarPart>;
};

type Mailbox = { readonly name: string; readonly address?: string | undefined };

const oneLine = (mailboxes: ReadonlyArray<Mailbox>): string =>
  mailboxes.map(({ name, address }) => `${name} <${address ?? 'group'}>`).join(', ');

const CALENDAR_TYPES: ReadonlySet<string> = new Set(['text/calendar', 'application/ics']);

/** Reads a mail as a mail program does: MIME by postal-mime, the calendar parts by ical.js. */
export const readMail = async (raw: string | Uint8Array): Promise<ReadMail> => {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
  const parts = mail.attachments
    .filter(({ mimeType }) => CALENDAR_TYPES.has(mimeType))
    .map(({ mimeType, filename, method, content }) => {
      const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
      return {
        mediaType: mimeType,
        fileName: filename,
        method,
        content: text,
        calendar: ICAL.Component.fromString(text),
      };
    });
  return {
    messageId: mail.messageId,
    subject: mail.subject,
    from: oneLine(mail.from === undefined ? [] : [mail.from]),
    to: oneLine(mail.to ?? []),
    replyTo: oneLine(mail.replyTo ?? []),
    text: mail.text ?? '',
    html: mail.html ?? '',
    header: (name) => mail.headers.filter(({ key }) => key === name).map(({ value }) => value),
    calendarParts: parts,
  };
};
