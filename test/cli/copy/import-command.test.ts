import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportLine } from '../../../src/application/audit/export-line.ts';
import { exportLog } from '../../../src/cli/audit/export-commands.ts';
import { importStore } from '../../../src/cli/copy/import-command.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { openLog } from '../../../src/replay/index.ts';
import { auditedLog } from '../../support/audited-log.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

/** What somebody may type in, and JSON leaves as it is: `node:readline` takes it for the end of a line. */
const SEPARATORS = 'Runa\u2028Berg\u2029';
const parse: (json: string) => Json = JSON.parse;

/** Lines of an export of the log of the tests, in the clear. */
const exportedLines = (name: string): ReadonlyArray<string> => {
  const log = auditedLog(false, ({ data }) =>
    JSON.parse(JSON.stringify(data).replaceAll('"Runa"', JSON.stringify(name))),
  );
  const counts = new Map<string, number>();
  return log.map(({ stream, event }, index) => {
    const revision = counts.get(stream) ?? 0;
    counts.set(stream, revision + 1);
    return exportLine({ ...event, stream, revision, position: index + 1 });
  });
};

describe('an import', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());
  const path = (name: string): string => join(folder.path, name);
  const run = async (command: (context: CliContext) => Promise<number>, env: NodeJS.ProcessEnv = {}) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env, end: () => undefined });
    return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
  };
  const imported = async (lines: ReadonlyArray<string>, data: string) => {
    await writeFile(path('log.ndjson'), lines.map((line) => `${line}\n`).join(''));
    const done = await run((context) => importStore(context, path('log.ndjson'), { toData: path(data), json: true }));
    return { ...done, report: done.code === 0 ? parse(done.out) : null };
  };

  it('given line separators of Unicode in what people typed, then it is read, folded and imported as it is', async () => {
    const lines = exportedLines(SEPARATORS);
    expect(await imported(lines, 'again')).toMatchObject({ code: 0, report: { events: 22, outOfOrder: null } });
    const back = { HOLDFAST_DATA: path('again') };
    expect(await run((context) => exportLog(context, { format: 'ndjson', output: path('back') }), back)).toMatchObject({
      code: 0,
    });
    expect(await readFile(path('back'), 'utf8')).toBe(await readFile(path('log.ndjson'), 'utf8'));
    const log = await openLog(path('log.ndjson'));
    expect(await log.verify()).toMatchObject({ events: 22, findings: [] });
  });

  it('given lines in another order than the log had, then it says so, and where', async () => {
    const lines = exportedLines('Runa');
    const streams = (line: string): string => /"stream":"([^"]+)"/.exec(line)?.[1] ?? '';
    const other = await imported(
      lines.toSorted((a, b) => (streams(a) < streams(b) ? -1 : 1)),
      'other',
    );
    expect(other).toMatchObject({ code: 0, report: { events: 22, outOfOrder: 18 } });
    expect(other.err).toContain('event 18 of the export stood before');
    expect(other.err).toContain('[other_order]');
    const same = await imported(lines, 'same');
    expect(same).toMatchObject({ code: 0, report: { outOfOrder: null } });
    expect(same.err).not.toContain('other_order');
  });
});
