import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { at } from '../../support/http-client.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';
import { expectReply } from '../contract/schema.ts';
import { bookingAnswer } from '../contract/schemas.ts';
import { type Accepted, acceptedIn, countOf, host } from './accepted-booking.helper.ts';

const started = testApps();

describe('PATCH /v2/bookings/{uid}/location', () => {
  const patch = ({ app, path }: Accepted, location: Json, as: object = host) =>
    app.patch(`${path}/location`, { location }, as);

  test.each([
    [{ type: 'address', address: 'Storgata 1' }, 'Storgata 1'],
    [{ type: 'link', link: 'https://meet.example/a' }, 'https://meet.example/a'],
    [{ type: 'phone', phone: '+4799999999' }, '+4799999999'],
    [{ type: 'attendeeAddress', address: 'Lillegata 2' }, 'Lillegata 2'],
    [{ type: 'attendeePhone', phone: '+4788888888' }, '+4788888888'],
    [{ type: 'attendeeDefined', location: 'By the sea' }, 'By the sea'],
  ])('%j', async (location, shown) => {
    const booking = await acceptedIn(started);
    const changed = await patch(booking, location);
    expectReply(changed, 200, bookingAnswer);
    expect(at(changed.body, 'data', 'location')).toBe(shown);
    await booking.app.settled();
    expect(booking.work.events()[0]).toMatchObject({ sequence: 1, location: shown });
    await patch(booking, location);
    expect(await countOf(booking, 'LocationChanged')).toBe(1);
  });

  test('to a video room of a provider that makes rooms at once; any other is refused by name', async () => {
    const booking = await acceptedIn(started);
    const changed = await patch(booking, { type: 'integration', integration: 'jitsi' });
    expect(at(changed.body, 'data', 'location')).toBe(`https://meet.example/${booking.uid}`);
    await booking.app.settled();
    expect(booking.work.events()[0]?.location).toBe(`https://meet.example/${booking.uid}`);
    const meet = await patch(booking, { type: 'integration', integration: 'google-meet' });
    expectError(meet, 400, 'invalid_request', ['location.integration']);
  });

  test('says what is wrong, is for the host alone, and once under an Idempotency-Key', async () => {
    const booking = await acceptedIn(started);
    const { app, path } = booking;
    expectError(await patch(booking, { type: 'moon' }), 400, 'invalid_request', ['location.type']);
    expectError(await patch(booking, { type: 'address' }), 400, 'invalid_request', ['location.address']);
    expectError(await patch(booking, { type: 'link', link: 'javascript:x' }), 400, 'invalid_request', [
      'location.link',
    ]);
    expectError(await app.patch(`${path}/location`, {}, host), 400, 'invalid_request', ['location']);
    expectError(await patch(booking, { type: 'address', address: 'x' }, {}), 401, 'credentials_required');
    expectError(await patch(booking, { type: 'address', address: 'x' }, { key: 'cal_book' }), 403, 'forbidden');
    const once = { ...host, headers: { 'idempotency-key': 'place-1' } };
    await patch(booking, { type: 'address', address: 'One' }, once);
    await patch(booking, { type: 'address', address: 'Two' });
    const repeat = await patch(booking, { type: 'address', address: 'One' }, once);
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(at(repeat.body, 'data', 'location')).toBe('Two');
    expectError(await patch(booking, { type: 'address', address: 'Two' }, once), 422, 'idempotency_key_reused');
  });
});
