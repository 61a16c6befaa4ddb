import { expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { CalendarSettings } from '../../../src/adapters/calendars/providers.ts';
import { placeOf } from '../../../src/adapters/calendars/providers.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import { notePlaces } from '../../../src/application/calendars/note-calendars.ts';
import { secretOf } from '../../../src/application/secret.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { makeTestClock } from '../../support/clock.ts';
import { mustRun } from '../../support/must.ts';

const dav = (more: Partial<Extract<CalendarSettings, { type: 'caldav' }>> = {}): CalendarSettings => ({
  type: 'caldav',
  id: 'work',
  label: 'Work',
  whenDeleted: 'cancel',
  whenMoved: 'follow',
  deletedGraceMs: 120_000,
  url: 'https://someone:hush@dav.example/odd/?key=hush#hush',
  username: 'odd',
  password: secretOf('hush'),
  calendarName: 'Work',
  ca: null,
  ...more,
});

const noted = async (...starts: ReadonlyArray<ReadonlyArray<CalendarSettings>>) => {
  const store = makeMemoryEventStore();
  const buses = makeBookingBuses({ store, identity: systemIdentity });
  const problems: string[] = [];
  const note = notePlaces({
    buses,
    clock: makeTestClock(),
    identity: systemIdentity,
    report: ({ reason }) => void problems.push(reason),
  });
  for (const configured of starts) await note(configured.map(placeOf));
  expect(problems).toEqual([]);
  return mustRun(store.readAll(0, 100));
};

it('given the same calendar at every start, then its place is written once, without secrets', async () => {
  const log = await noted([dav()], [dav({ password: secretOf('hush, new'), label: 'Other' })]);
  expect(log).toMatchObject([
    {
      stream: 'calendar-work',
      type: 'CalendarConnected',
      data: {
        provider: 'caldav',
        personal: { address: 'https://dav.example/odd/, calendar "Work", as odd', salt: expect.any(String) },
      },
    },
  ]);
  expect(JSON.stringify(log)).not.toContain('hush');
});

it.each([
  ['another address', dav({ url: 'https://dav.example/eva/' })],
  ['another account', dav({ username: 'eva' })],
  ['another name', dav({ calendarName: null })],
  [
    'another provider',
    {
      type: 'local',
      id: 'work',
      label: 'Work',
      whenDeleted: 'cancel',
      whenMoved: 'follow',
      deletedGraceMs: 120_000,
    } as const,
  ],
])('given %s under the same id, then that is written', async (_, changed) => {
  const log = await noted([dav()], [changed], [changed]);
  expect(log.map(({ type }) => type)).toEqual(['CalendarConnected', 'CalendarAddressChanged']);
});
