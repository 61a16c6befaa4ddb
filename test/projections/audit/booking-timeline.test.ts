import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { auditedEvent, NOW, parseMoment, readAudited } from '../../../src/application/audit/read-for-audit.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { ERASED } from '../../../src/domain/log/sealed-data.ts';
import { isObject } from '../../../src/domain/unknown.ts';
import { timelineOf } from '../../../src/projections/audit/booking-timeline.ts';
import { FRONT_DESK, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { must } from '../../support/must.ts';

const names = {
  ofActor: (id: string) => (id === FRONT_DESK ? 'front desk' : null),
};
const audited = async (uid: string) => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  return must(await readAudited(store, uid));
};
const timeline = async (uid: string, at?: string) =>
  timelineOf(uid, await audited(uid), at === undefined ? NOW : must(parseMoment(at)), names);

describe('the timeline of a booking', () => {
  it('given a booking, then each event says who, why, what changed and what was said to whom', async () => {
    const { entries, revision, position } = await timeline(RUNA);
    expect({ revision, position, count: entries.length }).toEqual({ revision: 10, position: 13, count: 11 });
    expect(entries[0]).toMatchObject({
      type: 'BookingRequested',
      text: expect.stringContaining('Introduction was requested for 2050-09-06 11:00 Europe/Oslo (UTC+02:00)'),
      actor: { kind: 'host', id: FRONT_DESK, name: 'front desk' },
      cause: { type: 'command' },
      changes: expect.arrayContaining([{ what: 'status', from: null, to: 'pending' }]),
    });
    expect(entries[3]).toMatchObject({
      actor: { kind: 'system', id: null, name: null },
      cause: { type: 'event', revision: 2, eventType: 'CalendarSyncFailed' },
      changes: [{ what: 'because', from: 'deciding', to: 'calendar_sync_failed' }],
    });
    expect(entries[4]?.told).toEqual({
      channel: 'mail',
      recipient: 'attendee',
      notification: 'received-not-confirmed',
      about: 3,
      outcome: 'sent',
      messageId: '<received-not-confirmed@holdfast>',
    });
  });

  it('given calls of calendars, then each has its outcome, and how long it took where the log knows', async () => {
    const { entries } = await timeline(RUNA);
    expect(entries.flatMap(({ call }) => call ?? [])).toEqual([
      {
        calendarId: 'work',
        attempt: 1,
        outcome: 'provider-error: the calendar server answered 503',
        begunAt: 1,
        tookMs: 1240,
      },
      { calendarId: 'work', attempt: 2, outcome: 'done', begunAt: 6, tookMs: 200 },
      { calendarId: 'work', attempt: 1, outcome: 'done', begunAt: null, tookMs: 85 },
    ]);
  });

  it('given a moment, then the story ends there, with what the booking was like', async () => {
    const early = await timeline(RUNA, '2050-09-05T08:00:05Z');
    expect(early).toMatchObject({
      revision: 5,
      standing: {
        status: 'pending',
        since: '2050-09-05T08:00:00Z',
        reason: 'calendar_sync_failed',
        calendars: [{ calendarId: 'work', status: 'failed', failure: expect.stringContaining('503') }],
      },
    });
    expect(await timeline(RUNA, '8')).toMatchObject({
      revision: 8,
      standing: { status: 'accepted', since: '2050-09-05T08:00:11.5Z' },
    });
    expect(await timeline(RUNA, '2050-09-05T07:00:00Z')).toEqual({
      uid: RUNA,
      revision: -1,
      position: 0,
      entries: [],
      standing: null,
    });
  });

  it('given a cancelled booking, then who cancelled and why, and since when', async () => {
    expect((await timeline(IVAR)).standing).toMatchObject({
      status: 'cancelled',
      reason: 'ill',
      since: '2050-09-05T08:20:00Z',
      calendars: [{ status: 'removed' }],
    });
  });

  it('given erased personal data, then the story is told without it', async () => {
    const events = (await audited(RUNA)).map(({ recorded }) =>
      auditedEvent({ ...recorded, data: erasePersonal(sha256Hex)(recorded.data) }),
    );
    const { entries, standing } = timelineOf(RUNA, events, NOW, names);
    expect(standing).toMatchObject({ status: 'accepted', guest: null, hostZone: null });
    expect(entries[0]).toMatchObject({ erased: true, text: expect.stringContaining('was erased') });
    expect(JSON.stringify(entries)).not.toContain('runa@example.com');
  });

  it('given a guest who is forgotten, then whoever booked is shown as before', async () => {
    const events = (await audited(RUNA)).map(({ recorded }) => {
      const { personal } = recorded.data;
      if (recorded.revision > 0 || !isObject(personal)) return auditedEvent(recorded);
      return auditedEvent({
        ...recorded,
        data: { ...recorded.data, personal: { ...personal, guests: [ERASED], erased: true } },
      });
    });
    const { entries, standing } = timelineOf(RUNA, events, NOW, names);
    expect(standing).toMatchObject({ guest: { name: 'Runa' }, guests: [ERASED] });
    expect(entries[0]).toMatchObject({ erased: true, text: expect.stringContaining('of a guest in it was erased') });
  });

  it('given an event that nobody understands, then it is shown as such, and the rest is told', async () => {
    const events = (await audited(RUNA)).map(({ recorded }) =>
      auditedEvent(recorded.revision === 2 ? { ...recorded, type: 'CalendarDreamt' } : recorded),
    );
    const { entries, standing } = timelineOf(RUNA, events, NOW, names);
    expect(entries[2]?.text).toContain('cannot be understood');
    expect(standing?.status).toBe('accepted');
  });
});
