import { none, some } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';
import { anEvent, fails, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { put } from '../../../support/google-stand-in/calendar-state.ts';
import { givenGoogle } from './given-google.ts';

const given = givenGoogle();

describe('changing an event (Google stand-in)', () => {
  it('S10: when writing the link fails, the event stays known and the link is written later, alone', async () => {
    const { google, calendar } = await given();
    const asked = anEvent({ conference: some({ requestId: 'room-of-bk1' }) });
    const stored = await succeeds(calendar.create(asked, live()));
    const decorated = { ...asked, description: 'Notes\nhttps://meet.google.com/stand-in-room-of-bk1' };
    google.faults.next('patch', { kind: 'refuse', status: 503, reason: 'backendError' });
    expect((await fails(calendar.change(decorated, stored, live()))).kind).toBe('provider-error');
    await succeeds(calendar.change(decorated, stored, live()));
    expect(google.primary.events.get(stored.providerEventId)?.description).toContain('stand-in-room-of-bk1');
    expect(google.received('insert')).toHaveLength(1);
    expect(await succeeds(calendar.remove(ownOf(asked), live()))).toBe('removed');
  });

  it('sends If-Match, keeps what the host added, and writes over what the host changed meanwhile', async () => {
    const { google, calendar } = await given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    const before = google.primary.events.get(stored.providerEventId) ?? {};
    put(google.primary, { ...before, colorId: '7', summary: 'by hand' });
    const changed = await succeeds(calendar.change(anEvent({ sequence: 1 }), stored, live()));
    const [first, second] = google.received('patch');
    expect(some(first?.headers['if-match'])).toEqual(stored.etag);
    expect(second?.headers['if-match']).not.toBe(first?.headers['if-match']);
    expect(google.primary.events.get(stored.providerEventId)).toMatchObject({
      colorId: '7',
      summary: anEvent().summary,
    });
    expect(changed.etag).not.toEqual(stored.etag);
  });

  it('leaves a second change by the host in between to a retry', async () => {
    const { google, calendar } = await given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    google.faults.next('patch', { kind: 'refuse', status: 412, reason: 'conditionNotMet' }, 2);
    expect((await fails(calendar.change(anEvent(), stored, live()))).kind).toBe('provider-error');
    expect(google.received('patch')).toHaveLength(2);
  });

  it('does not take a patch that leaves the event deleted for a change', async () => {
    const { google, calendar } = await given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    google.faults.next('patch', { kind: 'answer', body: { id: stored.providerEventId, status: 'cancelled' } });
    expect((await fails(calendar.change(anEvent(), stored, live()))).kind).toBe('calendar-not-found');
  });

  it('tells a calendar where it may not write from an event that is gone', async () => {
    const { google, calendar } = await given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    google.faults.next('patch', { kind: 'refuse', status: 403, reason: 'requiredAccessLevel' });
    expect((await fails(calendar.change(anEvent(), stored, live()))).kind).toBe('forbidden');
  });

  it('asks for a room that is not there yet once more, under the same request id', async () => {
    const { google, calendar } = await given();
    google.primary.meet = 'pending';
    const asked = anEvent({ conference: some({ requestId: 'room-of-bk1' }) });
    const stored = await succeeds(calendar.create(asked, live()));
    google.finishRooms();
    const changed = await succeeds(calendar.change(asked, { ...stored, etag: none }, live()));
    expect(changed.meetingUrl).toEqual(some('https://meet.google.com/stand-in-room-of-bk1'));
    expect(google.received('patch')[0]?.body).toContain('"requestId":"room-of-bk1"');
  });
});
