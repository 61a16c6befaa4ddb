/**
 * A stand-in for a CalDAV server with any number of calendars in which nobody changes anything: it keeps what is put, answers
 * each question of watching from memory, and counts requests by method at `/counts`. It is not a calendar server.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

type Stored = { readonly body: string; readonly etag: string };

const objects = new Map<string, Stored>();
const versions = new Map<string, number>();
const counted: Record<string, number> = {};

const collectionOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const multistatus = (responses: string): string =>
  `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">${responses}</D:multistatus>`;
const response = (href: string, properties: string): string =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;

const itself = (path: string): string =>
  response(
    path,
    `<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Idle</D:displayname><D:sync-token>token-${versions.get(path) ?? 0}</D:sync-token>`,
  );

const listed = (path: string): string =>
  [...objects]
    .filter(([href]) => href.startsWith(path))
    .map(([href, { body, etag }]) =>
      response(href, `<D:getetag>${etag}</D:getetag><C:calendar-data>${escaped(body)}</C:calendar-data>`),
    )
    .join('');

const xml = (answer: ServerResponse, body: string): void => {
  answer.writeHead(207, { 'content-type': 'application/xml; charset=utf-8' }).end(body);
};

const handle = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
  const { method = '' } = request;
  const path = request.url ?? '/';
  const body = await text(request);
  if (path === '/counts') {
    answer.end(JSON.stringify(counted));
    return;
  }
  counted[method] = (counted[method] ?? 0) + 1;
  if (method === 'PROPFIND') return xml(answer, multistatus(itself(path)));
  if (method === 'REPORT') return xml(answer, multistatus(body.includes('sync-collection') ? '' : listed(path)));
  const known = objects.get(path);
  if (method === 'GET') {
    if (known === undefined) answer.writeHead(404).end();
    else answer.writeHead(200, { 'content-type': 'text/calendar', etag: known.etag }).end(known.body);
    return;
  }
  if (method !== 'PUT') {
    answer.writeHead(405).end();
    return;
  }
  if (request.headers['if-none-match'] === '*' && known !== undefined) {
    answer.writeHead(412).end();
    return;
  }
  const version = (versions.get(collectionOf(path)) ?? 0) + 1;
  versions.set(collectionOf(path), version);
  objects.set(path, { body, etag: `"${version}"` });
  answer.writeHead(known === undefined ? 201 : 204, { etag: `"${version}"` }).end();
};

const server = createServer((request, answer) => {
  handle(request, answer).catch((fault: unknown) => answer.writeHead(500).end(String(fault)));
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on http://127.0.0.1:${address.port}`);
});
