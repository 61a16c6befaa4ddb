import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { Leasing } from '../../../src/application/consumers/leasing.ts';
import type { MailFailure } from '../../../src/application/ports/delivery.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import type { CalendarCommand } from '../../../src/domain/calendar/decide.ts';
import { calendarMailChannel } from '../../../src/application/notifications/calendar-channels.ts';
import { notifier } from '../../../src/application/notifications/notifier.ts';
import { calendarSubject } from '../../../src/application/notifications/subject.ts';
import { singleNode } from '../../../src/application/consumers/node-preference.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { odd } from '../../support/hosts.ts';
import { must, mustRun } from '../../support/must.ts';
import { keepingMailer, mailSettings } from '../../support/notified-world.ts';

const eva = { ...odd, id: 'eva', name: 'Eva', email: 'eva@example.com' };

/** A calendar that Odd and Eva share, in a log in memory. */
const post = (refusals: Record<string, MailFailure> = {}, asOperator = false) => {
  const store = makeMemoryEventStore();
  const clock = makeTestClock(epochMs('10:00:00'));
  const buses = makeBookingBuses({ store, identity: systemIdentity });
  const box = keepingMailer(refusals);
  const window = { start: clock.now(), end: clock.now() + 86_400_000 };
  const operator = { name: 'Ops', address: 'ops@example.com' };
  const happens = async (command: CalendarCommand): Promise<void> => {
    const context = {
      commandId: systemIdentity.newCommandId(),
      actor: { kind: 'system' },
      correlationId: 'shared',
      causationId: null,
    } as const;
    must(await buses.calendars.execute('shared', command, context)());
  };
  const looked = (...hrefs: ReadonlyArray<string>) =>
    happens({
      type: 'NoteReading',
      now: clock.now(),
      salt: '00',
      window,
      unreadable: hrefs.map((href) => ({ href, reason: 'it has no DTSTART', blocked: [window] })),
    });
  const log = () => mustRun(store.readAll(0, 100));
  return {
    ...box,
    clock,
    happens,
    looked,
    types: async () => (await log()).map(({ type }) => type),
    message: async (attempt = 1, wanted = 'CalendarObjectsUnreadable') => {
      const event = (await log()).find(({ type }) => type === wanted);
      if (event === undefined) throw new Error(`no ${wanted}`);
      return { event, attempt };
    },
    group: (leasing: Leasing = null) => {
      const deps = {
        ...mailSettings,
        clock,
        identity: systemIdentity,
        leasing,
        preference: singleNode,
        turn: () => Promise.resolve(),
        maxAttempts: 3,
      };
      const channel = calendarMailChannel({
        ...deps,
        calendarStreams: calendarSubject({ store, buses, leasing }),
        hostsOf: () => [odd, eva],
        operator: () => (asOperator ? operator : null),
        domain: 'holdfast.example',
        mailer: box.mailer,
      });
      return notifier(deps, channel);
    },
  };
};

describe('mails about a calendar', () => {
  it('given a calendar that two hosts share, then each is told once, and the log says so', async () => {
    const { looked, group, message, to, types, sent } = post();
    await looked('/a.ics');
    expect(await group().handle(await message())).toEqual({ type: 'ack' });
    expect(await group().handle(await message())).toEqual({ type: 'ack' });
    expect(to()).toEqual([odd.email, eva.email]);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(2);
    expect(await types()).toEqual([
      'CalendarObjectsUnreadable',
      'CalendarNotificationSent',
      'CalendarNotificationSent',
    ]);
  });

  it('given one host who is refused and one who is to wait, then only the second is tried again', async () => {
    const refusals: Record<string, MailFailure> = {
      [odd.email]: { type: 'refused', message: '550' },
      [eva.email]: { type: 'try-later', message: '451' },
    };
    const { looked, group, message, to, types } = post(refusals);
    await looked('/a.ics');
    expect(await group().handle(await message(1))).toMatchObject({
      type: 'retry',
      reason: 'calendar-objects-unreadable to eva: 451',
    });
    delete refusals[eva.email];
    expect(await group().handle(await message(2))).toMatchObject({ type: 'park' });
    expect(to()).toEqual([eva.email]);
    expect(await types()).toContain('CalendarNotificationParked');
    delete refusals[odd.email];
    expect(await group().handle({ ...(await message(1)), replayed: true })).toEqual({ type: 'ack' });
    expect(to()).toEqual([eva.email, odd.email]);
  });

  it('given that all of it can be read by now, then nobody is told', async () => {
    const { looked, group, message, to } = post();
    await looked('/a.ics');
    await looked();
    expect(await group().handle(await message())).toEqual({ type: 'ack' });
    expect(to()).toEqual([]);
  });

  it('given several nodes, then the one that has the lease tells, and the others wait for it', async () => {
    const { looked, group, message, to, happens, clock } = post();
    await looked('/a.ics');
    const delivery = await message();
    const effect = `calendar-mail ${delivery.event.id}`;
    const lease = { node: 'other', until: clock.now() + 20_000 };
    await happens({ type: 'LeaseEffect', effect, lease, now: clock.now() });
    const own = { node: 'own', leaseMs: 5_000 };
    expect(await group(own).handle(delivery)).toEqual({ type: 'defer', afterMs: 20_000 });
    expect(to()).toEqual([]);
    clock.advance(20_000);
    expect(await group(own).handle(delivery)).toEqual({ type: 'ack' });
    expect(to()).toEqual([odd.email, eva.email]);
  });

  it('shows an address that holds HTML as text', async () => {
    const { looked, group, message, sent } = post();
    await looked('/<img src=x onerror=alert(1)>.ics');
    await group().handle(await message());
    expect(sent[0]?.html).not.toContain('<img src=x');
    expect(sent[0]?.html).toContain('&lt;img');
  });
});

