import { appendFile, copyFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { exportLog, type ExportOptions } from '../../../src/cli/audit/export-commands.ts';
import { importStore } from '../../../src/cli/copy/import-command.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { auditedLog, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

describe('exports in files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await write(auditedLog());
  });
  afterEach(() => folder.remove());

  const path = (name: string): string => join(folder.path, name);
  const write = async (log: ReturnType<typeof auditedLog>): Promise<void> => {
    const file = mustOpen(path(DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    await writeAuditedLog(store, log);
    await store.close();
    await file.close();
  };
  const run = async (
    command: (context: CliContext) => Promise<number>,
    env: NodeJS.ProcessEnv = { HOLDFAST_DATA: folder.path },
  ) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env, end: () => undefined });
    return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
  };
  const exported = (options: Partial<ExportOptions>) =>
    run((context) => exportLog(context, { format: 'ndjson', ...options }));
  const text = (name: string) => readFile(path(name), 'utf8');

  it.each([
    ['the whole log', { format: 'ndjson' }],
    ['chosen bookings', { format: 'ndjson', host: 'odd' }],
    ['a table', { format: 'csv' }],
  ] as const)('given %s cut anywhere, when exported again, then it is gone on with', async (_, options) => {
    expect(await exported({ ...options, output: path('whole') })).toMatchObject({ code: 0, out: '' });
    const whole = await text('whole');
    expect((await stat(path('whole'))).mode & 0o777).toBe(0o600);
    if ('host' in options) await copyFile(path('whole.filters'), path('part.filters'));
    for (const share of [0, 0.1, 0.35, 0.5, 0.8, 0.99, 1]) {
      await writeFile(path('part'), whole);
      const cut = Math.floor(whole.length * share);
      await truncate(path('part'), cut);
      if (cut > 0 && !whole.slice(0, cut).includes('\n')) continue;
      expect(await exported({ ...options, output: path('part') }), String(share)).toMatchObject({ code: 0 });
      expect(await text('part'), String(share)).toBe(whole);
    }
  });

  it('given a file that is no export of this log, then it is not touched', async () => {
    for (const content of ['hello\n', 'no line end', '"uid"x\n', `"${RUNA.slice(1)}",""\n`]) {
      await writeFile(path('other'), content);
      expect(
        await exported({ output: path('other'), format: content.startsWith('"') ? 'csv' : 'ndjson' }),
      ).toMatchObject({ code: 1, err: expect.stringContaining('name another file') });
      expect(await text('other')).toBe(content);
    }
    await exported({ output: path('log') });
    await appendFile(path('log'), (await text('log')).split('\n')[3]?.replace(/"hash":"./, '"hash":"x') ?? '');
    await appendFile(path('log'), '\n');
    expect(await exported({ output: path('log') })).toMatchObject({ code: 1 });
  });

  it('given a file of a log that numbers otherwise, as one that was moved, then it is not touched', async () => {
    for (const options of [{}, { host: 'odd' }]) {
      await exported({ ...options, output: path('moved') });
      const moved = (await text('moved')).replaceAll(
        /"position":(\d+)/g,
        (_, position: string) => `"position":7${position}`,
      );
      await writeFile(path('moved'), moved);
      expect(await exported({ ...options, output: path('moved') })).toMatchObject({ code: 1 });
      expect(await text('moved')).toBe(moved);
      await writeFile(path('moved'), '');
    }
  });

  it('given a table for a spreadsheet, then it begins with the mark of UTF-8, once, and is gone on with', async () => {
    const [options, mark] = [{ format: 'csv', output: path('table') } as const, '\ufeff'];
    await exported({ ...options, bom: true });
    const whole = await text('table');
    expect(whole.slice(0, 7)).toBe(`${mark}"uid",`);
    expect(whole.slice(1)).toBe((await exported({ format: 'csv' })).out.concat('\n'));
    const header = Buffer.byteLength(whole.slice(0, whole.indexOf('\n') + 1));
    for (const cut of [0, 1, 2, 3, 20, header, header + 9, header * 2])
      for (const bom of [true, undefined]) {
        await writeFile(path('table'), whole);
        await truncate(path('table'), cut);
        const begun = cut >= header || bom === true ? whole : whole.slice(1);
        expect(await exported({ ...options, ...(bom === true ? { bom } : {}) })).toMatchObject({ code: 0 });
        expect(await text('table'), `${cut} ${bom}`).toBe(begun);
      }
    expect(await exported({ bom: true })).toMatchObject({ code: 2, err: expect.stringContaining('--bom') });
  });

  it('given two exports into one file at once, then one of them writes it, and the other says so', async () => {
    for (const format of ['csv', 'ndjson'] as const) {
      const both = await Promise.all([1, 2].map(() => exported({ format, output: path(format) })));
      expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1]);
      expect(both.map(({ err }) => err).join()).toContain('[file_in_use]');
      expect((await text(format)).trimEnd()).toBe((await exported({ format })).out);
    }
  });

  it('given wrong options, then they are not understood', async () => {
    for (const options of [{ status: 'lost' }, { from: 'today' }, { to: '5' }, { after: 3, output: path('x') }])
      expect(await exported(options)).toMatchObject({ code: 2, out: '' });
  });

  it('given an export, when imported on either engine and exported there, then lines and head are the same', async () => {
    await exported({ output: path('log.ndjson') });
    const head = async (env: NodeJS.ProcessEnv) =>
      JSON.parse((await run((context) => verifyLog(context, { json: true }), env)).out).head;
    const expected = await head({ HOLDFAST_DATA: folder.path });
    const embedded = await run((context) => importStore(context, path('log.ndjson'), { toData: path('again') }));
    expect(embedded).toMatchObject({ code: 0, out: expect.stringContaining('22 events in 3 streams') });
    expect(await head({ HOLDFAST_DATA: path('again') })).toEqual(expected);
    const standIn = await startEventStoreDbStandIn();
    try {
      const env = { HOLDFAST_ESDB: standIn.connectionString, HOLDFAST_CONFIG: path('esdb.yaml') };
      await writeFile(path('esdb.yaml'), 'store: { type: eventstoredb, connectionString: { env: HOLDFAST_ESDB } }\n');
      const to = { toEventstoredbEnv: 'HOLDFAST_ESDB' };
      const imported = await run((context) => importStore(context, path('log.ndjson'), to), env);
      expect(imported).toMatchObject({ code: 0, out: expect.stringContaining('22 events in 3 streams') });
      expect(await head({ ...env, HOLDFAST_DATA: path('none') })).toEqual(expected);
      const back = await run((context) => exportLog(context, { format: 'ndjson' }), env);
      const withoutPositions = (lines: string) => lines.trim().replaceAll(/^\{"position":\d+,/gm, '{');
      expect(withoutPositions(back.out)).toBe(withoutPositions(await text('log.ndjson')));
    } finally {
      await standIn.close();
    }
  });

  it('given a damaged export, or none, then nothing is imported', async () => {
    await writeFile(path('bad.ndjson'), '{}\n');
    const bad = await run((context) => importStore(context, path('bad.ndjson'), { toData: path('again') }));
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('line 1 of the export') });
    const none = await run((context) => importStore(context, path('none.ndjson'), { toData: path('again') }));
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') });
    expect(await run((context) => importStore(context, path('bad.ndjson'), {}))).toMatchObject({ code: 2 });
  });
});
