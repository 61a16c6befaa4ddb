import { describe, expect, it } from 'vitest';
import { aFile, aHost, anEventType } from '../../support/configuration/files.ts';
import { configurationOf, placesOf } from '../../support/configuration/load-text.ts';

const hours = (from: string, to: string, days: ReadonlyArray<unknown> = ['Monday']) => ({ days, from, to });
const override = (spans: ReadonlyArray<unknown>, date = '2030-02-28') => ({ date, hours: spans });
const host = (changes: Readonly<Record<string, unknown>>) => aFile({ hosts: [aHost(changes)] });
const type = (changes: Readonly<Record<string, unknown>>) => host({ eventTypes: [anEventType(changes)] });
const field = { slug: 'topic', label: 'Topic', type: 'text' };
const nested = [
  { from: '09:00', to: '12:00' },
  { from: '10:00', to: '11:00' },
];

/** Each place stands below `hosts[0].`. */
type Case = readonly [file: unknown, ...places: ReadonlyArray<string>];

const refusedHosts: ReadonlyArray<Case> = [
  [host({ id: 'odd-hansen' }), 'id bad_format'],
  [host({ number: 0 }), 'number out_of_range'],
  [host({ number: 1.5 }), 'number wrong_type'],
  [host({ email: 'odd' }), 'email bad_format'],
  [host({ email: 'odd@example.org\nBcc: x@example.org' }), 'email bad_format'],
  [host({ email: 'o\u200Bdd@example.org' }), 'email bad_format'],
  [host({ email: 'odd@my_host' }), 'email bad_format'],
  [host({ email: 'odd.@example.org' }), 'email bad_format'],
  [host({ name: ' ' }), 'name out_of_range'],
  [host({ timeZone: '+01:00' }), 'timeZone bad_format'],
  [host({ timeZone: 'Europe/Olso' }), 'timeZone bad_format'],
  [host({ acceptance: 'some-of' }), 'acceptance not_one_of'],
  [host({ weeklyHours: [hours('9:00', '17:00')] }), 'weeklyHours[0].from bad_format'],
  [host({ weeklyHours: [hours('09:00', '25:00')] }), 'weeklyHours[0].to bad_format'],
  [host({ weeklyHours: [hours('17:00', '09:00')] }), 'weeklyHours[0] wrong_order'],
  [host({ weeklyHours: [hours('09:00', '09:00')] }), 'weeklyHours[0] wrong_order'],
  [
    host({ weeklyHours: [hours('09:00', '10:00', ['Mandag', 8])] }),
    'weeklyHours[0].days[0] not_one_of',
    'weeklyHours[0].days[1] not_one_of',
  ],
  [host({ weeklyHours: [hours('09:00', '12:00'), hours('11:59', '13:00', [1, 2])] }), 'weeklyHours[1] overlap'],
  [host({ dateOverrides: [override([], '2030-02-29')] }), 'dateOverrides[0].date bad_format'],
  [host({ dateOverrides: [override([]), override([])] }), 'dateOverrides[1].date duplicate'],
  [host({ dateOverrides: [override(nested)] }), 'dateOverrides[0].hours[1] overlap'],
  [host({ eventTypes: [anEventType(), anEventType({ id: 2 })] }), 'eventTypes[1].slug duplicate'],
];

/** Each place stands below `hosts[0].eventTypes[0].`. */
const refusedTypes: ReadonlyArray<Case> = [
  [type({ lengthInMinutes: 1441 }), 'lengthInMinutes out_of_range'],
  [type({ lengthInMinutes: '30' }), 'lengthInMinutes wrong_type'],
  [type({ lengthOptionsInMinutes: [15, 60] }), 'lengthOptionsInMinutes conflict'],
  [type({ beforeBufferInMinutes: -1 }), 'beforeBufferInMinutes out_of_range'],
  [type({ afterBufferInMinutes: 1441 }), 'afterBufferInMinutes out_of_range'],
  [type({ slotIntervalInMinutes: 0 }), 'slotIntervalInMinutes out_of_range'],
  [type({ bookingWindow: { type: 'rolling' } }), 'bookingWindow.days missing'],
  [type({ bookingWindow: { type: 'sliding' } }), 'bookingWindow.type not_one_of'],
  [type({ bookingWindow: { type: 'range', from: '2030-02-01', to: '2030-01-01' } }), 'bookingWindow wrong_order'],
  [type({ limits: { day: 0 } }), 'limits.day out_of_range'],
  [type({ bookingFields: [{ ...field, slug: 'email' }] }), 'bookingFields[0].slug conflict'],
  [type({ bookingFields: [field, field] }), 'bookingFields[1].slug duplicate'],
  [type({ bookingFields: [{ ...field, type: 'select' }] }), 'bookingFields[0].options conflict'],
  [type({ bookingFields: [{ ...field, options: ['a'] }] }), 'bookingFields[0].options conflict'],
  [type({ locations: [{ type: 'link', link: 'javascript:alert(1)' }] }), 'locations[0].link bad_format'],
  [type({ locations: [{ type: 'integration', integration: 'jitsi' }] }), 'locations[0].integration conflict'],
  [type({ locations: [{ type: 'integration', integration: 'google-meet' }] }), 'locations[0].integration conflict'],
  [type({ locations: [{ type: 'integration', integration: 'zoom' }] }), 'locations[0].integration not_one_of'],
];

describe('what is refused', () => {
  it.each(refusedHosts)('of a host (%#)', async (file, ...places) => {
    expect(await placesOf(file)).toEqual(places.map((place) => `hosts[0].${place}`));
  });

  it.each(refusedTypes)('of an event type (%#)', async (file, ...places) => {
    expect(await placesOf(file)).toEqual(places.map((place) => `hosts[0].eventTypes[0].${place}`));
  });
});

describe('what is accepted at the limits', () => {
  it('hours that only touch, and a day that ends at 24:00', async () => {
    const weeklyHours = [hours('00:00', '12:00'), hours('12:00', '24:00'), hours('00:00', '24:00', ['Sunday'])];
    const configuration = await configurationOf(host({ weeklyHours }));
    expect(configuration.hosts[0]?.weeklyHours.map(({ days }) => days)).toEqual([[1], [1], [7]]);
  });

  it('lengths of one minute and of a whole day', async () => {
    const types = [anEventType({ lengthInMinutes: 1 }), anEventType({ id: 2, slug: 'day', lengthInMinutes: 1440 })];
    const configuration = await configurationOf(host({ eventTypes: types }));
    expect(configuration.hosts[0]?.eventTypes.map(({ lengthInMinutes }) => lengthInMinutes)).toEqual([1, 1440]);
  });
});
