import { reveal } from '../../../application/secret.ts';
import { from, nullable, object } from '../../../domain/decoding/codec.ts';
import { line, literal } from '../../../domain/decoding/values.ts';
import { calledUrl, certificates, secret } from '../../configuration/sources.ts';
import { defineProvider, entry, plainUrl } from '../provider.ts';

/** A calendar on a server that speaks CalDAV (RFC 4791). */
export const caldavProvider = defineProvider({
  settings: (sources) =>
    object({
      type: literal('caldav'),
      ...entry,
      url: calledUrl(sources),
      username: line(300),
      password: secret(sources),
      /** Null: `url` is the calendar itself. Otherwise the display name by which it is found from there. */
      calendarName: nullable(line(300)),
      /** PEM; null for Node's own authorities. */
      ca: from('caFile', nullable(certificates(sources))),
    }),
  addressOf: ({ url, username, calendarName }) =>
    [plainUrl(url), ...(calendarName === null ? [] : [`calendar "${calendarName}"`]), `as ${username}`].join(', '),
  connect: async ({ id, url, username, password, calendarName, ca }, resources) => {
    const { makeCalDavCalendar } = await import('./caldav-calendar.ts');
    const { clock, hostTimeZone, timeLimitMs } = resources;
    const dispatcher = await resources.dispatcher(ca);
    return makeCalDavCalendar({ dispatcher, clock, reader: await resources.reader() })({
      calendarId: id,
      hostTimeZone,
      timeLimitMs,
      url,
      username,
      password: reveal(password),
      ...(calendarName === null ? {} : { calendarName }),
    });
  },
});
