import { describe, expect, it } from 'vitest';
import { describeWith } from '../support/install/describe-with.ts';
import { startRadicale } from '../support/radicale.ts';
import { runningServer } from '../support/running-server.ts';
import { realCalendar } from '../support/scenario-caldav.ts';
import { standInGoogle } from '../support/scenario-google.ts';
import type { World } from '../support/scenario-world.ts';
import { world } from '../support/scenario-world.ts';
import { at } from '../support/http-client.ts';

/** The UIDs of all invitations and cancellations that somebody got by mail. */
const mailedUids = async ({ mails }: World, person: 'runa' | 'odd') =>
  (await mails.to(person)).map(({ calendarParts }) => {
    const uids = calendarParts.map(({ calendar }) =>
      String(calendar.getFirstSubcomponent('vevent')?.getFirstPropertyValue('uid')),
    );
    return [...new Set(uids)].join(' and ');
  });

describe("I6 a host with a Google calendar (a stand-in): the booking has the UID of Google's event", () => {
  it('in the API, in every mail and at Google, from the request to the cancellation', async () => {
    const { google, settings } = await standInGoogle();
    const scene = await world({ configured: [settings] });
    const booked = await scene.runa.books();
    await scene.settled();
    const [event] = google.primary.events.values();
    const uid = String(at(booked.reply.body, 'data', 'icsUid'));

    expect(uid).toBe(`${String(event?.id)}@google.com`);
    expect(event?.iCalUID).toBe(uid);
    await scene.runa.cancels(booked.uid);
    await scene.settled();
    expect(at((await scene.runa.looksAt(booked.uid)).body, 'data', 'icsUid')).toBe(uid);
    for (const person of ['runa', 'odd'] as const) expect(await mailedUids(scene, person)).toEqual([uid, uid]);
  });

  it('a booking of an earlier release keeps the UID that its request has', async () => {
    const { settings } = await standInGoogle();
    const scene = await world({ configured: [] });
    const booked = await scene.runa.books();
    await scene.settled();
    await scene.restarts({ configured: [settings] });
    await scene.runa.cancels(booked.uid);
    await scene.settled();
    expect(await mailedUids(scene, 'runa')).toEqual([`${booked.uid}@holdfast`, `${booked.uid}@holdfast`]);
  });
});

describeWith('radicale', 'a host with a Google calendar and one on a real CalDAV server', () => {
  const server = runningServer(startRadicale);

  it('both hold one UID; a released slot is free while the second still shows the event', async () => {
    const { google, settings } = await standInGoogle();
    const work = await realCalendar(server());
    const scene = await world({ configured: [work.settings, settings], acceptance: 'all-of' });
    const booked = await scene.runa.books();
    await scene.settled();
    const [event] = google.primary.events.values();
    expect(await work.uids()).toEqual([event?.iCalUID]);

    await work.setReadOnly(true);
    await scene.runa.cancels(booked.uid);
    await scene.settled();
    expect(await work.uids()).toEqual([event?.iCalUID]);
    expect(await scene.freeSlots('2050-09-05')).toContain('09:00');
    expect(await scene.runa.books({ name: 'Kari' }, { async: true })).toMatchObject({ http: 201 });
  });
});
