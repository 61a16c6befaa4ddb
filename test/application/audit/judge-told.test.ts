import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { makeStreamVerifier } from '../../../src/application/audit/stream-verifier.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { newestVersion } from '../../../src/domain/log/decode.ts';
import type { JsonObject } from '../../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import { isObject } from '../../../src/domain/unknown.ts';
import * as say from '../../../src/testing/index.ts';

const { requested, started, succeeded, failed, accepted, leftPending, cancelled, guestsAdded, guestRemoved } = say;

const STREAM = 'booking-booking1';
const held = [requested({ guests: ['ivar@example.com'] }), started('work'), succeeded('work')];
const on = [...held, accepted()];
const pending = [
  requested(),
  started('work'),
  failed('work', 'network', { retryAt: '10:01' }),
  leftPending('calendar_sync_failed', { failures: [failed('work', 'network')] }),
];
const off = [...on, cancelled()];
const another = [...on, guestsAdded(['eva@example.com'], { first: 2 })];
const fewer = [...another, guestRemoved(1)];

type Said = Parameters<typeof say.notificationSent>[0];
type Tell = typeof say.notificationSent | typeof say.notificationParked;
type Telling = readonly [what: string, story: ReadonlyArray<BookingEvent>, of: BookingEvent['type'], said: Said];

const same = (data: JsonObject): JsonObject => data;

/** What verify says of a story whose last event tells of another one of it, the hashes made anew. */
const findings = (
  story: ReadonlyArray<BookingEvent>,
  of: BookingEvent['type'],
  said: Said,
  { tell = say.notificationSent, change = same }: { readonly tell?: Tell; readonly change?: typeof same } = {},
) => {
  const about = story.findLastIndex(({ type }) => type === of);
  const verifier = makeStreamVerifier(sha256Hex, STREAM);
  return seal(sha256Hex)(
    GENESIS_HASH,
    [...story, tell({ ...said, causedBy: deterministicId(STREAM, about) })].map(
      ({ type, data, occurredAt }, ordinal) => ({
        id: deterministicId(STREAM, ordinal),
        type,
        version: newestVersion(type),
        data: change(data as JsonObject),
        occurredAt,
        actor: { kind: 'system' },
        correlationId: 'booking1',
        causationId: null,
      }),
    ),
  )
    .flatMap((event, revision) => {
      const recorded = { ...event, stream: STREAM, revision, position: revision + 1 };
      return verifier.add(recorded, { read: recorded, fault: null });
    })
    .map(({ kind, reason }) => `${kind}: ${reason}`);
};

const truths: ReadonlyArray<Telling> = [
  ['the confirmation', on, 'BookingAccepted', {}],
  ['the confirmation to a guest', on, 'BookingAccepted', { recipient: 'guest-1' }],
  ['the confirmation to the host', on, 'BookingAccepted', { recipient: 'host' }],
  ['the webhook of it', on, 'BookingAccepted', { channel: 'webhook', notification: 'BOOKING_CREATED', recipient: 'a' }],
  ['that it is not confirmed', pending, 'BookingLeftPending', { notification: 'received-not-confirmed' }],
  ['that it is cancelled', off, 'BookingCancelled', { notification: 'cancelled', recipient: 'guest-1' }],
  ['of a new guest to them', another, 'GuestsAdded', { notification: 'guests-added', recipient: 'guest-2' }],
  ['of a guest who was taken off', fewer, 'GuestRemoved', { notification: 'guest-removed', recipient: 'guest-1' }],
  ['a kind of another version', on, 'BookingAccepted', { notification: 'congratulations' }],
  ['a trigger of another version', on, 'BookingAccepted', { channel: 'webhook', notification: 'BOOKING_PAID' }],
];

