import { describe, expect, it } from 'vitest';
import { describeConfiguration } from '../../../src/adapters/configuration/load-configuration.ts';
import { reveal } from '../../../src/application/secret.ts';
import { aFile } from '../../support/configuration/files.ts';
import { configurationOf, errorsOf, placesOf } from '../../support/configuration/load-text.ts';
import { localhostCertificate } from '../../support/localhost-certificate.ts';

const WHERE = 'esdb://holdfast:Geheim-77@log.example.org:2113';
const world = {
  env: {
    LOG: WHERE,
    OTHER: 'postgres://holdfast:Geheim-77@log.example.org',
    ODD: `${WHERE}?throwOnAppendFailure=false`,
  },
  files: { '/etc/holdfast/ca.pem': localhostCertificate, '/etc/holdfast/no.pem': 'no certificate' },
};

const onEventStoreDb = (changes: Readonly<Record<string, unknown>> = {}) =>
  aFile({ store: { type: 'eventstoredb', connectionString: { env: 'LOG' }, ...changes } });

describe('where the log is', () => {
  it('is the data file when nothing is said, and when that is said', async () => {
    expect((await configurationOf(aFile())).store).toEqual({ type: 'embedded' });
    expect((await configurationOf(aFile({ store: { type: 'embedded' } }))).store).toEqual({ type: 'embedded' });
  });

  it('is an EventStoreDB, by a connection string that is a secret, and a file beside the configuration', async () => {
    const { store } = await configurationOf(onEventStoreDb({ caFile: 'ca.pem' }), world);
    if (store.type !== 'eventstoredb') throw new Error('it is embedded');
    expect(reveal(store.connectionString)).toBe(WHERE);
    expect(store).toMatchObject({
      caFile: '/etc/holdfast/ca.pem',
      streamPrefix: 'holdfast-',
      startWaitMs: 30_000,
    });
  });

  it('is shown without the connection string', async () => {
    const shown = describeConfiguration(await configurationOf(onEventStoreDb(), world));
    expect(shown).toMatchObject({ store: { type: 'eventstoredb', connectionString: '[secret]', caFile: null } });
    expect(JSON.stringify(shown)).not.toContain('Geheim');
  });

  it.each([
    [onEventStoreDb({ connectionString: WHERE }), 'store.connectionString literal_secret'],
    [onEventStoreDb({ connectionString: { env: 'NOT_SET' } }), 'store.connectionString secret_unavailable'],
    [onEventStoreDb({ connectionString: { env: 'OTHER' } }), 'store.connectionString bad_format'],
    [onEventStoreDb({ connectionString: { env: 'ODD' } }), 'store.connectionString bad_format'],
    [onEventStoreDb({ caFile: 'not-there.pem' }), 'store.caFile unreadable'],
    [onEventStoreDb({ caFile: 'no.pem' }), 'store.caFile bad_format'],
    [onEventStoreDb({ startWaitInSeconds: 601 }), 'store.startWaitInSeconds out_of_range'],
    [onEventStoreDb({ streamPrefix: 'holdfast' }), 'store.streamPrefix bad_format'],
    [onEventStoreDb({ streamPrefix: 'hold-fast-' }), 'store.streamPrefix bad_format'],
    [onEventStoreDb({ streamPrefix: '$ce-' }), 'store.streamPrefix bad_format'],
    [onEventStoreDb({ streamPrefix: '' }), 'store.streamPrefix out_of_range'],
    [aFile({ store: { type: 'eventstoredb' } }), 'store.connectionString missing'],
    [aFile({ store: { type: 'embedded', caFile: 'ca.pem' } }), 'store.caFile unknown_key'],
    [aFile({ store: { type: 'postgres' } }), 'store.type not_one_of'],
  ])('is refused (%#), and no message repeats the password', async (file, place) => {
    expect(await placesOf(file, world)).toEqual([place]);
    expect(JSON.stringify(await errorsOf(file, world))).not.toContain('Geheim');
  });
});
