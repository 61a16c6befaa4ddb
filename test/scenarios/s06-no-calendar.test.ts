import { describe, expect, it } from 'vitest';
import { world } from '../support/scenario-world.ts';

describe('S06 no calendar connected', () => {
  it('makes the booking ACCEPTED, and the log says why', async () => {
    const { runa, settled, records, mails, hooks } = await world({ calendars: [] });

    const booked = await runa.books();
    await settled();

    expect(booked).toMatchObject({ http: 201, status: 'accepted' });
    expect(await records.theStream(booked.uid)).toEqual(['BookingRequested', 'BookingAccepted']);
    expect(await records.dataOf(booked.uid, 'BookingAccepted')).toEqual([{ reason: 'no_calendar_connected' }]);
    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await mails.kindsTo('odd')).toEqual(['Confirmed']);
    expect(hooks()).toMatchObject([{ trigger: 'BOOKING_CREATED', status: 'ACCEPTED' }]);
  });

  it('asks nobody else: an approval still comes first', async () => {
    const { runa, odd, settled, records, mails } = await world({ calendars: [] });

    const asked = await runa.books({ eventTypeId: 2 });
    await settled();
    expect(asked).toMatchObject({ status: 'pending', pendingReason: 'awaiting_approval' });
    expect(await mails.kindsTo('runa')).toEqual(['Request sent']);

    await odd.approves(asked.uid);
    await settled();
    expect((await records.theStream(asked.uid)).at(-1)).toBe('BookingAccepted');
    expect(await mails.kindsTo('runa')).toEqual(['Request sent', 'Confirmed']);
  });
});
