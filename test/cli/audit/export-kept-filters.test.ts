import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { exportLog, type ExportOptions } from '../../../src/cli/audit/export-commands.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { writeAuditedLog } from '../../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

type Filters = Omit<ExportOptions, 'format'>;
const WHOLE: Filters = {};
/** Filters that a file was begun with, and others: which leave out bookings, or take more. */
const OTHERS: ReadonlyArray<readonly [begun: Filters, then: Filters]> = [
  [{ status: 'cancelled' }, WHOLE],
  [WHOLE, { status: 'cancelled' }],
  [{ host: 'odd' }, { host: 'odd', status: 'accepted' }],
  [{ eventType: 'intro' }, { eventType: '1' }],
  [{ from: '2050-09-07T00:00:00Z' }, { to: '2050-09-07T00:00:00Z' }],
];

describe('a file that is gone on with', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    const file = mustOpen(join(folder.path, DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    await writeAuditedLog(store);
    await store.close();
    await file.close();
  });
  afterEach(() => folder.remove());
  const output = (): string => join(folder.path, 'file');
  const exported = async (format: ExportOptions['format'], filters: Filters) => {
    const terminal = recordingTerminal();
    const context = { terminal, env: { HOLDFAST_DATA: folder.path }, end: () => undefined };
    const code = await exportLog(context, { ...filters, format, output: output() });
    return { code, err: terminal.written.err.join('\n') };
  };
  const cases = OTHERS.flatMap(([begun, then]) =>
    (['csv', 'ndjson'] as const).map((format) => ({ name: JSON.stringify([begun, then]), format, begun, then })),
  );

  it.each(cases)('given $name as $format, then only the filters that it was begun with go on', async (one) => {
    const { format, begun, then } = one;
    expect(await exported(format, begun)).toMatchObject({ code: 0 });
    const before = await readFile(output(), 'utf8');
    expect(await exported(format, then)).toMatchObject({ code: 1, err: expect.stringContaining('[other_filters]') });
    expect(await readFile(output(), 'utf8')).toBe(before);
    expect(await exported(format, begun)).toMatchObject({ code: 0 });
    expect(await readFile(output(), 'utf8')).toBe(before);

    // Whoever takes the file away begins anew, with any filters.
    await rm(output());
    expect(await exported(format, then)).toMatchObject({ code: 0 });
    expect(await exported(format, then)).toMatchObject({ code: 0 });
    expect(await exported(format, begun)).toMatchObject({ code: 1 });
  });

  it.each(['csv', 'ndjson'] as const)('given %s whose filters nobody knows, then it is not touched', async (format) => {
    const chosen: Filters = { status: 'cancelled' };
    await exported(format, chosen);
    const before = await readFile(output(), 'utf8');
    await rm(`${output()}.filters`);
    for (const filters of [chosen, WHOLE])
      expect(await exported(format, filters)).toMatchObject({
        code: 1,
        err: expect.stringContaining('[other_filters]'),
      });
    expect(await readFile(output(), 'utf8')).toBe(before);
    await writeFile(output(), '');
    expect(await exported(format, WHOLE)).toMatchObject({ code: 0 });
  });
});
