import { type Block, isWebLink, type MailDocument, type Row } from '../mail-document.ts';
import { escapeHtml } from './escape-html.ts';
import { darkStyle, style, toneColour } from './html-style.ts';

const anchor = (link: string, label: string): string =>
  isWebLink(link)
    ? `<a class="link" href="${escapeHtml(link)}" style="${style.link}">${escapeHtml(label)}</a>`
    : escapeHtml(label);

const row = ({ label, lines, link }: Row): string => {
  const text = lines.map((line) => (link === undefined ? escapeHtml(line) : anchor(link, line))).join('<br>');
  return `<tr><th scope="row" class="row-label line" style="${style.rowLabel}">${escapeHtml(label)}</th><td class="line" style="${style.rowValue}">${text}</td></tr>`;
};

const block = (part: Block): string => {
  switch (part.type) {
    case 'paragraph':
      return `<p style="${style.paragraph}">${escapeHtml(part.text)}</p>`;
    case 'notice':
      return `<p class="notice" style="${style.notice}">${escapeHtml(part.text)}</p>`;
    case 'rows':
      return `<table class="line" style="${style.rows}"><tbody>${part.rows.map(row).join('')}</tbody></table>`;
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
    `<h1 style="${style.title}">${escapeHtml(title)}</h1>${blocks.map(block).join('')}</td></tr></table>`,
    `<table role="presentation" style="width:100%;max-width:600px"><tr><td class="muted" style="${style.footer}">${escapeHtml(footer)}</td></tr></table>`,
    '</td></tr></table></body></html>',
  ].join('\n');