const lies: ReadonlyArray<readonly [...Telling, reason: string]> = [
  ['the confirmation of a cancellation', off, 'BookingCancelled', {}, 'nobody is told that'],
  ['the confirmation of a wait', pending, 'BookingLeftPending', {}, 'nobody is told that'],
  ['the confirmation of a write in a calendar', held, 'CalendarSyncSucceeded', {}, 'nobody is told that'],
  ['the end of what was accepted', on, 'BookingAccepted', { notification: 'cancelled' }, 'nobody is told that'],
  ['of what nobody is told of', on, 'CalendarSyncStarted', {}, 'does not have before it'],
  [
    'a webhook of another event',
    off,
    'BookingCancelled',
    { channel: 'webhook', notification: 'BOOKING_CREATED', recipient: 'a' },
    'no program is told that',
  ],
  ['the confirmation to a guest who is none', on, 'BookingAccepted', { recipient: 'guest-7' }, 'does not go'],
  ['the confirmation to somebody', on, 'BookingAccepted', { recipient: 'eve@example.com' }, 'to somebody, to whom'],
  [
    'the need for action to the attendee',
    pending,
    'BookingLeftPending',
    { notification: 'action-needed' },
    'to attendee, to whom',
  ],
  [
    'a guest who comes already of a new one',
    another,
    'GuestsAdded',
    { notification: 'guests-added', recipient: 'guest-1' },
    'does not go',
  ],
  [
    'the cancellation to a guest who was taken off',
    [...fewer, cancelled()],
    'BookingCancelled',
    { notification: 'cancelled', recipient: 'guest-1' },
    'does not go',
  ],
];

describe('whether what people were told has its cause', () => {
  it.each(truths)('given %s, then it is believed', (_, story, of, said) => {
    expect(findings(story, of, said)).toEqual([]);
  });

  it.each(lies)('given %s, then it is named, and nobody', (_, story, of, said, reason) => {
    const found = findings(story, of, said);
    expect(found).toEqual([expect.stringMatching(new RegExp(`^no-cause: .*${reason}`))]);
    expect(found.join()).not.toContain('@');
  });

  it('given a booking of whom something is gone, then who comes along is not judged', () => {
    const change = ({ personal, ...data }: JsonObject): JsonObject =>
      isObject(personal) ? { ...data, personal: { ...personal, erased: true } } : data;
    expect(findings(on, 'BookingAccepted', { recipient: 'guest-7' }, { change })).toEqual([]);
  });

  it('given a message that was given up, then it needs the same cause', () => {
    const tell = say.notificationParked;
    expect(findings(on, 'BookingAccepted', {}, { tell })).toEqual([]);
    expect(findings(off, 'BookingCancelled', {}, { tell })).toHaveLength(1);
  });

  it.each([
    ['a fault of it', 0, []],
    ['what nobody is told of', 1, ['it tells of an event that its stream does not have before it']],
    ['an event that it does not have', 7, ['it tells of an event that its stream does not have before it']],
  ])('given a mail about a calendar that tells of %s, then the same', (_, of, wrong) => {
    const stream = 'calendar-work';
    const [outage, told] = [
      { unreadableSince: '2050-09-05T10:00:00Z', failure: { kind: 'network', message: 'it is down' } },
      { channel: 'mail', notification: 'calendar-unreadable', recipient: 'odd', messageId: '<1@holdfast.example>' },
    ];
    const sent = { ...told, causedBy: deterministicId(stream, of) };
    const verifier = makeStreamVerifier(sha256Hex, stream);
    const story: ReadonlyArray<readonly [string, JsonObject]> = [
      ['CalendarUnreadable', outage],
      ['CalendarWatchHinted', { node: 'a' }],
      ['CalendarNotificationSent', sent],
    ];
    const events = seal(sha256Hex)(
      GENESIS_HASH,
      story.map(([type, data], ordinal) => ({
        id: deterministicId(stream, ordinal),
        type,
        version: 1,
        data,
        occurredAt: '2050-09-05T10:00:00Z',
        actor: { kind: 'system' },
        correlationId: 'work',
        causationId: null,
      })),
    );
    const found = events.flatMap((event, revision) => {
      const recorded = { ...event, stream, revision, position: revision + 1 };
      return verifier.add(recorded, { read: recorded, fault: null });
    });
    expect(found.filter(({ kind }) => kind === 'no-cause').map(({ reason }) => reason)).toEqual(wrong);
  });
});
