import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { cancelBooking } from '../../../src/application/commands/change-booking.ts';
import { findSlots } from '../../../src/application/queries/find-slots.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { usualConfirmation } from '../../../src/domain/bookable/confirmation-policy.ts';
import { rulesOf } from '../../../src/domain/rules/decision-facts.ts';
import { epochMs, requestData } from '../../../src/testing/index.ts';
import { faulty } from '../../support/faulty-event-store.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { brokenStreams } from '../../support/log-checks.ts';
import { mustRun } from '../../support/must.ts';
import { commanded, contextOf, countingIdentity, recorded, typesIn } from '../process.helper.ts';
import { bootDesk, requestFor } from './requesting.helper.ts';

const refusedAsTaken = { left: { type: 'SlotRefused', refusal: { code: 'slot_unavailable' } } };

let store: EventStore;
beforeEach(() => {
  store = makeMemoryEventStore();
});

const log = async (): Promise<ReadonlyArray<string>> =>
  (await mustRun(store.readAll(0, 1_000))).map(({ type }) => type);

describe('requesting a booking', () => {
  it('holds the slot and writes the request, in this order, and nothing else', async () => {
    const { request } = bootDesk(store);
    expect(await request(requestFor('one'))).toMatchObject({
      right: { uid: 'one', repeated: false, booking: { phase: 'pending' } },
    });
    expect(await log()).toEqual(['SlotHeld', 'BookingRequested']);
    const [event] = await recorded(store, 'booking-one');
    expect(event?.data).toMatchObject({ deadline: '2050-09-05T08:00:00Z', icsUid: 'one@holdfast' });
  });

  it('I2 of many at once, here and in another process, one gets the slot', async () => {
    const desks = [bootDesk(store), bootDesk(store)];
    const results = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => desks[index % 2]?.request(requestFor(`uid${index}`))),
    );
    expect(results.filter((result) => result !== undefined && E.isRight(result))).toHaveLength(1);
    for (const result of results)
      if (result !== undefined && E.isLeft(result)) expect(result).toMatchObject(refusedAsTaken);
    expect(await log()).toEqual(['SlotHeld', 'BookingRequested']);
  });

  it('I10 a calendar that cannot be read refuses, and no booking is written', async () => {
    const { request, work } = bootDesk(store);
    work.plan('busy', { type: 'refuse', kind: 'auth-revoked' });
    expect(await request(requestFor('one'))).toMatchObject({
      left: { type: 'CalendarUnreadable', calendarId: 'work' },
    });
    expect(await request(requestFor('two', { host: { ...odd, calendarIds: ['gone'] } }))).toMatchObject({
      left: { type: 'CalendarUnreadable', failure: { kind: 'no-credential' } },
    });
    // No booking and no slot: one fact for each calendar, for its host (S28).
    expect(await log()).toEqual(['CalendarUnreadableForBooking', 'CalendarUnreadableForBooking']);
  });

  it('a busy calendar refuses; a slot that is taken is refused without asking it', async () => {
    const { request, work } = bootDesk(store);
    work.addForeign({ start: epochMs('08:10'), end: epochMs('08:20') });
    expect(await request(requestFor('one'))).toMatchObject(refusedAsTaken);
    await request(requestFor('two', { start: epochMs('09:00') }));
    const calls = work.calls.length;
    expect(await request(requestFor('three', { start: epochMs('09:00') }))).toMatchObject(refusedAsTaken);
    expect(work.calls).toHaveLength(calls);
  });

  it('with the time that is held goes what it was decided by: rules, and calendars that were read', async () => {
    const { request, work } = bootDesk(store);
    await request(requestFor('one'));
    const { digest } = rulesOf(countingIdentity().sha256, odd);
    const [held] = await recorded(store, 'schedule-odd');
    expect(held?.data.decidedBy).toEqual({ rules: digest, calendars: ['work'], busy: [] });
    expect(brokenStreams(await mustRun(store.readAll(0, 1_000)))).toEqual([]);
    work.addForeign({ start: epochMs('09:10'), end: epochMs('09:20') });
    const busy = { calendarId: 'work', start: '2050-09-05T09:10:00Z', end: '2050-09-05T09:20:00Z' };
    expect(await request(requestFor('two', { start: epochMs('09:00') }))).toMatchObject({ left: { busy } });
  });

  it('a request that holds no time of its own says itself what it was decided by', async () => {
    const { request } = bootDesk(store);
    const confirmationPolicy = { ...usualConfirmation, blockUnconfirmedBookingsInBooker: false };
    await request(requestFor('one', { eventType: { ...intro, confirmationPolicy } }));
    const [asked] = await recorded(store, 'booking-one');
    expect(asked?.data.decidedBy).toMatchObject({ calendars: ['work'], busy: [] });
  });

  it('I5 S24 the same request under one key is one booking, at once, later and elsewhere', async () => {
    const desks = [bootDesk(store), bootDesk(store)];
    const same = requestFor('key', { repeatable: true });
    const results = await Promise.all([0, 1, 0, 1].map(async (desk) => desks[desk]?.request(same)));
    results.push(await bootDesk(store).request(same));
    for (const result of results) expect(result).toMatchObject({ right: { uid: 'key' } });
    expect(await log()).toEqual(['SlotHeld', 'BookingRequested']);
  });

  it('I5 the same request at two nodes at once is what one of them wrote', async () => {
    const [a, b] = ['a', 'b'].map((node) => bootDesk(store, undefined, node));
    const same = requestFor('key', { repeatable: true });
    const answers = await Promise.all([a?.request(same), b?.request(same)]);
    const [written] = await recorded(store, 'booking-key');
    const salt = at(written?.data ?? null, 'personal', 'salt');
    for (const answer of answers)
      expect(answer).toMatchObject({ right: { uid: 'key', booking: { request: { personal: { salt } } } } });

    await b?.request(requestFor('next', { start: epochMs('09:00') }));
    await a?.request(requestFor('last', { start: epochMs('10:00') }));
    expect(brokenStreams(await mustRun(store.readAll(0, 1_000)))).toEqual([]);
  });

  it('another request under the same key is refused', async () => {
    const { request } = bootDesk(store);
    await request(requestFor('key', { repeatable: true }));
    const other = requestFor('key', { repeatable: true, fingerprint: 'other' });
    expect(await request(other)).toEqual(E.left({ type: 'KeyReused' }));
    expect(await log()).toHaveLength(2);
  });

  it('the digest of a request is salted with what is erased with the person', async () => {
    const { request, buses, deps } = bootDesk(store);
    const asked = requestFor('key', { repeatable: true });
    await request(asked);
    const [written] = await recorded(store, 'booking-key');
    expect(written?.data.fingerprint).not.toContain(asked.fingerprint);
    const salt = String(at(written?.data ?? null, 'personal', 'salt'));
    expect(written?.data.fingerprint).toBe(deps.identity.sha256(`${salt} ${asked.fingerprint}`));
    const erasure = { type: 'ErasePersonalData', subject: 's', people: ['attendee'], now: epochMs('23:00') } as const;
    await commanded(buses, 'key', erasure);
    expect(await request(asked)).toEqual(E.left({ type: 'KeyReused' }));
  });

  it('given a digest as earlier releases wrote it, then the same request is known again', async () => {
    const { request, buses } = bootDesk(store);
    const data = requestData();
    const asked = { type: 'RequestBooking', now: epochMs('06:00'), request: data } as const;
    await mustRun(buses.bookings.execute('key', asked, contextOf('early')));
    const same = requestFor('key', { repeatable: true, fingerprint: data.fingerprint });
    expect(await request(same)).toMatchObject({ right: { uid: 'key', repeated: true } });
  });

  it('a lost answer of the store is settled by reading on', async () => {
    for (const fault of ['timeout-after-commit', 'connection-lost'] as const) {
      const own = makeMemoryEventStore();
      const faults = [fault];
      const { request } = bootDesk(faulty(own, () => faults.shift() ?? 'none'));
      expect(await request(requestFor('one')), fault).toMatchObject({
        right: { uid: 'one', booking: { phase: 'pending' } },
      });
      expect(await typesIn(own, 'booking-one'), fault).toEqual(['BookingRequested']);
      expect(await typesIn(own, 'schedule-odd'), fault).toEqual(['SlotHeld']);
    }
  });

  it('a hold that an interrupted try has left is used', async () => {
    const { request, deps } = bootDesk(store);
    const { buses, clock } = deps;
    const hold = {
      type: 'HoldSlot',
      now: clock.now(),
      bookingUid: 'key',
      icsUid: 'held-earlier@holdfast',
      rules: { host: odd, eventType: intro },
      start: epochMs('08:00'),
      lengthInMinutes: 30,
      busy: [],
    } as const;
    await mustRun(buses.schedules.execute('odd', hold, contextOf('interrupted')));
    expect(await request(requestFor('key', { repeatable: true }))).toMatchObject({ right: { uid: 'key' } });
    const [event] = await recorded(store, 'booking-key');
    expect(event?.data).toMatchObject({ icsUid: 'held-earlier@holdfast' });
    expect(await log()).toEqual(['SlotHeld', 'BookingRequested']);
  });

  it('I11 S29 what is offered can be booked, and a cancelled slot is offered and booked again', async () => {
    const { request, deps } = bootDesk(store);
    const offered = async () => {
      const window = { start: epochMs('08:00'), end: epochMs('09:00') };
      const slots = await mustRun(
        findSlots(deps)(
          { rules: { host: odd, eventType: intro }, window, lengthInMinutes: 30 },
          new AbortController().signal,
        ),
      );
      return slots.map(({ start }) => start);
    };
    expect(await offered()).toEqual([epochMs('08:00'), epochMs('08:30')]);
    await request(requestFor('one'));
    expect(await offered()).toEqual([epochMs('08:30')]);
    const cancellation = { by: 'guest', reason: null, cancellable: true, hostMustGiveReason: false } as const;
    const change = { ...deps, identity: { newSalt: () => 'salt', newCommandId: () => 'release' } };
    expect(await mustRun(cancelBooking(change)(cancellation)('one', contextOf('cancel')))).toMatchObject({
      changed: true,
    });
    expect(await mustRun(cancelBooking(change)(cancellation)('one', contextOf('again')))).toMatchObject({
      changed: false,
    });
    expect(await offered()).toEqual([epochMs('08:00'), epochMs('08:30')]);
    expect(await request(requestFor('two'))).toMatchObject({ right: { uid: 'two' } });
    expect(await typesIn(store, 'schedule-odd')).toEqual(['SlotHeld', 'SlotReleased', 'SlotHeld']);
  });
});