describe('mails about a calendar that cannot be read', () => {
  const tried = (clock: { readonly now: () => number }, minutes: number, kind: 'network' | 'auth-revoked' | null) =>
    ({
      type: 'NoteTry',
      now: clock.now() + minutes * 60_000,
      since: clock.now(),
      alertAfterMs: 600_000,
      failure: kind === null ? null : { kind, message: '503 of dav.example' },
    }) as const;

  it('given an outage that is told and ends, then hosts and operator get one mail of each, in this order', async () => {
    const { happens, clock, group, message, to, sent } = post({}, true);
    for (const minutes of [1, 10]) await happens(tried(clock, minutes, 'network'));
    await happens(tried(clock, 20, null));
    for (const type of ['CalendarUnreadable', 'CalendarReadableAgain', 'CalendarUnreadable'])
      expect(await group().handle(await message(1, type))).toEqual({ type: 'ack' });
    expect(to()).toEqual([odd.email, eva.email, 'ops@example.com', odd.email, eva.email, 'ops@example.com']);
    expect(sent.map(({ subject }) => subject)).toEqual([
      'Action needed: Holdfast cannot read your calendar "shared"',
      'Action needed: Holdfast cannot read your calendar "shared"',
      'Action needed: Holdfast cannot read the calendar "shared" (shared)',
      'Holdfast can read your calendar "shared" again',
      'Holdfast can read your calendar "shared" again',
      'Holdfast can read the calendar "shared" (shared) again',
    ]);
    expect(sent[2]?.text).toContain('holdfast calendar check shared');
    expect(sent[2]?.text).toContain('503 of dav.example');
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(6);
  });

  it('given an outage that nobody was told of, then its end is not told either', async () => {
    const { happens, clock, group, message, to } = post({}, true);
    await happens(tried(clock, 1, 'network'));
    await happens(tried(clock, 2, null));
    expect(await group().handle(await message(1, 'CalendarReadableAgain'))).toEqual({ type: 'ack' });
    expect(to()).toEqual([]);
  });

  it('given a credential that is refused, then the mail says to renew it', async () => {
    const { happens, clock, group, message, sent } = post();
    await happens(tried(clock, 1, 'auth-revoked'));
    await group().handle(await message(1, 'CalendarCredentialRefused'));
    expect(sent[0]?.text).toContain('holdfast config reload');
  });

  it('S28 given hosts who heard of it when somebody was refused a time, then the operator alone is told', async () => {
    const { happens, clock, group, message, to } = post({}, true);
    await happens(tried(clock, 1, 'network'));
    const failure = { kind: 'network', message: 'no way' } as const;
    await happens({ type: 'NoteRefusedBooking', now: clock.now(), start: clock.now() + 3_600_000, failure });
    await happens(tried(clock, 12, 'network'));
    expect(await group().handle(await message(1, 'CalendarUnreadableForBooking'))).toEqual({ type: 'ack' });
    expect(await group().handle(await message(1, 'CalendarUnreadable'))).toEqual({ type: 'ack' });
    expect(to()).toEqual([odd.email, eva.email, 'ops@example.com']);
  });
});
