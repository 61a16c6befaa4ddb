import { describe, expect, it } from 'vitest';
import { aCalDavCalendar, aFile, aHost } from '../../support/configuration/files.ts';
import { configurationOf, placesOf } from '../../support/configuration/load-text.ts';

const env = { CALDAV_PASSWORD: 'pw', SMTP_PASSWORD: 'pw', NOT_JSON: '{' };
const allowed = { env: { ...env, HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1' } };
const files = { '/etc/holdfast/no.pem': 'no certificate' };

type Changes = Readonly<Record<string, unknown>>;
const hosts = [aHost({ calendars: ['work'] })];
const withCalendar = (changes: Changes) => aFile({ hosts, calendars: [aCalDavCalendar(changes)] });
const withGoogle = (credentials: Changes) =>
  aFile({ hosts, calendars: [{ id: 'work', label: 'Work', type: 'google', credentials }] });
const withWebhook = (changes: Changes) =>
  aFile({ webhooks: [{ id: 'crm', url: 'https://crm.example.org/', triggers: ['BOOKING_CREATED'], ...changes }] });
const withMail = (smtp: Changes) =>
  aFile({ mail: { from: { name: 'Us', address: 'us@example.org' }, smtp: { host: 'smtp.example.org', ...smtp } } });

describe('calendars', () => {
  it.each([
    [withCalendar({ url: 'ftp://dav.example.org/' }), 'url bad_format'],
    [withCalendar({ url: 'https://odd:pw@dav.example.org/' }), 'url bad_format'],
    [withCalendar({ url: 'http://dav.example.org/' }), 'url bad_format'],
    [withCalendar({ url: 'https://127.0.0.1/' }), 'url address_not_allowed'],
    [withCalendar({ url: 'https://localhost/' }), 'url address_not_allowed'],
    [withCalendar({ caFile: 'not-there.pem' }), 'caFile unreadable'],
    [withCalendar({ caFile: 'no.pem' }), 'caFile bad_format'],
    [withCalendar({ type: 'exchange' }), 'type not_one_of'],
    [withGoogle({ type: 'service-account', key: { env: 'NOT_JSON' } }), 'credentials.key bad_format'],
    [withGoogle({ type: 'password' }), 'credentials.type not_one_of'],
  ])('are refused (%#)', async (file, place) => {
    expect(await placesOf(file, { env, files })).toEqual([`calendars[0].${place}`]);
  });

  it('on loopback are accepted when private addresses are allowed', async () => {
    const { calendars } = await configurationOf(withCalendar({ url: 'http://127.0.0.1:5232/' }), allowed);
    expect(calendars).toMatchObject([{ url: 'http://127.0.0.1:5232/', calendarName: null, ca: null }]);
  });

  it('belong to one host, are named by one, and are unique', async () => {
    const local = { id: 'work', label: 'Work', type: 'local' };
    const runa = aHost({ id: 'r', number: 2, username: 'r', calendars: ['work'], eventTypes: [] });
    const file = aFile({
      hosts: [aHost({ calendars: ['work', 'work'] }), runa],
      calendars: [local, local, { ...local, id: 'spare' }],
    });
    expect((await placesOf(file)).toSorted()).toEqual([
      'calendars[1].id duplicate',
      'calendars[2].id conflict',
      'hosts[0].calendars[1] duplicate',
      'hosts[1].calendars[0] conflict',
    ]);
  });
});

describe('webhooks', () => {
  it.each([
    [withWebhook({ url: 'https://169.254.169.254/' }), 'url address_not_allowed'],
    [withWebhook({ url: 'http://crm.example.org/' }), 'url bad_format'],
    [withWebhook({ triggers: [] }), 'triggers out_of_range'],
    [withWebhook({ triggers: ['BOOKING_CREATE'] }), 'triggers[0] not_one_of'],
    [withWebhook({ hosts: ['od'] }), 'hosts[0] unknown_reference'],
  ])('are refused (%#)', async (file, place) => {
    expect(await placesOf(file)).toEqual([`webhooks[0].${place}`]);
  });

  it('go to all hosts and are active unless the file says otherwise', async () => {
    const { webhooks } = await configurationOf(withWebhook({}));
    expect(webhooks).toMatchObject([{ hostIds: null, active: true, secret: null }]);
  });
});

describe('mail', () => {
  it.each([
    [withMail({ user: 'u' }), 'password missing'],
    [withMail({ password: { env: 'SMTP_PASSWORD' } }), 'user missing'],
    [withMail({ user: 'u', password: { env: 'SMTP_PASSWORD' }, security: 'none' }), 'security conflict'],
    [withMail({ port: 65_536 }), 'port out_of_range'],
    [withMail({ host: 'smtp example' }), 'host bad_format'],
  ])('is refused (%#)', async (file, place) => {
    expect(await placesOf(file, { env })).toEqual([`mail.smtp.${place}`]);
  });

  it.each([
    [{ port: 465 }, 'tls'],
    [{ port: 587 }, 'starttls'],
    [{ port: 25, security: 'none' }, 'none'],
  ])('with %j goes over %s', async (smtp, security) => {
    expect((await configurationOf(withMail(smtp))).mail).toMatchObject({ type: 'smtp', security, login: null });
  });
});

describe('retries', () => {
  it('are refused when the longest wait is shorter than the first', async () => {
    const file = aFile({ retries: { calendar: { baseInSeconds: 60, capInSeconds: 5 } } });
    expect(await placesOf(file)).toEqual(['retries.calendar.capInSeconds wrong_order']);
  });
});

describe('refusals', () => {
  it.each([
    [{ listedPerHour: 0 }, 'listedPerHour'],
    [{ listedPerHour: 601 }, 'listedPerHour'],
    [{ keptDays: 0 }, 'keptDays'],
    [{ keptDays: 366 }, 'keptDays'],
  ])('have limits that are refused beyond theirs (%#)', async (refusals, key) => {
    expect(await placesOf(aFile({ audit: { refusals } }))).toEqual([`audit.refusals.${key} out_of_range`]);
  });

  it('are listed and kept as the file says', async () => {
    const { audit } = await configurationOf(aFile({ audit: { refusals: { listedPerHour: 600, keptDays: 365 } } }));
    expect(audit.refusals).toEqual({ listedPerHour: 600, keptDays: 365 });
  });
});
