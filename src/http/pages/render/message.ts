import { escapeHtml } from '../../../projections/notifications/mail/render/escape-html.ts';
import { layout } from './layout.ts';

/** `back`: a link to the booking, or null where there is nothing to go back to. */
export type Message = { readonly title: string; readonly text: string; readonly back: string | null };

/** A page that says one thing. */
export const renderMessage = ({ title, text, back }: Message): string =>
  layout({
    title,
    tone: 'ended',
    main: [
      '<section id="status" tabindex="-1">',
      `<h1>${escapeHtml(title)}</h1>`,
      `<p>${escapeHtml(text)}</p>`,
      back === null ? '' : `<p><a href="${escapeHtml(back)}">Back to the booking</a></p>`,
      '</section>',
    ].join('\n'),
    footer: 'Holdfast',
    script: '',
  });
