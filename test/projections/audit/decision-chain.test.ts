import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { record } from '../../../src/application/commands/record.ts';
import { NOW, parseMoment, readAudited } from '../../../src/application/audit/read-for-audit.ts';
import { reasonsOf } from '../../../src/projections/audit/decided-by.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import {
  accepted,
  approved,
  cancelled,
  eventMissing,
  expired,
  failed,
  leftPending,
  moved,
  moveStarted,
  notificationSent,
  removed,
  requested,
  rescheduled,
  rescheduleRequested,
  retryRequested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { must, mustRun } from '../../support/must.ts';

const names = { ofActor: () => null };
const why = async (uid: string, at?: string, withFacts = false) => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store, auditedLog(withFacts));
  const moment = at === undefined ? NOW : must(parseMoment(at));
  return must(
    await reasonsOf({ log: store, own: memoryOwnStreams() }, uid, must(await readAudited(store, uid)), moment, names),
  );
};
const links = (chain: Awaited<ReturnType<typeof why>>, side: 'chain' | 'followed') =>
  chain?.[side].map(({ role, entry }) => `${role} ${entry.type}`);

describe('why a booking was decided as it was', () => {
  it('given an acceptance, then the command, the calls and the decisions that led to it', async () => {
    const chain = await why(RUNA);
    expect(links(chain, 'chain')).toEqual([
      'command BookingRequested',
      'effect CalendarSyncStarted',
      'outcome CalendarSyncFailed',
      'decision BookingLeftPending',
      'effect CalendarSyncStarted',
      'outcome CalendarSyncSucceeded',
      'decision BookingAccepted',
    ]);
    expect(links(chain, 'followed')).toEqual(['outcome CalendarEventConfirmed', 'outcome NotificationSent']);
    expect(chain).toMatchObject({
      rules: { acceptance: 'any-of', requiresApproval: false, calendars: ['work'] },
      standing: { status: 'accepted', calendars: [{ status: 'held' }] },
      notRecorded: expect.arrayContaining([expect.stringContaining('busy')]),
    });
  });

  it('given an earlier moment, then the decision of that moment, and what followed from it', async () => {
    const chain = await why(RUNA, '5');
    expect(chain?.decision.type).toBe('BookingLeftPending');
    expect(chain?.standing).toMatchObject({ status: 'pending', reason: 'calendar_sync_failed' });
    expect(links(chain, 'followed')).toContain('effect CalendarSyncStarted');
    expect(await why(RUNA, '2')).toBeNull();
  });

  it('given a log that has it, then the rules and calendars by which the time was held', async () => {
    const known = await why(RUNA, undefined, true);
    expect(known?.heldBy).toMatchObject([
      {
        since: '2050-09-05T07:00:00Z',
        timeZone: 'Europe/Oslo',
        eventType: { id: 1, minimumNotice: 60 },
        calendars: [{ calendarId: 'work', busy: [] }],
      },
    ]);
    expect(known?.notRecorded).toHaveLength(1);
    expect((await why(IVAR, undefined, true))?.heldBy).toEqual([]);
  });

  it('given a cancellation, then the acceptance before it, back to the request', async () => {
    expect(links(await why(IVAR), 'chain')).toEqual([
      'command BookingRequested',
      'effect CalendarSyncStarted',
      'outcome CalendarSyncSucceeded',
      'decision BookingAccepted',
      'decision BookingCancelled',
    ]);
  });
});

type Told = readonly [event: BookingEvent, because: number | null];

/** `because`: revision of the event that the log names as the cause; null: a command. */
const toldWhy = async (told: ReadonlyArray<Told>) => {
  const context = { commandId: 'one', actor: { kind: 'system' }, correlationId: RUNA, causationId: null } as const;
  const events = told.map(([event]) => event);
  const written = record({ eventId: deterministicId, sha256: sha256Hex })(events, context, '');
  const caused = written.map((event, index) => {
    const because = told[index]?.[1] ?? null;
    return because === null
      ? { ...event, actor: { kind: 'guest' } as const }
      : { ...event, causationId: written[because]?.id ?? '' };
  });
  const store = makeMemoryEventStore();
  await mustRun(store.append({ stream: `booking-${RUNA}`, expected: 'no-stream', events: caused }));
  const audited = must(await readAudited(store, RUNA));
  return must(await reasonsOf({ log: store, own: memoryOwnStreams() }, RUNA, audited, NOW, names));
};

/** The chain as revisions, each with those of what led to it, and of the decision that it comes after. */
const causes = (chain: Awaited<ReturnType<typeof why>>) =>
  chain?.chain.map(
    ({ entry, because, after }) =>
      `${entry.revision} <- ${because.join(' ')}${after === null ? '' : ` after ${after}`}`,
  );

/** A webhook about the request, which a slow receiver took only now. */
const told = notificationSent({ causedBy: deterministicId('one', 0) });

