/**
 * Runs in the browser. While the page says when to look again (`data-look-again`, seconds), it fetches itself and puts in
 * what is new. The status is a live region, so screen readers say it; a form that is being filled in stays as it is.
 */
export const REFRESH_SCRIPT = `
const byId = (page, id) => page.getElementById(id);
const show = (fresh) => {
  if (!byId(fresh, 'status') || byId(fresh, 'history').dataset.revision === byId(document, 'history').dataset.revision) return;
  const form = byId(document, 'cancel');
  if (form && !byId(fresh, 'cancel')) {
    if (form.contains(document.activeElement)) byId(document, 'status').focus();
    form.remove();
  }
  for (const id of ['status', 'facts', 'history']) {
    const [now, next] = [byId(document, id), byId(fresh, id)];
    if (now.textContent !== next.textContent) now.replaceChildren(...next.childNodes);
    for (const { name, value } of next.attributes) now.setAttribute(name, value);
    if (!next.dataset.lookAgain) delete now.dataset.lookAgain;
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
