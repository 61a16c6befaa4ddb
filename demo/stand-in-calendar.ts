import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for a CalDAV server, for the demo and not for the world: one calendar in memory, as much of RFC 4791 as
 * one host's bookings need. Reading always works; writing can be switched off, as a server does that is out of space.
 */
export type StandInCalendar = {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly acceptWrites: (accept: boolean) => void;
  /** The iCalendar objects that it holds. */
  readonly objects: () => ReadonlyArray<string>;
  /** Writes that it answered 503. */
  readonly refusals: () => number;
  readonly close: () => Promise<void>;
};

type Answer = { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

const COLLECTION = '/odd/bookings/';
/** Bytes of one object; a booking's event has about two thousand. */
const MAX_OBJECT_BYTES = 65_536;
const XML = { 'content-type': 'application/xml; charset=utf-8' };

const etagOf = (text: string): string => `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
const escapeXml = (text: string): string => text.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`);

const multistatus = (responses: ReadonlyArray<readonly [href: string, properties: string]>): Answer => ({
  status: 207,
  headers: XML,
  body: `<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">${responses
    .map(
      ([href, properties]) =>
        `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`,
    )
    .join('')}</D:multistatus>`,
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = [];
  let bytes = 0;
  const stream: AsyncIterable<Buffer> = request;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes <= MAX_OBJECT_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** RFC 9110, 13.1: what is there may be what the writer thinks it is, or not. */
const preconditionHolds = ({ headers }: IncomingMessage, held: string | undefined): boolean => {
  if (headers['if-none-match'] === '*') return held === undefined;
  const wanted = headers['if-match'];
  return wanted === undefined || (held !== undefined && wanted === etagOf(held));
};

/** calendar-query answers every object of the calendar: the client leaves out what lies outside of its time range. */
const read = (method: string, path: string, objects: ReadonlyMap<string, string>): Answer => {
  if (path === COLLECTION && method === 'PROPFIND')
    return multistatus([[COLLECTION, '<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>']]);
  if (path === COLLECTION && method === 'REPORT')
    return multistatus(
      [...objects].map(([href, text]) => [
        href,
        `<D:getetag>${escapeXml(etagOf(text))}</D:getetag><C:calendar-data>${escapeXml(text)}</C:calendar-data>`,
      ]),
    );
  const held = objects.get(path);
  if (held === undefined) return { status: 404 };
  return { status: 200, body: held, headers: { 'content-type': 'text/calendar; charset=utf-8', etag: etagOf(held) } };
};

/** Starts it on a free port of the loopback address, refusing to write. */
export const startStandInCalendar = async (): Promise<StandInCalendar> => {
  const [username, password] = ['odd', 'stand-in'];
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const objects = new Map<string, string>();
  let [accepting, refused] = [false, 0];

  const write = (request: IncomingMessage, path: string, body: string): Answer => {
    if (!accepting) {
      refused += 1;
      return { status: 503 };
    }
    const held = objects.get(path);
    if (!path.startsWith(COLLECTION) || (request.method === 'DELETE' && held === undefined)) return { status: 404 };
    if (!preconditionHolds(request, held)) return { status: 412 };
    if (request.method === 'DELETE') objects.delete(path);
    else objects.set(path, body);
    if (request.method === 'DELETE' || held !== undefined) return { status: 204 };
    return { status: 201, headers: { etag: etagOf(body) } };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '' } = request;
    const body = await bodyOf(request);
    const isWrite = method === 'PUT' || method === 'DELETE';
    const answer =
      request.headers.authorization === authorization
        ? isWrite
          ? write(request, path, body)
          : read(method, path, objects)
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="stand-in"' } };
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => {
    // A request that broke off gets no answer: the client sees that its connection is gone.
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${COLLECTION}`,
    username,
    password,
    acceptWrites: (accept) => {
      accepting = accept;
    },
    objects: () => [...objects.values()],
    refusals: () => refused,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
