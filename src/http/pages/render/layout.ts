import { createHash } from 'node:crypto';
import { type MailDocument, escapeHtml } from '../../../application/notifications/mail/mail-document.ts';

/** The one style sheet of the pages: system fonts, light and dark, from 320 pixels up. Text has 4.5:1 at least (WCAG 1.4.3). */
const STYLE = `
:root{color-scheme:light dark;--ground:#eef1f4;--card:#fff;--text:#1c2733;--muted:#55636f;--line:#d8dee5;--link:#0b5cad;
--notice:#fff6e0;--notice-line:#e3c168;--notice-text:#3d2f05;--stop:#b3261e;--stop-text:#fff;--go-text:#fff;
--good:#17723f;--waiting:#8a5a00;--action:#b3261e;--ended:#55636f}
@media (prefers-color-scheme:dark){:root{--ground:#12171c;--card:#1b2229;--text:#e6ebf0;--muted:#a7b3be;--line:#36414b;--link:#8cc2ff;
--notice:#3a2f10;--notice-line:#7a6322;--notice-text:#f6e7bd;--stop:#ff9d94;--stop-text:#2b0805;--go-text:#04210f;
--good:#6fd39b;--waiting:#f0c063;--action:#ff9d94;--ended:#a7b3be}}
*,*::before,*::after{box-sizing:border-box}
body{margin:0;padding:40px 16px;background:var(--ground);color:var(--text);
font:16px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere;--tone:var(--ended)}
.tone-good{--tone:var(--good)}.tone-waiting{--tone:var(--waiting)}.tone-action{--tone:var(--action)}
main,footer{max-width:640px;margin:0 auto}
main{padding:32px 36px;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--tone);border-radius:10px}
h1{margin:0 0 16px;font-size:26px;line-height:1.25;font-weight:650}
h2{margin:32px 0 12px;font-size:17px;line-height:1.3;font-weight:650}
p{margin:0 0 14px}
a{color:var(--link)}
#status{border-radius:4px}
.label{display:flex;align-items:center;gap:8px;margin:0 0 6px;color:var(--tone);font-size:14px;font-weight:600}
.label::before{content:'';width:10px;height:10px;border-radius:50%;background:var(--tone);flex:none}
.notice{padding:12px 16px;background:var(--notice);border:1px solid var(--notice-line);border-radius:6px;color:var(--notice-text)}
.hint{color:var(--muted);font-size:14px}
dl{margin:0;border-top:1px solid var(--line)}
dl div{display:grid;grid-template-columns:7.5em 1fr;gap:0 16px;padding:11px 0;border-bottom:1px solid var(--line)}
dt{color:var(--muted)}
dd{grid-column:2;margin:0;white-space:pre-line}
dd~dd~dd{color:var(--muted);font-size:14px}
details{margin:24px 0 0;border:1px solid var(--line);border-radius:6px}
summary{padding:12px 16px;font-weight:600;cursor:pointer;border-radius:6px}
form{padding:4px 16px 18px}
form.plain{padding:0;margin:16px 0}
ul{margin:0;padding:0 0 0 20px}
ul.calendars{margin-bottom:16px;padding:0;list-style:none}
ul li{padding:0 0 8px}
ul.calendars li{padding:12px 0;border-bottom:1px solid var(--line)}
li p{margin:0;white-space:pre-line}
.actions{display:flex;flex-wrap:wrap;gap:10px 20px;margin:16px 0;padding:0;list-style:none}
.actions li{padding:0}
fieldset{margin:0 0 16px;padding:0;border:0}
legend{font-weight:600}
.actions label{font-weight:400}
.times label{display:inline-flex;align-items:center;gap:8px;min-height:32px;margin:0}
legend .hint{font-weight:400}
.zone{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center}
.zone label{margin:0}
select{max-width:100%;padding:9px 10px;border:1px solid var(--muted);border-radius:6px;background:var(--card);color:inherit;font:inherit}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
label{display:block;margin:0 0 6px;font-weight:600}
textarea{display:block;width:100%;padding:10px 12px;border:1px solid var(--muted);border-radius:6px;background:var(--card);color:inherit;font:inherit;resize:vertical}
form .hint{margin:6px 0 16px}
button{padding:11px 22px;border:0;border-radius:6px;background:var(--stop);color:var(--stop-text);font:inherit;font-weight:600;cursor:pointer}
button.go{background:var(--good);color:var(--go-text)}
button.quiet{padding:9px 18px;background:transparent;color:var(--link);border:1px solid var(--muted)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
ol{margin:0;padding:0;list-style:none}
ol li{position:relative;padding:0 0 14px 24px}
ol li::after{content:'';position:absolute;left:4px;top:18px;bottom:-7px;width:2px;background:var(--line)}
ol li::before{content:'';position:absolute;left:0;top:7px;width:10px;height:10px;border-radius:50%;background:var(--card);border:2px solid var(--muted)}
ol li:last-child{padding-bottom:0}
ol li:last-child::after{content:none}
ol li:last-child::before{background:var(--tone);border-color:var(--tone)}
time{color:var(--muted);font-size:14px}
footer{padding:16px 36px 0;color:var(--muted);font-size:13px}
@media (max-width:520px){body{padding:0 0 24px}main{padding:24px 18px;border-width:4px 0 1px;border-radius:0}footer{padding:16px 18px 0}
dl div{grid-template-columns:1fr}dd{grid-column:1}button,select{width:100%}}
`;

