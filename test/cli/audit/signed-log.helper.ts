import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { printHead } from '../../../src/cli/audit/head-commands.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { pendingHistory, sealed } from '../../support/booking-history.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

export const checker = fileURLToPath(new URL('../../../bin/check-proof.js', import.meta.url));

/** A data folder with the bookings of Runa and Ivar, 12 events, and the commands about its signed heads. */
export const openSignedLog = async () => {
  const { path, remove } = await temporaryFolder();
  const withFile = async (use: (file: ReturnType<typeof mustOpen>) => Promise<void> | void): Promise<void> => {
    const file = mustOpen(join(path, DATA_FILE));
    await use(file);
    await file.close();
  };
  const append = (stream: string): Promise<void> =>
    withFile(async (file) => {
      const store = must(makeSqliteEventStore(file));
      await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, pendingHistory) }));
      await store.close();
    });
  const run = async (command: (context: CliContext) => Promise<number>) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env: { HOLDFAST_DATA: path }, end: () => undefined });
    return { code, stdout: terminal.written.out.join('\n'), stderr: terminal.written.err.join('\n') };
  };
  await append('booking-runa');
  await append('booking-ivar');
  return {
    path,
    remove,
    withFile,
    append,
    run,
    /** Writes its head as it is now into a file. */
    head: async (): Promise<string> => {
      const file = join(path, 'head.txt');
      await writeFile(file, `${(await run((context) => printHead(context, {}))).stdout}\n`);
      return file;
    },
    key: async (): Promise<string> => (await run((context) => printHead(context, { key: true }))).stdout,
    since: (head: string, key?: string) =>
      run((context) => verifyLog(context, { since: head, ...(key === undefined ? {} : { key }) })),
    check: (key: string, proof: string) =>
      spawnSync(process.execPath, [checker, key], { input: proof, encoding: 'utf8' }),
  };
};
