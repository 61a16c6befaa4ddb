import ICAL from 'ical.js';
import { onTestFinished } from 'vitest';
import type { CalendarSettings } from '../../src/application/configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { objectsIn } from './caldav-fixture.ts';
import { makeCalendar } from './caldav-server.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { Radicale } from './radicale.ts';

/** A calendar on a real Radicale. `proxy` stands between it and the server under test. */
export type RealCalendar = {
  readonly settings: Extract<CalendarSettings, { readonly type: 'caldav' }>;
  readonly proxy: FaultProxy;
  /** UIDs of all its events, read past the adapter. */
  readonly uids: () => Promise<ReadonlyArray<string>>;
  readonly setReadOnly: (readOnly: boolean) => Promise<void>;
};

const uidIn = (text: string): string =>
  String(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')?.getFirstPropertyValue('uid'));

let made = 0;

/** Makes a fresh calendar; `id` is what Odd's configuration calls it. */
export const realCalendar = async (server: Radicale, id = 'work'): Promise<RealCalendar> => {
  made += 1;
  const url = await makeCalendar(server, `${id}${made}`);
  const proxy = await startFaultProxy(server.origin);
  onTestFinished(proxy.close);
  return {
    settings: {
      type: 'caldav',
      id,
      label: `Odd's ${id} calendar`,
      url: url.replace(server.origin, proxy.origin),
      username: server.credentials.username,
      password: secretOf(server.credentials.password),
      calendarName: null,
      ca: null,
    },
    proxy,
    uids: async () => (await objectsIn(server, url)).map(uidIn),
    setReadOnly: (readOnly) => server.setReadOnly(url, readOnly),
  };
};
