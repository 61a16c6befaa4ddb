import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import { instantCodec } from '../../../src/domain/log/envelope.ts';
import { decodeBookingEvent, decodeScheduleEvent, newestVersion } from '../../../src/domain/log/decode.ts';
import { scheduleEventCodecs } from '../../../src/domain/schedule/schedule-state.ts';
import {
  slotForMoveHeld,
  slotForMoveReleased,
  requested,
  slotConfirmed,
  slotHeld,
  slotMoved,
  slotReleased,
} from '../../../src/testing/index.ts';
import { asObject, oneOfEach } from './sealed.helper.ts';

const stored = (event: { readonly type: string; readonly data: unknown; readonly occurredAt: string }) => ({
  ...event,
  data: asObject(event.data),
  version: newestVersion(event.type),
});

/** Every codec in a codec with the path to it. */
const walk = (codec: t.Mixed, path: string): ReadonlyArray<readonly [string, t.Mixed]> => {
  const inner =
    codec instanceof t.InterfaceType || codec instanceof t.PartialType
      ? Object.entries<t.Mixed>(codec.props).map(([key, one]) => walk(one, `${path}.${key}`))
      : codec instanceof t.ReadonlyArrayType
        ? [walk(codec.type, `${path}[]`)]
        : codec instanceof t.UnionType || codec instanceof t.IntersectionType
          ? codec.types.map((one: t.Mixed) => walk(one, path))
          : [];
  return [[path, codec], ...inner.flat()];
};

const all = Object.entries({ ...bookingEventCodecs, ...scheduleEventCodecs }).flatMap(([type, codec]) =>
  walk(codec, type),
);

describe('the codecs of stored events', () => {
  it('there is a fixture of every booking event, and each is read back as it was written', () => {
    expect(new Set(oneOfEach.map(({ type }) => type))).toEqual(new Set(Object.keys(bookingEventCodecs)));
    for (const event of oneOfEach) expect(decodeBookingEvent(stored(event))).toEqual(E.right(event));
  });

  it('of schedule events as well', () => {
    const events = [
      slotHeld('one', '08:00', '08:30'),
      slotConfirmed('one'),
      slotReleased('one'),
      slotForMoveHeld('one', '09:00', '09:30'),
      slotMoved('one'),
      slotForMoveReleased('one'),
    ];
    expect(events.map(({ type }) => type)).toEqual(Object.keys(scheduleEventCodecs));
    for (const event of events) expect(decodeScheduleEvent(stored(event))).toEqual(E.right(event));
  });

  it('keep fields of a later time that they do not know', () => {
    const [event] = oneOfEach;
    const more = { ...stored(event ?? slotConfirmed('x')), data: { ...asObject(event?.data), later: 1 } };
    expect(decodeBookingEvent(more)).toMatchObject({ right: { data: { later: 1 } } });
  });

  it('how the host is asked is read back as it was written', () => {
    const asked = requested({ approval: { deadline: '13:00', remindAt: ['11:00'], holdsSlot: false } });
    expect(decodeBookingEvent(stored(asked))).toEqual(E.right(asked));
    const data = { ...asObject(asked.data), approval: { deadline: 'soon', remindAt: [], holdsSlot: true } };
    expect(decodeBookingEvent({ ...stored(asked), data })).toMatchObject({ left: { type: 'InvalidData' } });
  });

  it('a required field that is missing is found, in every event', () => {
    for (const event of oneOfEach)
      for (const field of Object.keys(event.data)) {
        const { [field]: _, ...rest } = asObject(event.data);
        expect(decodeBookingEvent({ ...stored(event), data: rest }), `${event.type}.${field}`).toMatchObject({
          left: { type: 'InvalidData', reason: expect.stringContaining(field) },
        });
      }
  });
});

describe('I12 personal fields', () => {
  const personalNames = /name$|email|phone|attendee|guests|responses|metadata|language|timeZone/i;

  it('I12 lie under data.personal and nowhere else, beside a salt', () => {
    const outside = all.filter(([path]) => !path.includes('.personal'));
    const fieldOf = (path: string) => path.slice(path.indexOf('.') + 1);
    const fields = outside.map(([path]) => path).filter((path) => path.includes('.'));
    expect(fields.filter((path) => personalNames.test(fieldOf(path)))).toEqual([]);
    const marked = all.filter(([path]) => /^\w+\.personal$/.test(path));
    expect(marked.map(([path]) => path)).toEqual([
      'BookingRequested.personal',
      'BookingRejected.personal',
      'BookingCancelled.personal',
      'AbsenceMarked.personal',
      'GuestsAdded.personal',
      'LocationChanged.personal',
      'RescheduleRequested.personal',
      'RescheduleDeclined.personal',
    ]);
    for (const [path, codec] of marked)
      expect(codec instanceof t.InterfaceType && Object.keys(codec.props), path).toContain('salt');
  });

  it('I12 free-form data is let in under data.personal only', () => {
    const freeForm = all.filter(([, { _tag }]: readonly [string, t.Mixed & { _tag?: string }]) =>
      ['UnknownType', 'AnyDictionaryType', 'DictionaryType', 'AnyArrayType'].includes(_tag ?? ''),
    );
    expect(freeForm.map(([path]) => path).sort()).toEqual([
      'BookingRequested.personal.metadata',
      'BookingRequested.personal.responses',
    ]);
  });

  it('I12 no fixture names the guest outside of it', () => {
    for (const event of oneOfEach) {
      const { personal: _, ...rest } = asObject(event.data);
      expect(JSON.stringify(rest)).not.toMatch(/runa|example\.com"/i);
    }
  });
});

describe('instants', () => {
  it('are UTC, in ISO 8601, with up to nine decimals', () => {
    for (const right of ['2050-09-05T09:00:00Z', '2050-12-31T23:59:59.123456789Z'])
      expect(instantCodec.is(right)).toBe(true);
    for (const wrong of [
      '2050-09-05T09:00:00+02:00',
      '2050-09-05',
      '2050-13-05T09:00:00Z',
      '2050-09-32T09:00:00Z',
      '2050-09-05T24:00:00Z',
      '2050-09-05T09:60:00Z',
      '',
      0,
      null,
    ])
      expect(instantCodec.is(wrong), String(wrong)).toBe(false);
  });
});
