import { expect, test } from 'vitest';
import { timesWithoutZone } from './times-without-zone.ts';

test.each([
  'at 11:00 Europe/Oslo (UTC+02:00).',
  'at 3:00 PM America/Argentina/Buenos Aires (UTC-03:00).',
  '2050-09-05 09:00:07 UTC',
  '2050-09-05T09:00:00.000Z and 2050-09-05T09:00:00+02:00',
  '23:30 – Tuesday, 6 September 2050, 00:30 Europe/Oslo (UTC+02:00)',
  '02:30 (UTC+02:00) – 02:30 Europe/Oslo (UTC+01:00)',
  'in winter at 11:00 Europe/London (UTC)',
])('named: %s', (text) => {
  expect(timesWithoutZone(text)).toEqual([]);
});

test.each([
  'at 11:00.',
  'Mon 5 Sept 2050, 11:00',
  '10:00 – 10:30',
  '3:00 PM, for Odd',
  'at 11:00 Europe/Oslo',
  '9:00:07 Next',
])('without: %s', (text) => {
  expect(timesWithoutZone(text)).not.toEqual([]);
});
