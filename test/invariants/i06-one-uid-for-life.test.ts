import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { at } from '../support/http-client.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { givenServer, SUBSCRIPTION } from './given-server.ts';
import { book, cancel, confirm, uidOf } from './guests.ts';

const poll = { timeout: 10_000, interval: 25 };

describe('I6 uid and ICS UID never change, SEQUENCE only rises', () => {
  it('through approval, a late success and cancelling: in the API, the calendar, mails and webhooks', async () => {
    const calendar = scriptedCalendar({ calendarId: 'work' });
    calendar.plan('create', { type: 'refuse', kind: 'network' }, { type: 'lose-answer' });
    const server = await givenServer({ calendars: [calendar] });
    const quiet = () => expect.poll(() => unfinished(server.log(), SUBSCRIPTION), poll).toEqual([]);
    const asked = await book(server.client(), { eventTypeId: 2 });
    const uid = uidOf(asked);
    const icsUid = at(asked.body, 'data', 'icsUid');
    expect(icsUid).toBe(`${uid}@holdfast`);

    const confirmed = await confirm(server.client(), uid);
    await quiet();
    const [held] = calendar.events();
    expect([held?.bookingUid, held?.icsUid, held?.sequence]).toEqual([uid, icsUid, 0]);
    const cancelled = await cancel(server.client(), uid);
    await quiet();
    await server.idle();

    for (const reply of [confirmed, cancelled, await server.client().get(`/v2/bookings/${uid}`)])
      expect([at(reply.body, 'data', 'uid'), at(reply.body, 'data', 'icsUid')]).toEqual([uid, icsUid]);
    const invitations = server.mails.flatMap(({ icalendar }) => {
      if (icalendar === undefined) return [];
      const event = ICAL.Component.fromString(icalendar.content).getFirstSubcomponent('vevent');
      return [[icalendar.method, event?.getFirstPropertyValue('uid'), event?.getFirstPropertyValue('sequence')]];
    });
    expect(invitations).toEqual([
      ['REQUEST', icsUid, 0],
      ['REQUEST', icsUid, 0],
      ['CANCEL', icsUid, 1],
      ['CANCEL', icsUid, 1],
    ]);
    const payloads = server.webhooks.received.map(({ body }) => at(JSON.parse(body.toString()), 'payload'));
    expect(payloads.map((payload) => at(payload, 'uid'))).toEqual(Array(payloads.length).fill(uid));
    const sequences = payloads.map((payload) => Number(at(payload, 'iCalSequence')));
    expect(sequences).toEqual(sequences.toSorted());
    expect(sequences.at(-1)).toBe(1);
    expect(new Set(payloads.map((payload) => at(payload, 'iCalUID')))).toEqual(new Set([icsUid]));
  });
});
