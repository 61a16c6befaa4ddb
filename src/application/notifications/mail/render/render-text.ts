import type { Block, MailDocument, Row } from '../mail-document.ts';

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

const row = ({ label, lines }: Row): string =>
  [heading(label), ...lines.map((line) => indented(line, '  '))].join('\n');

const block = (part: Block): string => {
  switch (part.type) {
    case 'paragraph':
      return oneLine(part.text);
    case 'notice':
      return `* ${oneLine(part.text)}`;
    case 'rows':
      return part.rows.map(row).join('\n');
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
  `${[oneLine(`${label}: ${title}`), ...blocks.map(block)].join('\n\n')}\n\n-- \n${oneLine(footer)}\n`;
