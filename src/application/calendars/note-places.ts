import * as E from 'fp-ts/lib/Either.js';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CalendarSettings } from '../configuration.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

/** Without user, password, query and fragment: any of them may be a secret. */
const plainUrl = (text: string): string => {
  const url = URL.parse(text);
  return url === null ? '' : `${url.origin}${url.pathname}`;
};

/** Where a configured calendar is, in words that change when another calendar is meant, and without secrets. */
const addressOf = (settings: CalendarSettings): string => {
  switch (settings.type) {
    case 'local':
      return 'built in';
    case 'caldav': {
      const { url, username, calendarName } = settings;
      return [plainUrl(url), ...(calendarName === null ? [] : [`calendar "${calendarName}"`]), `as ${username}`].join(
        ', ',
      );
    }
    case 'google': {
      const { calendar, credentials, rootUrl } = settings;
      const account = credentials.type === 'oauth' ? [] : [`as ${credentials.subject ?? credentials.clientEmail}`];
      return [calendar, ...account, ...(rootUrl === null ? [] : [`at ${plainUrl(rootUrl)}`])].join(', ');
    }
  }
};

type Deps = {
  readonly buses: Pick<BookingBuses, 'calendars'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId' | 'newSalt'>;
  readonly report: Report;
};

/**
 * Writes into each calendar's own stream where it is, when that is new. What cannot be written now is reported, and written
 * at the next start.
 */
export const notePlaces =
  ({ buses, clock, identity, report }: Deps) =>
  async (configured: ReadonlyArray<CalendarSettings>): Promise<void> => {
    const noteOne = async (settings: CalendarSettings): Promise<void> => {
      const { id, type: provider } = settings;
      const context = {
        commandId: identity.newCommandId(),
        actor: { kind: 'system' },
        correlationId: id,
        causationId: null,
      } as const;
      const place = { provider, address: addressOf(settings), salt: identity.newSalt() };
      const noted = await buses.calendars.execute(id, { type: 'NotePlace', now: clock.now(), ...place }, context)();
      if (E.isLeft(noted)) report({ where: `calendar ${id}`, reason: JSON.stringify(noted.left) });
    };
    await Promise.all(configured.map(noteOne));
  };
