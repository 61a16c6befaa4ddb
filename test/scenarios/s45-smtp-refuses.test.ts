import { describe, expect, it, onTestFinished } from 'vitest';
import { at } from '../support/http-client.ts';
import { HOUSE_KEY } from '../support/scenario-configuration.ts';
import { mailsFrom } from '../support/scenario-mails.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import type { Fault } from '../support/smtp-server.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

/** A real SMTP server that meets the first mails with these faults. */
const given = async (...faults: ReadonlyArray<Fault>) => {
  const smtp = await startSmtpServer({ faults });
  onTestFinished(smtp.stop);
  const work = scriptedCalendar({ calendarId: 'work' });
  const scene = await world({
    calendars: [work.calendar],
    mail: {
      type: 'smtp',
      from: { name: 'Holdfast', address: 'holdfast@example.org' },
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none',
      ca: null,
      login: null,
    },
  });
  const booked = await scene.runa.books();
  await scene.settled();
  return { scene, booked, mails: mailsFrom(async () => smtp.received.map(({ raw }) => raw)) };
};

/** How many mails are waiting for another try, by group. */
const waiting = async ({ client }: World) => {
  const { body } = await client().get('/v2/holdfast/consumers', { key: HOUSE_KEY });
  const groups = at(body, 'data', 'groups');
  const mailGroups = (Array.isArray(groups) ? groups : []).filter((group) =>
    String(at(group, 'name')).startsWith('mail-'),
  );
  return Object.fromEntries(mailGroups.map((group) => [at(group, 'name'), at(group, 'retrying')]));
};

describe('S45 the mail server refuses for now (4xx)', () => {
  it('keeps the mails and sends them later, once each; the booking is ACCEPTED all the while', async () => {
    const busy: Fault = { at: 'data', reply: 451, text: 'try again later' };
    const { scene, booked, mails } = await given(busy, busy);

    expect(booked).toMatchObject({ http: 201, status: 'accepted' });
    expect(await mails.all()).toEqual([]);
    expect(await waiting(scene)).toEqual({ 'mail-host': 1, 'mail-guests': 1 });
    expect(scene.hooks()).toMatchObject([{ trigger: 'BOOKING_CREATED' }]);
    expect((await scene.records.history(booked.uid)).map(({ type }) => type)).not.toContain('NotificationParked');

    await scene.passes(10_000);
    await scene.passes(3_600_000);

    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await mails.kindsTo('odd')).toEqual(['Confirmed']);
    expect(await waiting(scene)).toEqual({ 'mail-host': 0, 'mail-guests': 0 });
    expect(await scene.runa.looksAt(booked.uid)).toMatchObject({ status: 'accepted' });
  });

  it('keeps the mails over a restart', async () => {
    const busy: Fault = { at: 'mail', reply: 421 };
    const { scene, mails } = await given(busy, busy);
    await scene.restarts();

    await scene.passes(10_000);

    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await mails.kindsTo('odd')).toEqual(['Confirmed']);
  });
});

describe('S45 the mail server refuses for good (5xx)', () => {
  it('parks the mail where an operator sees it and can send it again; the booking stays ACCEPTED', async () => {
    const unknown: Fault = { at: 'rcpt', reply: 550, text: 'no such user' };
    const { scene, booked, mails } = await given(unknown, unknown);

    await scene.passes(3_600_000);

    expect(await scene.runa.looksAt(booked.uid)).toMatchObject({ status: 'accepted' });
    expect(await mails.all()).toEqual([]);
    const parked = (await scene.records.history(booked.uid)).filter(({ type }) => type === 'NotificationParked');
    expect(parked.map(({ data }) => at(data, 'recipient')).sort()).toEqual(['attendee', 'host']);
    expect(parked[0]?.text).toMatch(/^Could not tell .* by mail: confirmed\..*550/);
    expect(parked.map(({ text }) => text).join()).not.toContain('@example.com');
    expect(new Set((await scene.records.parked()).map((message) => at(message, 'group')))).toEqual(
      new Set(['mail-host', 'mail-guests']),
    );

    const replay = await scene.client().post('/v2/holdfast/parked/mail-guests/replay', {}, { key: HOUSE_KEY });
    expect(replay.body).toMatchObject({ data: { replayed: 1 } });
    await scene.settled();

    expect(await mails.kindsTo('runa')).toEqual(['Confirmed']);
    expect(await mails.kindsTo('odd')).toEqual([]);
  });
});
