import { describe, expect, it } from 'vitest';
import {
  configurationChanges,
  describeChange,
  isSame,
  needingRestart,
} from '../../../src/adapters/configuration/compare-configurations.ts';
import { aCalDavCalendar, aHost, anEventType } from '../../support/configuration/files.ts';
import { configurationOf } from '../../support/configuration/load-text.ts';

const env = { CALDAV_PASSWORD: 'one', OTHER: 'two' };
const file = (changes: object = {}) => ({
  hosts: [{ ...aHost(), calendars: ['work'] }],
  calendars: [aCalDavCalendar()],
  ...changes,
});
const read = (changes: object = {}, more: Readonly<Record<string, string>> = {}) =>
  configurationOf(file(changes), { env: { ...env, ...more } });
const lines = async (changes: object, more: Readonly<Record<string, string>> = {}) =>
  configurationChanges(await read(), await read(changes, more)).map(describeChange);

describe('two configurations', () => {
  it('given the same file twice, then nothing has changed', async () => {
    expect(isSame(await read(), await read())).toBe(true);
    expect(await lines({})).toEqual([]);
  });

  it('given another password under the same name, then the credential has changed, and no line says it', async () => {
    const said = await lines({}, { CALDAV_PASSWORD: 'rotated' });
    expect(said).toEqual(['calendar "work" has another credential']);
    expect(isSame(await read(), await read({}, { CALDAV_PASSWORD: 'rotated' }))).toBe(false);
  });

  it('given hosts, event types, calendars and webhooks that are new, gone or changed, then each is named', async () => {
    expect(await lines({ hosts: [{ ...aHost({ timeZone: 'Asia/Tokyo' }), calendars: ['work'] }] })).toEqual([
      'host "odd" has another time zone: from Europe/Oslo to Asia/Tokyo',
    ]);
    const renamed = aHost({ eventTypes: [anEventType({ slug: 'hello' }), anEventType({ id: 2, slug: 'new' })] });
    expect(await lines({ hosts: [{ ...renamed, calendars: ['work'] }] })).toEqual([
      'event type "1" has another name: from "intro" (Introduction) to "hello" (Introduction)',
      'event type "2" is new',
    ]);
    expect(await lines({ hosts: [aHost()], calendars: [] })).toEqual([
      'host "odd" has changed',
      'calendar "work" is not configured any more',
    ]);
    const webhooks = [{ id: 'crm', url: 'https://crm.example/', triggers: ['CALENDAR_BACK'] }];
    expect(await lines({ webhooks, operator: { email: 'ops@example.com' } })).toEqual([
      'webhook "crm" is new',
      'operator has changed',
    ]);
  });

  it('given what a running server cannot change, then it is named, and nothing else is', async () => {
    const timings = { answerWaitInSeconds: 1 };
    expect(needingRestart(await read(), await read({ timings }))).toEqual(['timings']);
    expect(
      needingRestart(await read(), await read({ hosts: [{ ...aHost({ id: 'eva' }), calendars: ['work'] }] })),
    ).toEqual([]);
    const store = { type: 'eventstoredb', connectionString: { env: 'STORE' } };
    expect(
      needingRestart(await read(), await read({ store }, { STORE: 'esdb://u:p@127.0.0.1:2113?tls=false' })),
    ).toEqual(['store']);
  });
});
