import { isLeft } from 'fp-ts/lib/Either.js';
import { calendarFailed } from './calendar-failed.ts';
import type { DavAnswer, DavRequest, Send } from './dav-client.ts';
import { type DavResource, readMultistatus } from './multistatus.ts';
import { refusal } from './refusal.ts';

/** What one call of the port works with. */
export type Session = { readonly send: Send; readonly nowMs: () => number };

/** The failure that an answer stands for; `what` was to be done, in words for a message. */
export const refused = (session: Session, answer: DavAnswer, what: string, isWrite = false): Error =>
  calendarFailed(refusal(answer, { what, isWrite }, session.nowMs()));

const NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';

export const xmlBody = (element: string, content: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><${element} ${NAMESPACES}>${content}</${element}>`;

type Query = Pick<DavRequest, 'url' | 'body'> & { readonly method: 'PROPFIND' | 'REPORT'; readonly depth: '0' | '1' };

/** Sends a query and reads its multistatus; every other answer is a failure. */
export const query = async (
  session: Session,
  { depth, ...request }: Query,
  what: string,
): Promise<ReadonlyArray<DavResource>> => {
  const headers = { depth, 'content-type': 'application/xml; charset=utf-8' };
  const answer = await session.send({ ...request, headers });
  if (answer.status !== 207) throw refused(session, answer, what);
  const resources = readMultistatus(answer.body);
  if (isLeft(resources)) {
    throw calendarFailed({
      kind: 'provider-error',
      message: `the answer to ${what} cannot be read: ${resources.left}`,
    });
  }
  return resources.right;
};

/** `properties`: elements with the prefix `D` (WebDAV) or `C` (CalDAV). */
export const propfind = (
  session: Session,
  url: URL,
  depth: '0' | '1',
  properties: string,
  what: string,
): Promise<ReadonlyArray<DavResource>> =>
  query(
    session,
    { method: 'PROPFIND', url, depth, body: xmlBody('D:propfind', `<D:prop>${properties}</D:prop>`) },
    what,
  );
