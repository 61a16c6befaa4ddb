import { makeMailLinks } from '../../../src/composition/mail-links-and-feeds.ts';
import type { TestApp } from '../../support/test-app.ts';

const END = '2050-09-05T07:30:00Z';

/** The address of a page, without the origin, as the mail to guest or host has it. */
export const pageOf = (app: TestApp, party: 'manage' | 'host', uid: string): string => {
  const link = new URL(makeMailLinks(() => app.url, app.bookingTokens)[party](uid, END) ?? '');
  return `${link.pathname}${link.search}`;
};

/** Where the form goes that ends with this path; fails where the page has no such form. */
export const actionOf = (html: string, ending: string): string => {
  const actions = [...html.matchAll(/method="post" action="([^"]+)"/g)].map(([, action = '']) =>
    action.replaceAll('&amp;', '&'),
  );
  const found = actions.find((action) => (action.split('?')[0] ?? '').endsWith(ending));
  if (found === undefined) throw new Error(`no form goes to ${ending}: ${actions.join(' ')}`);
  return found;
};

const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** As a browser sends a form of a page: by its own action, and not following the answer. */
export const submit = async (
  app: TestApp,
  page: string,
  ending: string,
  fields = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => {
  const { text } = await app.get(page);
  const url = new URL(actionOf(text, ending), `${app.url}${page}`);
  return fetch(url, { method: 'POST', body: fields, redirect: 'manual', headers: { ...form, ...headers } });
};
