import { Agent, request } from 'undici';

export type Credentials = { readonly username: string; readonly password: string };

/** A real CalDAV server that runs for the tests. `homeUrl`: the collection in which calendars are made. */
export type CalDavServer = {
  readonly origin: string;
  readonly homeUrl: string;
  readonly credentials: Credentials;
  /** The server's certificate, where it has one. */
  readonly ca?: string;
  readonly stop: () => Promise<void>;
};

const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** A plain request past the adapter. Answers status and body. */
export const rawRequest = async (
  server: Pick<CalDavServer, 'credentials' | 'ca'>,
  method: string,
  url: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: string }> => {
  const dispatcher = new Agent({ connect: { ...(server.ca === undefined ? {} : { ca: server.ca }) } });
  try {
    const answer = await request(url, {
      method,
      dispatcher,
      headers: { authorization: basic(server.credentials), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  } finally {
    await dispatcher.close();
  }
};

/** Whether anything answers HTTP at `url`. */
export const answers = (server: Pick<CalDavServer, 'credentials' | 'ca'>, url: string) => async (): Promise<boolean> =>
  rawRequest(server, 'OPTIONS', url).then(
    () => true,
    () => false,
  );

const xml = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Makes a calendar by MKCALENDAR (RFC 4791, 5.3.1) and answers its URL. */
export const makeCalendar = async (server: CalDavServer, name: string, displayName = name): Promise<string> => {
  const url = `${server.homeUrl}${name}/`;
  const made = await rawRequest(
    server,
    'MKCALENDAR',
    url,
    `<?xml version="1.0" encoding="utf-8"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:displayname>${xml(displayName)}</D:displayname></D:prop></D:set></C:mkcalendar>`,
    { 'content-type': 'application/xml; charset=utf-8' },
  );
  if (made.status !== 201) throw new Error(`MKCALENDAR answered ${made.status}: ${made.body}`);
  return url;
};
