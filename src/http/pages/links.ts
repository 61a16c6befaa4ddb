import { oneText } from '../decoding/query.ts';
import type { ApiRequest } from '../transport/endpoint.ts';

export type PageLinks = {
  /** From `/bookings/{uid}` to itself, and to where its form goes. */
  readonly again: string;
  readonly cancel: string;
  /** From `/bookings/{uid}/cancel` back to the page, at what it says first. */
  readonly back: string;
};

/** Relative addresses, so that they hold behind any prefix and proxy. They pass on the token that the request came with. */
export const linksOf = ({ path, params, query }: ApiRequest): PageLinks => {
  const uid = encodeURIComponent(params.uid ?? '');
  const token = oneText(query.token);
  const search = token === null || token === undefined ? '' : `?token=${encodeURIComponent(token.toWellFormed())}`;
  // Addresses count from the last slash, and a path may end with one.
  const up = path.endsWith('/') ? '../' : '';
  const page = `${uid}${search}`;
  return { again: `${up}${page}`, cancel: `${up}${uid}/cancel${search}`, back: `${up}../${page}#status` };
};
