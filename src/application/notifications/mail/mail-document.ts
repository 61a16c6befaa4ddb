/** A line of the facts table. `link` makes it a link; what is no web address stays plain text. */
export type Row = { readonly label: string; readonly lines: ReadonlyArray<string>; readonly link?: string };

export type Block =
  | { readonly type: 'paragraph'; readonly text: string }
  /** A paragraph that must not be missed. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'rows'; readonly rows: ReadonlyArray<Row> }
  | {
      readonly type: 'list';
      readonly items: ReadonlyArray<{ readonly title: string; readonly lines: ReadonlyArray<string> }>;
    }
  /** The thing to click. */
  | { readonly type: 'button'; readonly label: string; readonly link: string };

/** What a mail says, once, before it becomes text and HTML. `label` says in a word what `tone` says in colour. */
export type MailDocument = {
  readonly subject: string;
  readonly tone: 'good' | 'waiting' | 'action' | 'ended';
  readonly label: string;
  readonly title: string;
  readonly blocks: ReadonlyArray<Block>;
  readonly footer: string;
};

export const paragraph = (text: string): Block => ({ type: 'paragraph', text });
export const notice = (text: string): Block => ({ type: 'notice', text });
export const button = (label: string, link: string): Block => ({ type: 'button', label, link });

/** Only `https:` and `http:`; everything else that a stranger may call a link is text. */
export const isWebLink = (link: string): boolean => /^https?:\/\/[^\s"<>]+$/i.test(link);
