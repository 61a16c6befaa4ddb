import { expect, it } from 'vitest';
import { componentsNamed, eventsOf, parseComponents } from '../../../src/adapters/icalendar/parse-components.ts';

it('given components thousands deep, when events are looked for, then all are found in their order', () => {
  const event = (uid: string, inside = '') =>
    `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTART:20500905T090000Z\r\n${inside}END:VEVENT\r\n`;
  const deep = 50_000;
  const nested = `${'BEGIN:X-BOX\r\n'.repeat(deep)}${event('in')}${'END:X-BOX\r\n'.repeat(deep)}`;
  const text = `BEGIN:VCALENDAR\r\n${event('first', event('within'))}${nested}${event('last')}END:VCALENDAR\r\n`;
  const { root, text: clean } = parseComponents(text);
  const uids = eventsOf(root).map((one) => one.properties.map((property) => property.name));
  expect(uids).toHaveLength(4);
  expect(componentsNamed(root, 'X-BOX')).toHaveLength(deep);
  expect(clean).toContain('UID:last');
});
