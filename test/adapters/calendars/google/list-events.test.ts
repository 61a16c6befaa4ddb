import { describe, expect, it } from 'vitest';
import type { Calendar, CalendarEvent } from '../../../../src/application/ports/calendar.ts';
import { anEvent, fails, hours, live, succeeds } from '../../../contract/calendar/given.ts';
import { type EventResource, put } from '../../../support/google-stand-in/calendar-state.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();

const withEvent = async (largestPage: number) => {
  const { google, calendar } = await given({}, { largestPage });
  const event = anEvent();
  const { providerEventId: id } = await succeeds(calendar.create(event, live()));
  const edit = (by: EventResource) => put(google.primary, { ...google.primary.events.get(id), ...by });
  return { google, calendar, event, id, edit };
};
const others = (count: number): ReadonlyArray<EventResource> =>
  Array.from({ length: count }, (_, index) => ({ id: `other${index}`, status: 'confirmed' }));

describe('events with our mark in a Google calendar (stand-in)', () => {
  const window = hours('00:00', '23:00');
  const listedIn = ({ listMarked }: Calendar) =>
    listMarked?.(window, live()) ?? (() => Promise.reject(new Error('it lists nothing')));
  const at = (event: CalendarEvent) => ({ start: { dateTime: event.start }, end: { dateTime: event.end } });

  it('are listed whatever their mark says, page by page, and nothing else is', async () => {
    const { google, calendar, event, id, edit } = await withEvent(3);
    for (const other of others(8)) put(google.primary, { ...other, ...at(event) });
    put(google.primary, { ...google.primary.events.get(id), id: 'copy' });
    const listed = await succeeds(listedIn(calendar));
    const mark = { bookingUid: event.bookingUid, start: event.start };
    expect(listed).toEqual([
      { ...mark, href: id },
      { ...mark, href: 'copy' },
    ]);
    edit({ status: 'cancelled' });
    expect(await succeeds(listedIn(calendar))).toEqual([{ ...mark, href: 'copy' }]);
  });

  it('I10 a listing that is cut short is a failure', async () => {
    const { google, calendar, event } = await withEvent(1);
    for (const other of others(25)) put(google.primary, { ...other, ...at(event) });
    expect((await fails(listedIn(calendar))).message).toContain('pages');
  });
});
