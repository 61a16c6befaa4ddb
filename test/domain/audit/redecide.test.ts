import { describe, expect, it } from 'vitest';
import { redecideBooking } from '../../../src/domain/audit/redecide.ts';
import { redecideSlots } from '../../../src/domain/audit/redecide-slots.ts';
import type { Host } from '../../../src/domain/bookable/host.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { type DecisionFacts, hostOfRules, hostRulesCodec, rulesOf } from '../../../src/domain/rules/decision-facts.ts';
import type { ScheduleEvent } from '../../../src/domain/schedule/schedule-state.ts';
import { toEpochMs } from '../../../src/domain/time/time.ts';
import {
  accepted,
  expired,
  failed,
  leftPending,
  requestData,
  slotHeld,
  started,
  succeeded,
} from '../../../src/testing/index.ts';
import { odd } from '../../support/hosts.ts';
import { must } from '../../support/must.ts';

const [intro] = odd.eventTypes;
if (intro === undefined) throw new Error('Odd offers nothing');
const host: Host = { ...odd, id: 'odd', acceptance: 'any-of', calendarIds: ['work'] };
const { confirmationPolicy: _, ...unconfirmed } = intro;
const hosts: ReadonlyArray<Host> = [{ ...host, eventTypes: [{ ...unconfirmed, id: 1, requiresConfirmation: false }] }];
const numbered = <A>(events: ReadonlyArray<A>) => events.map((event, revision) => ({ revision, event }));
const at = (text: string) => toEpochMs(`2050-09-05T${text}:00Z`);
const requested = (request: Parameters<typeof requestData>[0] = {}): BookingEvent => ({
  type: 'BookingRequested',
  occurredAt: '2050-09-05T10:00:00Z',
  data: requestData(request),
});
const redecided = (events: ReadonlyArray<BookingEvent>, rules = hosts) =>
  redecideBooking(numbered(events), rules, at('23:00')).divergences.map(
    ({ kind, at: revision, recorded, today }) => `${kind} ${revision}: ${recorded} / ${today}`,
  );

describe('decisions that are made again', () => {
  it('given what the saga decides today too, then nothing diverges', () => {
    const story = [requested(), started('work'), succeeded('work'), accepted()];
    expect(redecideBooking(numbered(story), hosts, at('23:00'))).toEqual({ decided: [3], divergences: [] });
  });

  it('given an acceptance that the events do not lead to, then it diverges', () => {
    expect(redecided([requested(), started('work'), accepted()])).toEqual([
      'decision 2: BookingAccepted / nothing yet',
    ]);
  });

  it('given an expiry before its time, then it is said when it would have come', () => {
    const story = [
      requested(),
      started('work'),
      failed('work'),
      leftPending('calendar_sync_failed'),
      expired('calendar_sync_failed', { at: '11:00' }),
    ];
    expect(redecided(story)[0]).toMatch(/^decision 4: BookingExpired .* at 2050-09-05T12:00:00Z/);
  });

  it('given rules that ask nobody, then not the deadline of later, and that the rules are the reason', () => {
    const story = [requested({ requiresApproval: true }), leftPending('awaiting_approval')];
    const { divergences } = redecideBooking(numbered(story), hosts, at('10:00'));
    expect(divergences).toMatchObject([
      { kind: 'rules', reason: 'whether the host is asked is not the same by these rules' },
      { kind: 'decision', today: 'nothing yet', reason: 'by these rules the events before it do not lead to it' },
    ]);
  });

  it('given a decision that was due for long and never came, then it is named', () => {
    expect(redecided([requested(), started('work'), succeeded('work')])).toEqual([
      'undecided 2: nothing / BookingAccepted',
    ]);
  });

  it('given rules that want all calendars, then a decision by one of them diverges', () => {
    const story = [
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      succeeded('work'),
      accepted(),
      started('home'),
      failed('home'),
    ];
    const both = [{ ...host, calendarIds: ['work', 'home'], eventTypes: hosts[0]?.eventTypes ?? [] }];
    expect(redecided(story, both)).toEqual([]);
    expect(
      redecided(
        story,
        both.map((one) => ({ ...one, acceptance: 'all-of' as const })),
      ),
    ).toEqual(['rules 0: any-of / all-of', expect.stringMatching(/^decision 3: BookingAccepted/)]);
  });

  it('given rules that ask the host, other calendars, or no such host, then the request diverges', () => {
    const story = [requested(), started('work'), succeeded('work'), accepted()];
    const asking = hosts.map((one) => ({
      ...one,
      calendarIds: ['home'],
      eventTypes: one.eventTypes.map((eventType) => ({ ...eventType, requiresConfirmation: true })),
    }));
    expect(redecided(story, asking)).toEqual([
      'rules 0: no approval / approval by the host',
      'rules 0: work / home',
      expect.stringMatching(/^decision 3: BookingAccepted \/ BookingLeftPending \(awaiting_approval\)/),
    ]);
    expect(redecided(story, [])).toEqual(['rules 0: a request / a refusal']);
  });
});

