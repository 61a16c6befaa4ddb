import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { describeConfiguration } from '../../../src/adapters/configuration/load-configuration.ts';
import { reveal } from '../../../src/application/secret.ts';
import { aCalDavCalendar, aFile, aHost } from '../../support/configuration/files.ts';
import { configurationOf, errorsOf } from '../../support/configuration/load-text.ts';

const literal = 'hunter2-the-literal';
const fileWith = (password: unknown) =>
  aFile({ hosts: [aHost({ calendars: ['work'] })], calendars: [aCalDavCalendar({ password })] });

describe('a secret in the file', () => {
  it.each([
    [literal, 'literal_secret'],
    [12345678, 'literal_secret'],
    [[literal], 'bad_format'],
    [{ env: literal }, 'bad_format'],
    [{ [literal]: null }, 'bad_format'],
    [{ env: 'A', file: literal }, 'bad_format'],
    [{ value: literal }, 'bad_format'],
    [{ env: 'NOT_SET' }, 'secret_unavailable'],
    [{ env: 'SET_TO_NOTHING' }, 'secret_unavailable'],
    [{ file: 'not-there' }, 'secret_unavailable'],
    [{ file: 'empty' }, 'secret_unavailable'],
  ])('is refused as %j, and not repeated', async (password, code) => {
    const world = { env: { SET_TO_NOTHING: '' }, files: { '/etc/holdfast/empty': '\n' } };
    const errors = await errorsOf(fileWith(password), world);
    expect(errors).toMatchObject([{ path: 'calendars[0].password', code }]);
    expect(JSON.stringify(errors)).not.toMatch(/hunter2|12345678/);
  });

  it.each([
    [{ env: 'PW' }, { env: { PW: ' s3cret \n' } }, ' s3cret \n'],
    [{ file: 'secrets/pw' }, { files: { '/etc/holdfast/secrets/pw': 's3cret\r\n' } }, 's3cret'],
    [{ file: '/run/secrets/pw' }, { files: { '/run/secrets/pw': ' s3cret' } }, ' s3cret'],
  ])('is read from %j', async (password, world, expected) => {
    const [calendar] = (await configurationOf(fileWith(password), world)).calendars;
    expect(calendar?.type === 'caldav' && reveal(calendar.password)).toBe(expected);
  });
});

describe('a configuration with a secret of every kind', () => {
  const env = {
    A: 'secret-caldav',
    B: 'secret-client',
    C: 'secret-refresh',
    D: 'secret-webhook',
    E: 'secret-smtp',
    F: JSON.stringify({ client_email: 'robot@example.org', private_key: 'secret-key' }),
  };
  const google = (id: string, credentials: unknown) => ({ id, label: id, type: 'google', credentials });
  const smtp = { host: 'smtp.example.org', user: 'u', password: { env: 'E' } };
  const webhookUrl = 'https://crm.example.org/hook?token=secret-query';
  const file = aFile({
    hosts: [aHost({ calendars: ['work', 'oauth', 'robot'] })],
    calendars: [
      aCalDavCalendar({ password: { env: 'A' } }),
      google('oauth', { type: 'oauth', clientId: 'id', clientSecret: { env: 'B' }, refreshToken: { env: 'C' } }),
      google('robot', { type: 'service-account', key: { env: 'F' } }),
    ],
    webhooks: [{ id: 'crm', url: webhookUrl, secret: { env: 'D' }, triggers: ['BOOKING_CREATED'] }],
    mail: { from: { name: 'Us', address: 'us@example.org' }, smtp },
  });

  it('is described without any of them, and with everything else', async () => {
    const description = describeConfiguration(await configurationOf(file, { env }));
    expect(JSON.stringify(description)).not.toContain('secret-');
    expect(stringify(description)).not.toContain('secret-');
    expect(description).toMatchObject({
      calendars: [
        { id: 'work', username: 'odd', password: '[secret]' },
        { id: 'oauth', credentials: { clientId: 'id', clientSecret: '[secret]', refreshToken: '[secret]' } },
        { id: 'robot', credentials: { clientEmail: 'robot@example.org', privateKey: '[secret]' } },
      ],
      webhooks: [{ id: 'crm', url: 'https://crm.example.org/hook?[secret]', secret: '[secret]' }],
      mail: { host: 'smtp.example.org', login: { user: 'u', password: '[secret]' } },
    });
  });

  it('does not show them when calendars, mail and webhook secrets are logged as they are', async () => {
    const { calendars, mail, webhooks } = await configurationOf(file, { env });
    const logged = { calendars, mail, webhooks: webhooks.map(({ secret }) => secret) };
    const printed = inspect(logged, { depth: null, showHidden: true });
    expect(printed.match(/\[secret\]/g)?.length).toBe(6);
    expect(printed).not.toContain('secret-');
  });
});
