/**
 * An answer of something between us and a calendar server, which has passed nothing on. `cut`: the connection ends
 * before the body that was announced is there.
 */
export type BoxAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cut?: true;
};

const html = (title: string): Pick<BoxAnswer, 'headers' | 'body'> => ({
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
});

const json = (body: unknown): Pick<BoxAnswer, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const OTHERS =
  '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:"><d:response><d:href>/others/</d:href><d:propstat><d:prop/><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>';

/** What maintenance pages, logins, firewalls, gateways and networks with a login page answer to any request. */
export const BOX_ANSWERS: Readonly<Record<string, BoxAnswer>> = {
  'a maintenance page, 200': { status: 200, ...html('We are back soon') },
  'a maintenance page without its type, 200': { status: 200, body: html('We are back soon').body ?? '' },
  'nothing at all, 200': { status: 200 },
  'health of a gateway, 200': { status: 200, ...json({ status: 'ok' }) },
  'a page that was "created", 201': { status: 201, ...html('Created') },
  'nothing, 201': { status: 201 },
  'a queue, 202': { status: 202 },
  'nothing, 204': { status: 204 },
  'a multistatus of something else, 207': { status: 207, headers: { 'content-type': 'application/xml' }, body: OTHERS },
  'a page as multistatus, 207': { status: 207, ...html('Multi-Status') },
  'a redirect to a login, 302': { status: 302, headers: { location: 'https://login.example/?back=x' } },
  'a redirect for good, 301': { status: 301, ...html('Moved'), headers: { location: 'https://login.example/' } },
  'a login page, 200': { status: 200, ...html('Sign in') },
  'a bad request, 400': { status: 400, ...html('400 Bad Request') },
  'a network that wants a login, 401': { status: 401, ...html('Welcome to the hotel') },
  'a firewall, 403': { status: 403, ...html('Request blocked') },
  'a firewall in JSON, 403': { status: 403, ...json({ message: 'Forbidden' }) },
  'a firewall without words, 403': { status: 403 },
  'a gateway without a server, 404': {
    status: 404,
    headers: { 'content-type': 'text/plain' },
    body: '404 page not found\n',
  },
  'a gateway without words, 404': { status: 404 },
  'a page of a gateway, 404': { status: 404, ...html('404 Not Found') },
  'a gateway, 410': { status: 410, ...html('Gone') },
  'a site of pages alone, 405': { status: 405, ...html('405 Not Allowed') },
  'too late, 408': { status: 408 },
  'a lock, 423': { status: 423 },
  'too early, 425': { status: 425 },
  'a gateway that fails, 500': { status: 500, ...html('500 Internal Server Error') },
  'a gateway, 502': { status: 502, ...html('502 Bad Gateway') },
  'a gateway, 503': { status: 503, ...html('503 Service Unavailable') },
  'a gateway, 504': { status: 504, ...html('504 Gateway Time-out') },
  'a network that wants a login, 511': { status: 511, ...html('Network Authentication Required') },
  'a gateway of a large provider, 521': { status: 521, ...html('Web server is down') },
  'a page that is cut, 200': { status: 200, ...html('We are back soon'), cut: true },
};
