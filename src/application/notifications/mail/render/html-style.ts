import type { MailDocument } from '../mail-document.ts';

/** Styles stand on each element: many mail programs drop style sheets. No font, picture or style is fetched. */
export const style = {
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
export const toneColour: Readonly<Record<MailDocument['tone'], string>> = {
  good: '#17723f',
  waiting: '#8a5a00',
  action: '#b3261e',
  ended: '#55636f',
};

/** For mail programs that honour it: the same mail on a dark ground. */
export const darkStyle = [
  '.page{background-color:#12171c!important;color:#e6ebf0!important}',
  '.card{background-color:#1b2229!important;border-right-color:#36414b!important;border-bottom-color:#36414b!important;border-left-color:#36414b!important}',
  '.muted,.row-label{color:#a7b3be!important}',
  '.line{border-color:#36414b!important}',
  '.notice{background-color:#3a2f10!important;border-color:#7a6322!important;color:#f6e7bd!important}',
  '.link{color:#8cc2ff!important}',
  '.tone-good{color:#6fd39b!important}.tone-waiting{color:#f0c063!important}.tone-action{color:#ff9d94!important}.tone-ended{color:#a7b3be!important}',
].join('');