/**
 * Runs in the browser. While the page says when to look again (`data-look-again`, seconds), it fetches itself and puts in
 * what is new. The status is a live region, so screen readers say it; a form that is being filled in stays as it is.
 */
export const REFRESH_SCRIPT = `
const byId = (page, id) => page.getElementById(id);
const isBeingFilledIn = (part) => part.querySelector('details[open]') !== null;
const renew = (now, next) => {
  if (now.innerHTML !== next.innerHTML && !(isBeingFilledIn(now) && next.querySelector('details'))) {
    if (now.contains(document.activeElement)) byId(document, 'status').focus();
    now.replaceChildren(...next.childNodes);
  }
  for (const { name, value } of next.attributes) now.setAttribute(name, value);
  if (!next.dataset.lookAgain) delete now.dataset.lookAgain;
};
const show = (fresh) => {
  if (!byId(fresh, 'status') || byId(fresh, 'history').dataset.revision === byId(document, 'history').dataset.revision) return;
  for (const now of document.querySelectorAll('[data-live]')) {
    const next = byId(fresh, now.id);
    if (next) renew(now, next);
  }
  document.title = fresh.title;
  document.body.className = fresh.body.className;
};
const lookAgain = () => {
  const seconds = Number(byId(document, 'status')?.dataset.lookAgain);
  if (seconds > 0) setTimeout(look, seconds * 1000);
};
const look = async () => {
  try {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch (error) {
    console.warn('The page could not look again; it tries once more.', error);
  }
  lookAgain();
};
lookAgain();
`;

const hashOf = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/**
 * Content Security Policy Level 3: our one style sheet and our one script by their hashes, `fetch` of our own pages for
 * that script, forms to ourselves. Nothing else: no other origin, no image, no frame around it.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(REFRESH_SCRIPT)}`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

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

/** `back`: a link to the booking, or null where there is nothing to go back to; `choose`: one to where a time is chosen. */
export type PageMessage = {
  readonly title: string;
  readonly text: string;
  readonly back: string | null;
  readonly choose?: string;
};

/** A page that says one thing. */
export const renderMessage = ({ title, text, back, choose }: PageMessage): string =>
  layout({
    title,
    tone: 'ended',
    main: [
      '<section id="status" tabindex="-1">',
      `<h1>${escapeHtml(title)}</h1>`,
      `<p>${escapeHtml(text)}</p>`,
      choose === undefined ? '' : `<p><a href="${escapeHtml(choose)}">Choose another time</a></p>`,
      back === null ? '' : `<p><a href="${escapeHtml(back)}">Back to the booking</a></p>`,
      '</section>',
    ].join('\n'),
    footer: 'Holdfast',
    script: '',
  });
