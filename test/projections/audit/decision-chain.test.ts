import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../../src/adapters/identity/ids.ts';
import { record } from '../../../src/application/commands/record.ts';
import { NOW, parseMoment, readAudited } from '../../../src/application/audit/read-for-audit.ts';
import { reasonsOf } from '../../../src/projections/audit/decided-by.ts';
import { accepted, requested, started, succeeded } from '../../../src/testing/index.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { must, mustRun } from '../../support/must.ts';

const names = { ofActor: () => null, calendarLabel: (calendarId: string) => calendarId };
const why = async (uid: string, at?: string, withFacts = false) => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store, auditedLog(withFacts));
  const moment = at === undefined ? NOW : must(parseMoment(at));
  const deps = { log: store, own: memoryOwnStreams() };
  return must(await reasonsOf(deps, uid, must(await readAudited(store, uid)), moment, names));
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

  it('given a cancellation, then it began with a command', async () => {
    expect(links(await why(IVAR), 'chain')).toEqual(['decision BookingCancelled']);
    expect(links(await why(IVAR), 'followed')).toEqual(['outcome CalendarRemovalSucceeded']);
  });

  it('given two calendars that are written at once, then each answer has the call that it answers', async () => {
    const stream = `booking-${RUNA}`;
    const events = [
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      started('home'),
      succeeded('work'),
      accepted(),
    ];
    const store = makeMemoryEventStore();
    const context = { commandId: 'one', actor: { kind: 'system' }, correlationId: RUNA, causationId: null } as const;
    const written = record({ eventId: deterministicId, sha256: sha256Hex })(events, context, '');
    const caused = written.map((event, index) =>
      index === 4 ? { ...event, causationId: written[3]?.id ?? '' } : event,
    );
    await mustRun(store.append({ stream, expected: 'no-stream', events: caused }));
    const deps = { log: store, own: memoryOwnStreams() };
    const chain = must(await reasonsOf(deps, RUNA, must(await readAudited(store, RUNA)), NOW, names));
    expect(chain?.chain.map(({ entry }) => entry.text).filter((text) => text.includes('began'))).toEqual([
      expect.stringContaining("'work'"),
    ]);
  });
});