describe('times that are offered again', () => {
  const held = slotHeld('runa', '14:00', '14:30');
  const given = (rules: ReadonlyArray<Host>) => ({ type: 'given', host: rules[0] ?? null }) as const;
  const again = (rules = hosts, isJudged = () => true) =>
    redecideSlots(numbered([held]), given(rules), isJudged).divergences.map(({ kind, reason }) => `${kind}: ${reason}`);

  it('given rules under which the time is offered, then nothing diverges', () => {
    expect(again()).toEqual([]);
    expect(redecideSlots(numbered([held]), given(hosts), () => true).held).toEqual([0]);
  });

  it('given other hours, buffers, or no such event type, then each held time is named with the reason', () => {
    const withType = (change: object) =>
      hosts.map((one) => ({ ...one, eventTypes: one.eventTypes.map((eventType) => ({ ...eventType, ...change })) }));
    expect(again(withType({ minimumNotice: 100_000 }))).toEqual(['slot: inside_minimum_notice']);
    expect(again(withType({ beforeBuffer: 15 }))).toEqual([
      'slot: the event type has 15 minutes before and 0 after by these rules',
    ]);
    expect(again(withType({ id: 7 }))).toEqual(['slot: the rules have no such host or event type']);
    expect(again(withType({ id: 7 }), () => false)).toEqual([]);
    expect(again([])).toEqual(['slot: the rules have no such host or event type']);
  });

  describe('by what the log says they were decided by', () => {
    const [known] = hosts;
    if (known === undefined) throw new Error('no host');
    const { digest } = rulesOf(sha256Hex, known);
    const busy = { calendarId: 'work', start: '2050-09-05T14:00:00Z', end: '2050-09-05T14:15:00Z' };
    const heldBy = (decidedBy: DecisionFacts) => ({ ...held, data: { ...held.data, decidedBy } });
    const recorded = (event: ScheduleEvent, rules = new Map([[digest, known]])) =>
      redecideSlots(numbered([event]), { type: 'recorded', hosts: rules }, () => true).divergences;

    it('given the rules in force and free calendars, then it is offered again', () => {
      expect(recorded(heldBy({ rules: digest, calendars: ['work'], busy: [] }))).toEqual([]);
    });

    it('given a calendar that was busy then, then it is not offered, also by rules that are given', () => {
      const event = heldBy({ rules: digest, calendars: ['work'], busy: [busy] });
      const found = { kind: 'slot', at: 0, reason: 'slot_unavailable: another calendar has it' };
      expect(recorded(event)).toMatchObject([found]);
      expect(redecideSlots(numbered([event]), given(hosts), () => true).divergences).toMatchObject([found]);
    });

    it('given a log that does not say it, or whose rules are gone, then that is named', () => {
      expect(recorded(held)).toMatchObject([{ kind: 'facts', reason: 'it does not say which rules were in force' }]);
      const event = heldBy({ rules: digest, calendars: [], busy: [] });
      expect(recorded(event, new Map())).toMatchObject([{ kind: 'facts', today: 'unknown' }]);
    });

    it('given rules as JSON, when read back, then they decide as they did', () => {
      const rules = hostRulesCodec.decode(rulesOf(sha256Hex, known).rules);
      const host = must(rules);
      const event = heldBy({ rules: digest, calendars: ['work'], busy: [] });
      expect(recorded(event, new Map([[digest, hostOfRules('odd', host)]]))).toEqual([]);
      const shorter = { ...host, weeklyHours: [{ days: [1], from: '09:00', to: '10:00' }] };
      const found = { kind: 'slot', reason: 'outside_hours' };
      expect(recorded(event, new Map([[digest, hostOfRules('odd', shorter)]]))).toMatchObject([found]);
    });

    it('given rules, then they have no name, no address and no words for people', () => {
      const text = JSON.stringify(rulesOf(sha256Hex, known).rules);
      for (const personal of [known.name, known.email, known.username]) expect(text).not.toContain(personal);
      expect(text).toContain(known.timeZone);
    });
  });
});
