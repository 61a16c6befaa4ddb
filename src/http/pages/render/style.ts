/** The one style sheet of the pages: system fonts, light and dark, from 320 pixels up. Text has 4.5:1 at least (WCAG 1.4.3). */
export const STYLE = `
:root{color-scheme:light dark;--ground:#eef1f4;--card:#fff;--text:#1c2733;--muted:#55636f;--line:#d8dee5;--link:#0b5cad;
--notice:#fff6e0;--notice-line:#e3c168;--notice-text:#3d2f05;--stop:#b3261e;--stop-text:#fff;
--good:#17723f;--waiting:#8a5a00;--action:#b3261e;--ended:#55636f}
@media (prefers-color-scheme:dark){:root{--ground:#12171c;--card:#1b2229;--text:#e6ebf0;--muted:#a7b3be;--line:#36414b;--link:#8cc2ff;
--notice:#3a2f10;--notice-line:#7a6322;--notice-text:#f6e7bd;--stop:#ff9d94;--stop-text:#2b0805;
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
label{display:block;margin:0 0 6px;font-weight:600}
textarea{display:block;width:100%;padding:10px 12px;border:1px solid var(--muted);border-radius:6px;background:var(--card);color:inherit;font:inherit;resize:vertical}
form .hint{margin:6px 0 16px}
button{padding:11px 22px;border:0;border-radius:6px;background:var(--stop);color:var(--stop-text);font:inherit;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
ol{margin:0;padding:0;list-style:none}
li{position:relative;padding:0 0 14px 24px}
li::after{content:'';position:absolute;left:4px;top:18px;bottom:-7px;width:2px;background:var(--line)}
li::before{content:'';position:absolute;left:0;top:7px;width:10px;height:10px;border-radius:50%;background:var(--card);border:2px solid var(--muted)}
li:last-child{padding-bottom:0}
li:last-child::after{content:none}
li:last-child::before{background:var(--tone);border-color:var(--tone)}
li p{margin:0;white-space:pre-line}
time{color:var(--muted);font-size:14px}
footer{padding:16px 36px 0;color:var(--muted);font-size:13px}
@media (max-width:520px){body{padding:0 0 24px}main{padding:24px 18px;border-width:4px 0 1px;border-radius:0}footer{padding:16px 18px 0}
dl div{grid-template-columns:1fr}dd{grid-column:1}button{width:100%}}
`;
