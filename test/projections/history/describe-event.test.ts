import { describe, expect, test } from 'vitest';
import { bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import { describeEvent, guestView } from '../../../src/projections/history/describe-event.ts';
import { timesWithoutZone } from '../../support/times-without-zone.ts';
import { story } from './story.helper.ts';

const reader = { timeZone: 'Europe/Oslo', calendarLabel: () => 'Work' };
describe('the history in words', () => {
  test('every event type has its words here', () => {
    const elsewhere = /Reschedule|CalendarMove|CalendarEvent(Mi|Mo|V|Ch|R|N)/;
    const types = Object.keys(bookingEventCodecs).filter((type) => !elsewhere.test(type));
    expect(new Set(story.map(([event]) => event.type))).toEqual(new Set(types));
  });

  const told = story.map(([event, host, guest]) => ({ type: event.type, event, said: [host, guest || host] }));
  test.each(told)('$type', ({ event, said }) => {
    const heard = (['host', 'guest'] as const).map((audience) => describeEvent(event, { ...reader, audience }));
    expect(heard).toEqual(said);
    expect(timesWithoutZone(said.join('\n'))).toEqual([]);
  });

  test.each(story)('a guest reads nothing of the inside, in words or data: %j', (event) => {
    const text = describeEvent(event, { ...reader, audience: 'guest' });
    expect(JSON.stringify([text, guestView(event)])).not.toMatch(/inside|Work/);
  });
});
