import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import { makeAppendGate } from '../../../src/application/privacy/append-gate.ts';
import { openedStore } from '../../../src/application/privacy/opened-store.ts';
import { makeSealing } from '../../../src/application/privacy/sealing.ts';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { exportLog } from '../../../src/cli/audit/export-commands.ts';
import { showAgenda, showTimeline } from '../../../src/cli/audit/show-commands.ts';
import { copyStore } from '../../../src/cli/copy/copy-command.ts';
import { importStore } from '../../../src/cli/copy/import-command.ts';
import { backUp } from '../../../src/cli/local/backup-command.ts';
import { rebuildProjections } from '../../../src/cli/local/config-and-rebuild.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { command } from '../../../src/testing/index.ts';
import { contextOf } from '../../application/process.helper.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

describe('keys of personal data beside a log that was imported or copied', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const path = (...names: ReadonlyArray<string>): string => join(folder.path, ...names);
  const inFolder = (name: string): NodeJS.ProcessEnv => ({ HOLDFAST_DATA: path(name) });
  const opened = async (name: string) => {
    const file = mustOpen(path(name, DATA_FILE));
    const keys = must(await openSubjectKeys(path(name, 'privacy-keys')));
    const stored = must(makeSqliteEventStore(file));
    const close = async () => {
      await stored.close();
      await file.close();
    };
    return { stored, keys, close };
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
    const { stored, keys, close } = await opened('data');
    const sealing = makeSealing(keys);
    await writeAuditedLog(stored, auditedLog(true, sealing.seal));
    await keys.saved();
    await close();
    await run((context) => exportLog(context, { format: 'ndjson', output: path('log.ndjson') }));
  });
  afterEach(() => folder.remove());

  const run = async (does: (context: CliContext) => Promise<number>, env = inFolder('data')) => {
    const terminal = recordingTerminal();
    const code = await does({ terminal, env, end: () => undefined });
    return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
  };
  const imported = (options: Parameters<typeof importStore>[2], env = {}) =>
    run((context) => importStore(context, path('log.ndjson'), options), env);
  const copied = (options: Parameters<typeof copyStore>[1], env = {}) =>
    run((context) => copyStore(context, options), env);
  const shown = (env: NodeJS.ProcessEnv) => run((context) => showTimeline(context, RUNA, {}), env);
  const head = async (env: NodeJS.ProcessEnv) => {
    const verified = await run((context) => verifyLog(context, { json: true }), env);
    expect(verified).toMatchObject({ code: 0 });
    return JSON.parse(verified.out).head;
  };

  it('given an export alone, when imported, then it has the same head, and it says which keys are missing', async () => {
    expect(await readFile(path('log.ndjson'), 'utf8')).not.toMatch(/runa@|Ivar/);
    const told = await imported({ toData: path('again') });
    expect(told).toMatchObject({ code: 0, err: expect.stringContaining('2 of the 2 keys') });
    expect(told.err).toMatch(new RegExp(`not in ${path('again', 'privacy-keys')}.*--privacy-keys`));
    expect(await head(inFolder('again'))).toEqual(await head(inFolder('data')));
    const show = await shown(inFolder('again'));
    expect(show).toMatchObject({ code: 0, out: expect.stringContaining('guest     erased') });
    expect(show.err).toContain(`keys that are not in ${path('again', 'privacy-keys')}: it is shown as erased`);
    expect(show.out).not.toContain('Runa');
  });

  it('given no keys, then everything still folds, lists, cancels and verifies', async () => {
    await imported({ toData: path('again') });
    const before = await run(
      (context) => showAgenda(context, 'odd', { from: '2050-09-01T00:00:00Z' }),
      inFolder('again'),
    );
    expect(before.out).toMatch(/accepted +Introduction +erased/);
    const { stored, keys, close } = await opened('again');
    const buses = makeBookingBuses({
      store: openedStore(stored, keys, makeAppendGate()),
      identity: systemIdentity,
      sealing: makeSealing(keys),
    });
    must(await buses.bookings.execute(RUNA, command.cancel(), contextOf('c'))());
    expect(must(await buses.bookings.load(RUNA)()).state).toMatchObject({ phase: 'cancelled' });
    await close();
    expect(await run((context) => rebuildProjections(context, {}), inFolder('again'))).toMatchObject({ code: 0 });
    const { findings } = JSON.parse(
      (await run((context) => verifyLog(context, { json: true }), inFolder('again'))).out,
    );
    expect(findings.filter(({ kind }: { readonly kind: string }) => kind !== 'no-booking')).toEqual([]);
  });

  it.each(['the folder', 'the file of a backup'])(
    'given %s of keys, when imported with it, then names are read',
    async (what) => {
      const file = { to: 'file', path: path('keys.json') } as const;
      expect(await run((context) => backUp(context, path('backup'), { keys: file }))).toMatchObject({ code: 0 });
      const privacyKeys = what === 'the folder' ? path('data', 'privacy-keys') : file.path;
      const told = await imported({ toData: path('again'), privacyKeys, json: true });
      expect(told).toMatchObject({ code: 0, err: expect.stringContaining('2 keys of people are now in') });
      expect(JSON.parse(told.out)).toMatchObject({ privacyKeys: { used: 2, missing: 0, brought: { restored: 2 } } });
      expect(await shown(inFolder('again'))).toMatchObject({ out: (await shown(inFolder('data'))).out, err: '' });
      const whole = await run((context) => exportLog(context, { format: 'csv' }), inFolder('again'));
      expect(whole.out).toContain('runa@example.com');
    },
  );

  it('given keys that come later, when imported again with them, then names are read', async () => {
    await imported({ toData: path('again') });
    // A server was started on it meanwhile, and has made a folder that nothing is sealed with.
    await (await opened('again')).close();
    const told = await imported({ toData: path('again'), privacyKeys: path('data', 'privacy-keys') });
    expect(told).toMatchObject({ code: 0, out: expect.stringContaining('of them from before') });
    expect((await shown(inFolder('again'))).out).toContain('Runa <runa@example.com>');
  });

  it('given somebody forgotten there, then their key stays destroyed here, and is not missed', async () => {
    await cp(path('data', 'privacy-keys'), path('older'), { recursive: true });
    const { keys, close } = await opened('data');
    await keys.destroy(keys.retire(keys.subjectOf('ivar@example.com')));
    await close();
    await imported({ toData: path('again'), privacyKeys: path('data', 'privacy-keys') });
    const older = await imported({ toData: path('again'), privacyKeys: path('older') });
    expect(older).toMatchObject({ code: 0, err: expect.stringContaining('0 keys of people are now in') });
    expect(older.err).not.toContain('reads as erased');
    const ivars = await run((context) => showTimeline(context, IVAR, {}), inFolder('again'));
    expect(ivars).toMatchObject({ err: '', out: expect.stringContaining('guest     erased') });
  });

  it('given keys wrapped anew since, or keys of others, then the first are taken and the second refused', async () => {
    await cp(path('data', 'privacy-keys'), path('older'), { recursive: true });
    const first = await opened('data');
    await first.keys.rotate();
    await first.close();
    await cp(path('data', 'privacy-keys'), path('again', 'privacy-keys'), { recursive: true });
    for (const name of await readdir(path('again', 'privacy-keys')))
      if (name.endsWith('.key')) await rm(path('again', 'privacy-keys', name));
    await writeFile(path('again', 'privacy-keys', `${'0'.repeat(32)}-00000000.key`), 'in use');
    await imported({ toData: path('again'), privacyKeys: path('older') });
    expect((await shown(inFolder('again'))).out).toContain('Runa <runa@example.com>');
    await (await opened('others')).close();
    const refused = await imported({ toData: path('again'), privacyKeys: path('others', 'privacy-keys') });
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('keys of another folder') });
  });

  it('given what has no keys, then nothing is written', async () => {
    await writeFile(path('notes.txt'), '{}');
    for (const privacyKeys of [path('none'), path('notes.txt'), folder.path]) {
      const refused = await imported({ toData: path('again'), privacyKeys });
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('cannot be brought') });
    }
    expect(existsSync(path('again'))).toBe(false);
  });

  it('given the EventStoreDB stand-in, then the same: without keys it says so, with them names are read', async () => {
    const standIn = await startEventStoreDbStandIn();
    try {
      await writeFile(path('esdb.yaml'), 'store: { type: eventstoredb, connectionString: { env: HOLDFAST_ESDB } }\n');
      const base = {
        HOLDFAST_ESDB: standIn.connectionString,
        HOLDFAST_CONFIG: path('esdb.yaml'),
        HOLDFAST_DATA: path('node'),
      };
      const env = { ...base, HOLDFAST_PRIVACY_KEYS: path('shared-keys') };
      const to = { toEventstoredbEnv: 'HOLDFAST_ESDB' };
      const told = await imported(to, base);
      expect(told).toMatchObject({ code: 0, err: expect.stringContaining('2 of the 2 keys') });
      expect(told.err).toContain('HOLDFAST_PRIVACY_KEYS');
      expect(await imported({ ...to, privacyKeys: path('data', 'privacy-keys') }, base)).toMatchObject({ code: 1 });
      expect(await imported({ ...to, privacyKeys: path('data', 'privacy-keys') }, env)).toMatchObject({ code: 0 });
      expect(await head(env)).toEqual(await head(inFolder('data')));
      expect((await shown(env)).out).toContain('Runa <runa@example.com>');
      const back = await copied({ fromEventstoredbEnv: 'HOLDFAST_ESDB', toData: path('back') }, base);
      expect(back).toMatchObject({ code: 0, err: expect.stringContaining('2 of the 2 keys') });
      const privacyKeys = path('shared-keys');
      expect(
        await copied({ fromEventstoredbEnv: 'HOLDFAST_ESDB', toData: path('back'), privacyKeys }, base),
      ).toMatchObject({
        code: 0,
        err: expect.stringContaining('2 keys of people are now in'),
      });
      expect((await shown(inFolder('back'))).out).toContain('Runa <runa@example.com>');
    } finally {
      await standIn.close();
    }
  });
});
