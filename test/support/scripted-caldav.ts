import type { Calendar } from '../../src/application/ports/calendar.ts';
import { calDavCalendar } from './caldav-calendar.ts';
import { type ScriptedAnswer, type SeenRequest, startScriptedHttp } from './scripted-http.ts';

export type Cases = (calendar: Calendar, seen: ReadonlyArray<SeenRequest>, origin: string) => Promise<void>;

/** A stand-in for a CalDAV server, for answers that the real ones of the other tests never give. */
export const withServer = async (answer: (request: SeenRequest) => ScriptedAnswer, cases: Cases): Promise<void> => {
  const server = await startScriptedHttp(answer);
  try {
    await cases(calDavCalendar({ url: `${server.origin}/cal/` }), server.seen, server.origin);
  } finally {
    await server.close();
  }
};

export const multistatus = (content: string): ScriptedAnswer => ({
  status: 207,
  body: `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${content}</d:multistatus>`,
});
