import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { secretOf } from '../../src/application/secret.ts';
import { corpus } from '../adapters/icalendar/corpus/index.ts';
import { makeCalendar, rawRequest } from '../support/caldav-server.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { runningServer } from '../support/running-server.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { startXandikos } from '../support/xandikos.ts';

/** Every minute of every day can be booked, so that nothing but the calendar refuses. */
const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];

/** Slots are five minutes apart. */
const isOnGrid = (instant: string): boolean => Number(instant.slice(-1)) % 5 === 0;

const marked = Object.values(corpus).flatMap((entries) => entries.filter(({ endToEnd }) => endToEnd));

describeWith('xandikos', 'the corpus, stored on a real CalDAV server (Xandikos) and booked against', () => {
  const server = runningServer(startXandikos);
  let url: string;
  let holdfast: World;
  const object = (): string => `${url}corpus.ics`;

  const store = async (text: string): Promise<void> => {
    const headers = { 'content-type': 'text/calendar; charset=utf-8' };
    const { status, body } = await rawRequest(server(), 'PUT', object(), text, headers);
    expect({ status, body }).toMatchObject({ status: 201 });
  };

  beforeAll(async () => {
    url = await makeCalendar(server(), 'corpus');
  });
  afterEach(async () => {
    await rawRequest(server(), 'DELETE', object());
  });

  const given = (): Promise<World> =>
    world({
      begins: '2026-01-01T00:00:00Z',
      weeklyHours: ALWAYS,
      intro: { lengthInMinutes: 5, slotInterval: 5, bookingWindow: { type: 'unlimited' } },
      configured: [
        {
          type: 'caldav',
          id: 'work',
          label: 'Work',
          whenDeleted: 'cancel',
          whenMoved: 'follow',
          deletedGraceMs: 120_000,
          url,
          username: server().credentials.username,
          password: secretOf(server().credentials.password),
          calendarName: null,
          ca: null,
        },
      ],
    });

  it.each(marked.map((one) => [one.name, one] as const))('%s', async (_, { text, busy, free }) => {
    holdfast = await given();
    await store(text);
    for (const instant of busy.filter(isOnGrid).slice(0, 2)) {
      const refused = await holdfast.runa.books({ start: `${instant}:00Z` });
      expect({ instant, ...refused }).toMatchObject({ instant, http: 409, code: 'slot_unavailable' });
    }
    const [instant] = free.filter(isOnGrid);
    const booked = await holdfast.runa.books({ start: `${String(instant)}:00Z` });
    expect({ instant, ...booked }).toMatchObject({ instant, http: 201, status: 'accepted' });
    await holdfast.runa.cancels(booked.uid);
    await holdfast.settled();
  });

  describe('what nobody can read', () => {
    it.each([
      ['a rule with an unknown frequency', 'RRULE:FREQ=FORTNIGHTLY'],
      ['a rule with no number where one must be', 'RRULE:FREQ=DAILY;INTERVAL=often'],
    ])('%s blocks its day and no other', async (_, rule) => {
      holdfast = await given();
      await store(
        [
          'BEGIN:VCALENDAR',
          'VERSION:2.0',
          'PRODID:-//Corpus//EN',
          'BEGIN:VEVENT',
          'UID:odd@example.org',
          'DTSTAMP:20260101T000000Z',
          'DTSTART:20270705T090000Z',
          'DTEND:20270705T100000Z',
          rule,
          'END:VEVENT',
          'END:VCALENDAR',
          '',
        ].join('\r\n'),
      );
      expect(await holdfast.runa.books({ start: '2027-07-05T09:00:00Z' })).toMatchObject({ http: 409 });
      const booked = await holdfast.runa.books({ start: '2027-07-15T09:00:00Z' });
      expect(booked).toMatchObject({ http: 201, status: 'accepted' });
      await holdfast.runa.cancels(booked.uid);
      await holdfast.settled();
    });
  });
});
