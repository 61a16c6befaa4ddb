import type { MailDocument } from '../../../projections/notifications/mail/mail-document.ts';
import { escapeHtml } from '../../../projections/notifications/mail/render/escape-html.ts';
import { STYLE } from './style.ts';

export type Layout = {
  /** Plain text. */
  readonly title: string;
  readonly tone: MailDocument['tone'];
  /** HTML whose texts are escaped. */
  readonly main: string;
  /** Plain text. */
  readonly footer: string;
  /** A script that the policy knows; empty for none. */
  readonly script: string;
};

/** One whole page: everything is in it, nothing is fetched. */
export const layout = ({ title, tone, main, footer, script }: Layout): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    `<body class="tone-${tone}">`,
    `<main>${main}</main>`,
    `<footer><p>${escapeHtml(footer)}</p></footer>`,
    ...(script === '' ? [] : [`<script>${script}</script>`]),
    '</body>',
    '</html>',
  ].join('\n');
