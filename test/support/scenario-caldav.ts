import ICAL from 'ical.js';
import { onTestFinished } from 'vitest';
import type { CalendarSettings } from '../../src/adapters/calendars/providers.ts';
import { secretOf } from '../../src/application/secret.ts';
import { objectsIn } from './caldav-fixture.ts';
import { makeCalendar, rawRequest } from './caldav-server.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { HoldingProxy } from './holding-proxy.ts';
import { startHoldingProxy } from './holding-proxy.ts';
import type { Radicale } from './radicale.ts';

/** A calendar on a real Radicale. `proxy` and `box` stand between it and the server under test. */
export type RealCalendar = {
  readonly settings: Extract<CalendarSettings, { readonly type: 'caldav' }>;
  readonly proxy: FaultProxy;
  readonly box: HoldingProxy;
  /** UIDs of all its events, read past the adapter. */
  readonly uids: () => Promise<ReadonlyArray<string>>;
  /** Writes all its events anew, as a client or the server itself may, past the adapter. */
  readonly edit: (change: (text: string) => string) => Promise<void>;
  /** All its objects, as text. */
  readonly objects: () => Promise<ReadonlyArray<string>>;
  /** A person's client deletes all its events, or puts one there. */
  readonly empty: () => Promise<void>;
  readonly put: (text: string) => Promise<void>;
  readonly setReadOnly: (readOnly: boolean) => Promise<void>;
};

const uidIn = (text: string): string =>
  String(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')?.getFirstPropertyValue('uid'));

let made = 0;

/** Makes a fresh calendar; `id` is what Odd's configuration calls it. */
export const realCalendar = async (server: Radicale, id = 'work'): Promise<RealCalendar> => {
  made += 1;
  const url = await makeCalendar(server, `${id}${made}`);
  const box = await startHoldingProxy(server.origin);
  const proxy = await startFaultProxy(box.origin);
  onTestFinished(async () => {
    await proxy.close();
    await box.close();
  });
  return {
    settings: {
      type: 'caldav',
      id,
      label: `Odd's ${id} calendar`,
      whenDeleted: 'cancel',
      whenMoved: 'follow',
      deletedGraceMs: 120_000,
      url: url.replace(server.origin, proxy.origin),
      username: server.credentials.username,
      password: secretOf(server.credentials.password),
      calendarName: null,
      ca: null,
    },
    proxy,
    box,
    objects: () => objectsIn(server, url),
    uids: async () => (await objectsIn(server, url)).map(uidIn),
    empty: async () => {
      for (const text of await objectsIn(server, url))
        await rawRequest(server, 'DELETE', `${url}${encodeURIComponent(uidIn(text))}.ics`);
    },
    put: async (text) => {
      const headers = { 'content-type': 'text/calendar; charset=utf-8' };
      await rawRequest(server, 'PUT', `${url}${encodeURIComponent(uidIn(text))}.ics`, text, headers);
    },
    edit: async (change) => {
      for (const text of await objectsIn(server, url)) {
        const headers = { 'content-type': 'text/calendar; charset=utf-8' };
        await rawRequest(server, 'PUT', `${url}${encodeURIComponent(uidIn(text))}.ics`, change(text), headers);
      }
    },
    setReadOnly: (readOnly) => server.setReadOnly(url, readOnly),
  };
};
