import { readableText } from '../../../domain/visible-text.ts';
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

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML content and double-quoted attributes. Control characters other than line breaks and tabs are dropped. */
export const escapeHtml = (text: string): string =>
  readableText(text)
    .toWellFormed()
    .replaceAll(/(?![\t\n\r])\p{Cc}/gu, '')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Names in our own sentences cannot begin a paragraph of theirs. */
const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();

/** Lines of strangers keep their breaks but are set in, so that none can pass for ours. */
const indented = (text: string, indent: string): string =>
  text
    .split(/\r\n?|\n/)
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');

/** A question keeps its question mark and gets no colon. */
const heading = (label: string): string => oneLine(label).replace(/([^:?])$/, '$1:');

const textRow = ({ label, lines }: Row): string =>
  [heading(label), ...lines.map((line) => indented(line, '  '))].join('\n');

const textBlock = (part: Block): string => {
  switch (part.type) {
    case 'paragraph':
      return oneLine(part.text);
    case 'notice':
      return `* ${oneLine(part.text)}`;
    case 'rows':
      return part.rows.map(textRow).join('\n');
    case 'list':
      return part.items
        .map(({ title, lines }) => [`- ${oneLine(title)}`, ...lines.map((line) => indented(line, '  '))].join('\n'))
        .join('\n\n');
    case 'button':
      return `${part.label}:\n${part.link}`;
  }
};

/** The document as plain text, the same words as in HTML. The footer follows the signature mark of RFC 3676 section 4.3. */
export const renderText = ({ label, title, blocks, footer }: MailDocument): string =>
  readableText(
    `${[oneLine(`${label}: ${title}`), ...blocks.map(textBlock)].join('\n\n')}\n\n-- \n${oneLine(footer)}\n`,
  );

/** Styles stand on each element: many mail programs drop style sheets. No font, picture or style is fetched. */
const style = {
  page: "margin:0;padding:0;background-color:#eef1f4;color:#1c2733;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;-webkit-text-size-adjust:100%",
  card: 'width:100%;max-width:600px;background-color:#ffffff;border:1px solid #d8dee5;border-radius:10px;border-collapse:separate',
  body: 'padding:28px 32px 32px;text-align:left',
  label: 'margin:0 0 6px;font-size:13px;font-weight:600;letter-spacing:0.02em',
  title: 'margin:0 0 20px;font-size:24px;line-height:1.3;font-weight:650',
  paragraph: 'margin:0 0 16px',
  notice:
    'margin:0 0 16px;padding:12px 16px;background-color:#fff6e0;border:1px solid #e3c168;border-radius:6px;color:#3d2f05',
  rows: 'width:100%;margin:4px 0 20px;border-top:1px solid #d8dee5;border-collapse:collapse',
  rowLabel:
    'width:28%;padding:11px 16px 11px 0;border-bottom:1px solid #d8dee5;vertical-align:top;text-align:left;font-weight:400;color:#55636f',
  rowValue:
    'padding:11px 0;border-bottom:1px solid #d8dee5;vertical-align:top;overflow-wrap:anywhere;white-space:pre-line',
  item: 'margin:0 0 14px;padding:0 0 0 14px;border-left:3px solid #c2cbd4;overflow-wrap:anywhere',
  link: 'color:#0b5cad',
  button:
    'display:inline-block;margin:4px 0 16px;padding:11px 22px;background-color:#0b5cad;border-radius:6px;color:#ffffff;font-weight:600;text-decoration:none',
  footer: 'padding:16px 32px;font-size:13px;color:#55636f;text-align:left',
} as const;

/** Colour of the bar above a mail and of the word that says the same. Each has at least 4.5:1 on white (WCAG 2.2, 1.4.3). */
const toneColour: Readonly<Record<MailDocument['tone'], string>> = {
  good: '#17723f',
  waiting: '#8a5a00',
  action: '#b3261e',
  ended: '#55636f',
};

/** For mail programs that honour it: the same mail on a dark ground. */
const darkStyle = [
  '.page{background-color:#12171c!important;color:#e6ebf0!important}',
  '.card{background-color:#1b2229!important;border-right-color:#36414b!important;border-bottom-color:#36414b!important;border-left-color:#36414b!important}',
  '.muted,.row-label{color:#a7b3be!important}',
  '.line{border-color:#36414b!important}',
  '.notice{background-color:#3a2f10!important;border-color:#7a6322!important;color:#f6e7bd!important}',
  '.link{color:#8cc2ff!important}',
  '.tone-good{color:#6fd39b!important}.tone-waiting{color:#f0c063!important}.tone-action{color:#ff9d94!important}.tone-ended{color:#a7b3be!important}',
].join('');

const anchor = (link: string, label: string): string =>
  isWebLink(link)
    ? `<a class="link" href="${escapeHtml(link)}" style="${style.link}">${escapeHtml(label)}</a>`
    : escapeHtml(label);

const htmlRow = ({ label, lines, link }: Row): string => {
  const text = lines.map((line) => (link === undefined ? escapeHtml(line) : anchor(link, line))).join('<br>');
  return `<tr><th scope="row" class="row-label line" style="${style.rowLabel}">${escapeHtml(label)}</th><td class="line" style="${style.rowValue}">${text}</td></tr>`;
};

const htmlBlock = (part: Block): string => {
  switch (part.type) {
    case 'paragraph':
      return `<p style="${style.paragraph}">${escapeHtml(part.text)}</p>`;
    case 'notice':
      return `<p class="notice" style="${style.notice}">${escapeHtml(part.text)}</p>`;
    case 'rows':
      return `<table class="line" style="${style.rows}"><tbody>${part.rows.map(htmlRow).join('')}</tbody></table>`;
    case 'list':
      return part.items
        .map(
          ({ title, lines }) =>
            `<p class="line" style="${style.item}"><strong>${escapeHtml(title)}</strong><br>${lines.map(escapeHtml).join('<br>')}</p>`,
        )
        .join('');
    case 'button':
      return isWebLink(part.link)
        ? `<p style="margin:0"><a href="${escapeHtml(part.link)}" style="${style.button}">${escapeHtml(part.label)}</a></p>`
        : `<p style="${style.paragraph}">${escapeHtml(`${part.label}: ${part.link}`)}</p>`;
  }
};

/** The document as one HTML page without anything to fetch; every text escaped, every link a web link. */
export const renderHtml = ({ subject, tone, label, title, blocks, footer }: MailDocument): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    `<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${darkStyle}}</style></head>`,
    `<body class="page" style="${style.page}"><table role="presentation" width="100%" style="border-collapse:collapse"><tr>`,
    `<td align="center" style="padding:24px 12px"><table role="presentation" class="card" style="${style.card};border-top:4px solid ${toneColour[tone]}">`,
    `<tr><td style="${style.body}"><p class="tone-${tone}" style="${style.label};color:${toneColour[tone]}">${escapeHtml(label)}</p>`,
    `<h1 style="${style.title}">${escapeHtml(title)}</h1>${blocks.map(htmlBlock).join('')}</td></tr></table>`,
    `<table role="presentation" style="width:100%;max-width:600px"><tr><td class="muted" style="${style.footer}">${escapeHtml(footer)}</td></tr></table>`,
    '</td></tr></table></body></html>',
  ].join('\n');
