import { describe, expect, it } from 'vitest';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { followUp } from '../../../src/domain/saga/follow-up.ts';
import {
  accepted,
  approved,
  cancelled,
  epochMs,
  failed,
  leasedWhole,
  leftPending,
  requested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const AT = epochMs('10:00:00');
const wish = { node: 'a', until: AT + 15_000 };
const typesAfter = (events: Parameters<typeof foldBooking>[0], lease?: typeof wish, now = AT) =>
  followUp(now, lease)(foldBooking(events)).map(({ type }) => type);

describe('what follows at once', () => {
  it('a booking without calendars is accepted with its request', () => {
    expect(typesAfter([requested({ calendars: [] })])).toEqual(['BookingAccepted']);
  });

  it('one that needs approval is left pending with its request', () => {
    expect(typesAfter([requested({ requiresApproval: true })])).toEqual(['BookingLeftPending']);
  });

  it('one whose calendar has not answered is not decided (I1)', () => {
    expect(typesAfter([requested()])).toEqual([]);
    expect(typesAfter([requested(), started('work')])).toEqual([]);
  });

  it('a success accepts it, and the last failure leaves it pending', () => {
    expect(typesAfter([requested(), started('work'), succeeded('work')])).toEqual(['BookingAccepted']);
    expect(typesAfter([requested(), started('work'), failed('work', 'forbidden')])).toEqual(['BookingLeftPending']);
  });

  it('a failure beside an open write waits for it, as long as the saga would', () => {
    const story = [
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      started('home'),
      failed('work', 'network'),
    ];
    expect(typesAfter(story)).toEqual([]);
    expect(typesAfter(story, undefined, AT + 3_600_000)).toEqual(['BookingLeftPending']);
  });

  it('nothing follows where all is said', () => {
    for (const story of [
      [requested({ calendars: [] }), accepted()],
      [requested({ requiresApproval: true }), leftPending('awaiting_approval')],
      [requested(), cancelled()],
      [],
    ])
      expect(typesAfter(story)).toEqual([]);
  });
});

describe('the lease that goes along', () => {
  it('given calls are due, or somebody is to be told, then one lease is taken for all of it', () => {
    expect(followUp(AT, wish)(foldBooking([requested()]))).toEqual([leasedWhole('a', '10:00:15')]);
    expect(typesAfter([requested({ calendars: [] })], wish)).toEqual(['BookingAccepted', 'EffectLeased']);
    expect(typesAfter([requested({ requiresApproval: true }), approved()], wish)).toEqual(['EffectLeased']);
  });

  it('given the node has it for long enough, or another has it, then none is taken', () => {
    expect(typesAfter([requested(), leasedWhole('a', '10:00:14')], wish)).toEqual([]);
    expect(typesAfter([requested(), leasedWhole('b', '10:00:02')], wish)).toEqual([]);
  });

  it('given nothing is due now, then none is taken', () => {
    expect(typesAfter([requested({ requiresApproval: true }), leftPending('awaiting_approval')], wish)).toEqual([]);
    expect(typesAfter([requested({ calendars: [] }), accepted()], wish)).toEqual([]);
  });
});
