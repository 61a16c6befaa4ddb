import { some } from 'fp-ts/lib/Option.js';
import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { guardedDispatcher } from '../../../../src/adapters/network/guarded-dispatcher.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { calDavCalendar } from '../../../support/caldav-calendar.ts';
import { objectsIn } from '../../../support/caldav-fixture.ts';
import { type CalDavServer, makeCalendar, rawRequest } from '../../../support/caldav-server.ts';
import { describeWith } from '../../../support/install/describe-with.ts';
import { startRadicale } from '../../../support/radicale.ts';
import { runningServer } from '../../../support/running-server.ts';
import { startXandikos } from '../../../support/xandikos.ts';

const bothServers = (given: () => CalDavServer): void => {
  it.each(['/', '/.well-known/caldav'])('finds a calendar by its display name from %s', async (path) => {
    const server = given();
    const folder = `named${path.length}`;
    await makeCalendar(server, `${folder}a`, `Odd & <sons> ${folder}`);
    await makeCalendar(server, `${folder}b`, 'Another');
    const calendar = calDavCalendar({
      url: `${server.origin}${path}`,
      calendarName: `Odd & <sons> ${folder}`,
      ...server.credentials,
    });
    const stored = await succeeds(calendar.create(anEvent(), live()));
    expect(stored.providerEventId).toContain(`/${folder}a/`);
    expect(await objectsIn(server, `${server.homeUrl}${folder}a/`)).toHaveLength(1);
  });

  it('says calendar-not-found for a name that no calendar has', async () => {
    const { origin, credentials } = given();
    const calendar = calDavCalendar({ url: origin, calendarName: 'Nobody', ...credentials });
    expect((await fails(calendar.busy(hours('08:00', '09:00'), [], live()))).kind).toBe('calendar-not-found');
  });

  it('says calendar-not-found where there is no calendar at the URL, and never that it is free', async () => {
    const { homeUrl, credentials } = given();
    const calendar = calDavCalendar({ url: `${homeUrl}nowhere/`, ...credentials });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('calendar-not-found');
    expect((await fails(calendar.busy(hours('08:00', '09:00'), [], live()))).kind).toBe('calendar-not-found');
  });

  it('says already-exists, and no success, where the UID is taken under another name', async () => {
    const server = given();
    const url = await makeCalendar(server, 'taken');
    const calendar = calDavCalendar({ url, ...server.credentials });
    await succeeds(calendar.create(anEvent(), live()));
    const [object] = await objectsIn(server, url);
    const headers = { 'content-type': 'text/calendar; charset=utf-8' };
    await succeeds(calendar.remove(ownOf(anEvent()), live()));
    const anothers = String(object).replace('X-HOLDFAST-BOOKING:bk1', 'X-HOLDFAST-BOOKING:bk2');
    await rawRequest(server, 'PUT', `${url}elsewhere.ics`, anothers, headers);
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('already-exists');
    expect(await succeeds(calendar.remove(ownOf(anEvent()), live()))).toBe('already-gone');
    expect(await objectsIn(server, url)).toHaveLength(1);
  });

  it('finds its own event under another name, which a person or a server gave it, and removes it there', async () => {
    const server = given();
    const url = await makeCalendar(server, 'renamed');
    const calendar = calDavCalendar({ url, ...server.credentials });
    await succeeds(calendar.create(anEvent(), live()));
    const [object] = await objectsIn(server, url);
    await rawRequest(server, 'DELETE', `${url}bk1%40holdfast.test.ics`);
    const headers = { 'content-type': 'text/calendar; charset=utf-8' };
    await rawRequest(server, 'PUT', `${url}elsewhere.ics`, object, headers);
    const created = await succeeds(calendar.create(anEvent(), live()));
    expect(created).toMatchObject({ providerEventId: new URL(`${url}elsewhere.ics`).pathname, calendarAddress: url });
    expect(await succeeds(calendar.find(ownOf(anEvent()), live()))).toMatchObject(
      some({ providerEventId: created.providerEventId }),
    );
    await succeeds(calendar.change(anEvent({ sequence: 1 }), created, live()));
    expect(await succeeds(calendar.remove(ownOf(anEvent()), live()))).toBe('removed');
    expect(await objectsIn(server, url)).toEqual([]);
  });

  it('keeps the server from mailing: SCHEDULE-AGENT=CLIENT on everybody, no METHOD, and our mark', async () => {
    const server = given();
    const url = await makeCalendar(server, 'stored');
    await succeeds(calDavCalendar({ url, ...server.credentials }).create(anEvent(), live()));
    const object = String((await objectsIn(server, url))[0]).replace(/\r?\n /g, '');
    expect(object).toMatch(/^ORGANIZER;.*SCHEDULE-AGENT=CLIENT.*:mailto:odd@example.test/m);
    expect(object).toMatch(/^ATTENDEE;.*SCHEDULE-AGENT=CLIENT.*:mailto:runa@example.test/m);
    expect(object).toMatch(/^X-HOLDFAST-BOOKING:bk1/m);
    expect(object).not.toMatch(/^METHOD/m);
  });
};

describeWith('radicale', 'a real Radicale', () => {
  const given = runningServer(startRadicale);
  bothServers(given);

  it('says auth-revoked for a wrong password, and repeats none of it', async () => {
    const { homeUrl } = given();
    const calendar = calDavCalendar({ url: homeUrl, username: 'odd', password: 'hunter2' });
    const failure = await fails(calendar.create(anEvent(), live()));
    expect(failure.kind).toBe('auth-revoked');
    expect(JSON.stringify(failure)).not.toMatch(/hunter2|b2Rk/);
  });

  it("says forbidden for somebody else's calendar", async () => {
    const { origin, credentials } = given();
    const calendar = calDavCalendar({ url: `${origin}/runa/private/`, ...credentials });
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('forbidden');
  });
});

describeWith('xandikos', 'a real Xandikos', () => {
  bothServers(runningServer(startXandikos));
});

describeWith('radicale', 'a real Radicale over TLS', () => {
  const given = runningServer(() => startRadicale({ tls: true }));
  const guard = { allowPrivateAddresses: true, connectTimeLimitMs: 2_000 };

  it('is reached under a certificate authority of its own', async () => {
    const server = given();
    const url = await makeCalendar(server, 'secure');
    const dispatcher = guardedDispatcher({ ...guard, ...(server.ca === undefined ? {} : { ca: server.ca }) });
    await succeeds(calDavCalendar({ url, ...server.credentials }, dispatcher).create(anEvent(), live()));
    expect(await objectsIn(server, url)).toHaveLength(1);
    await dispatcher.close();
  });

  it('is refused before anything is sent where its authority is not known', async () => {
    const server = given();
    const url = await makeCalendar(server, 'untrusted');
    const dispatcher = new Agent();
    const failure = await fails(calDavCalendar({ url, ...server.credentials }, dispatcher).create(anEvent(), live()));
    expect(failure.kind).toBe('network');
    expect(failure.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await objectsIn(server, url)).toEqual([]);
    await dispatcher.close();
  });

  it('is refused where the guard does not allow its address', async () => {
    const { homeUrl, credentials } = given();
    const dispatcher = guardedDispatcher({ ...guard, allowPrivateAddresses: false });
    expect(
      (await fails(calDavCalendar({ url: homeUrl, ...credentials }, dispatcher).create(anEvent(), live()))).kind,
    ).toBe('network');
    await dispatcher.close();
  });
});
