import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { NOW, parseMoment, readAudited } from '../../../src/application/audit/read-for-audit.ts';
import { decisionChain } from '../../../src/projections/audit/decision-chain.ts';
import { IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { must } from '../../support/must.ts';

const names = { ofActor: () => null, calendarLabel: (calendarId: string) => calendarId };
const why = async (uid: string, at?: string) => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  const moment = at === undefined ? NOW : must(parseMoment(at));
  return decisionChain(uid, must(await readAudited(store, uid)), moment, names);
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

  it('given a cancellation, then it began with a command', async () => {
    expect(links(await why(IVAR), 'chain')).toEqual(['decision BookingCancelled']);
    expect(links(await why(IVAR), 'followed')).toEqual(['outcome CalendarRemovalSucceeded']);
  });
});
