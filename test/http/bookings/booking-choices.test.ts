import { describe, expect, test } from 'vitest';
import type { BookingField, EventLocation } from '../../../src/domain/bookable/event-type.ts';
import { chosenLocation, wrongResponses } from '../../../src/http/bookings/booking-fields.ts';
import type { LocationBody } from '../../../src/http/bookings/create-body.ts';

const nowhere: LocationBody = { type: '' };
const said = (body: Partial<LocationBody>): LocationBody => ({ ...nowhere, ...body });
const personal = (text: string) => ({ right: { type: 'personal', text } });

describe('where it takes place', () => {
  const office: EventLocation = { type: 'address', address: 'Storgata 1' };
  const room: EventLocation = { type: 'integration', integration: 'jitsi' };

  test('the first one unless the guest names another, by type, name, or as older clients of Cal.com do', () => {
    const offered = [office, room];
    expect(chosenLocation(offered, undefined, undefined)).toMatchObject({
      right: { type: 'stated', text: 'Storgata 1' },
    });
    for (const wanted of [
      said({ type: 'integration' }),
      said({ type: 'integration', integration: 'jitsi' }),
      'jitsi',
      'integration',
    ])
      expect(chosenLocation(offered, wanted, undefined)).toMatchObject({ right: { type: 'room', provider: 'jitsi' } });
    expect(chosenLocation(offered, 'Storgata 1', undefined)).toMatchObject({ right: { type: 'stated' } });
    expect(chosenLocation(offered, said({ type: 'integration', integration: 'zoom' }), undefined)).toMatchObject({
      left: { code: 'not_offered' },
    });
    expect(chosenLocation([], undefined, undefined)).toMatchObject({ right: { type: 'none' } });
  });

  test('what the guest has to say is demanded', () => {
    const at = (
      type: 'attendeeAddress' | 'attendeePhone' | 'attendeeDefined',
      body: Partial<LocationBody>,
      phone?: string,
    ) => chosenLocation([{ type }], said({ type, ...body }), phone);
    expect(at('attendeeAddress', { address: 'Home 1' })).toMatchObject(personal('Home 1'));
    expect(at('attendeeDefined', { location: 'The park' })).toMatchObject(personal('The park'));
    expect(at('attendeePhone', { phone: '+4712345678' })).toMatchObject(personal('+4712345678'));
    expect(at('attendeePhone', {}, '+4787654321')).toMatchObject(personal('+4787654321'));
    expect(at('attendeeAddress', {})).toMatchObject({ left: { field: 'location.address', code: 'required' } });
    expect(chosenLocation([{ type: 'attendeePhone' }], undefined, undefined)).toMatchObject({
      left: { field: 'location.phone' },
    });
  });
});

describe('answers to the questions of the event type', () => {
  const field = (type: BookingField['type'], more: Partial<BookingField> = {}): BookingField => ({
    slug: 'q',
    label: 'Q',
    type,
    required: true,
    ...more,
  });
  const options = { options: ['red', 'blue'] };

  test.each([
    [field('text'), 'x', 7],
    [field('textarea'), 'x', 'x'.repeat(10_001)],
    [field('number'), 7, '7'],
    [field('boolean'), false, 'false'],
    [field('select', options), 'red', 'green'],
    [field('multiselect', options), ['red', 'blue'], ['red', 'green']],
    [field('email'), 'a@b.cd', 'a@b'],
    [field('phone'), '+47 12 34 56 78', '12345678'],
    [field('url'), 'https://x.example', 'javascript:alert(1)'],
  ])('$type takes %o, refuses %o', (asked, right, wrong) => {
    expect(wrongResponses([asked], { q: right })).toEqual([]);
    expect(wrongResponses([asked], { q: wrong })).toMatchObject([
      { field: 'bookingFieldsResponses.q', code: 'invalid' },
    ]);
  });

  test('a required one must be there, another may be missing', () => {
    for (const nothing of [{}, { q: '' }, { q: null }])
      expect(wrongResponses([field('text')], nothing)).toMatchObject([{ code: 'required' }]);
    expect(wrongResponses([field('text', { required: false })], {})).toEqual([]);
  });

  test('Cal.com’s own questions may be answered, others not', () => {
    expect(wrongResponses([], { notes: 'x', guests: ['a@b.cd'] })).toEqual([]);
    expect(wrongResponses([], { notes: { deep: 1 } })).toMatchObject([{ code: 'invalid' }]);
    expect(wrongResponses([], { shoe: '42' })).toMatchObject([{ code: 'unknown' }]);
  });
});