describe('what the log names as a cause is the event that was last known', () => {
  it('given two calendars that are written at once, then each answer has the call that it answers', async () => {
    const chain = await toldWhy([
      [requested({ calendars: ['work', 'home'] }), null],
      [started('work'), 0],
      [started('home'), 0],
      [succeeded('work'), 0],
      [accepted(), 3],
    ]);
    expect(causes(chain)).toEqual(['0 <- ', '1 <- 0', '3 <- 1', '4 <- 3 after 0']);
  });

  it('given a retry after which a message came, then the failure that planned it, and not the message', async () => {
    const chain = await toldWhy([
      [requested(), null],
      [started('work'), 0],
      [failed('work', 'network', { at: '10:00:01', retryAt: '10:00:11' }), 0],
      [leftPending('calendar_sync_failed', { at: '10:00:01' }), 2],
      [told, 0],
      [started('work', { attempt: 2, at: '10:00:11' }), 4],
      [succeeded('work', 'evt-1', { attempt: 2, at: '10:00:12' }), 4],
      [accepted({ at: '10:00:12' }), 4],
    ]);
    expect(causes(chain)).toEqual([
      '0 <- ',
      '1 <- 0',
      '2 <- 1',
      '3 <- 2 after 0',
      '5 <- 2',
      '6 <- 5',
      '7 <- 6 after 3',
    ]);
  });

  it('given a retry that somebody asked for, then that, and the failure that it was about', async () => {
    const chain = await toldWhy([
      [requested(), null],
      [started('work'), 0],
      [failed('work', 'no-credential', { at: '10:00:01' }), 0],
      [leftPending('calendar_sync_failed', { at: '10:00:01' }), 2],
      [retryRequested('work', { at: '10:05' }), null],
      [told, 0],
      [started('work', { attempt: 2, at: '10:05' }), 5],
      [succeeded('work', 'evt-1', { attempt: 2, at: '10:05' }), 5],
      [accepted({ at: '10:05' }), 5],
    ]);
    expect(causes(chain)).toEqual([
      '0 <- ',
      '1 <- 0',
      '2 <- 1',
      '3 <- 2 after 0',
      '4 <- 2 after 3',
      '6 <- 4',
      '7 <- 6',
      '8 <- 7 after 3',
    ]);
  });

  it('given an approval, then the question to the host before it, and the request', async () => {
    const chain = await toldWhy([
      [requested({ requiresApproval: true }), null],
      [leftPending('awaiting_approval'), 0],
      [told, 0],
      [approved({ at: '10:10' }), null],
      [started('work', { at: '10:10' }), 2],
      [succeeded('work', 'evt-1', { at: '10:10' }), 2],
      [accepted({ at: '10:10' }), 2],
    ]);
    expect(causes(chain)).toEqual(['0 <- ', '1 <- 0 after 0', '3 <-  after 1', '4 <- 3', '5 <- 4', '6 <- 5 after 3']);
  });

  it('given a move, then what had accepted the booking, the wish, and the calendar that took it', async () => {
    const chain = await toldWhy([
      [requested(), null],
      [started('work'), 0],
      [succeeded('work'), 0],
      [accepted(), 2],
      [told, 0],
      [rescheduleRequested({ at: '11:00' }), null],
      [moveStarted('work', { at: '11:00' }), 4],
      [moved('work', { at: '11:00:01' }), 4],
      [rescheduled({ at: '11:00:01' }), 4],
    ]);
    expect(causes(chain)).toEqual([
      '0 <- ',
      '1 <- 0',
      '2 <- 1',
      '3 <- 2 after 0',
      '5 <-  after 3',
      '6 <- 5',
      '7 <- 6',
      '8 <- 5 7 after 3',
    ]);
  });

  it('given that time ran out, then the last failure of each calendar', async () => {
    const chain = await toldWhy([
      [requested({ calendars: ['work', 'home'] }), null],
      [started('work'), 0],
      [started('home'), 0],
      [failed('work', 'calendar-not-found', { at: '10:00:01' }), 0],
      [failed('home', 'calendar-not-found', { at: '10:00:02' }), 0],
      [leftPending('calendar_sync_failed', { at: '10:00:02' }), 4],
      [told, 0],
      [expired(), 6],
    ]);
    expect(causes(chain)?.slice(-2)).toEqual(['5 <- 3 4 after 0', '7 <- 0 3 4 after 5']);
  });

  it('given what a person did in the calendar, then that is why it was cancelled, and the removal followed', async () => {
    const chain = await toldWhy([
      [requested(), null],
      [started('work'), 0],
      [succeeded('work'), 0],
      [accepted(), 2],
      [eventMissing('work', 'cancel', { at: '10:30' }), 3],
      [told, 0],
      [cancelled('host', { at: '10:40' }), 5],
      [told, 0],
      [removed('work', { at: '10:41' }), 7],
    ]);
    expect(causes(chain)?.slice(-2)).toEqual(['4 <- 3', '6 <- 4 after 3']);
    expect(links(chain, 'followed')).toEqual(['outcome CalendarRemovalSucceeded']);
  });
});
