import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeSqliteOwnStreams } from '../../src/adapters/event-store/embedded/sqlite-own-streams.ts';
import { createdEvent } from '../../src/adapters/identity/api-key-stream.ts';
import { rebuildReadModel } from '../../src/adapters/read-model/rebuild.ts';
import { lockFile } from '../../src/adapters/sqlite/file-lock.ts';
import { openedForReading } from '../../src/application/privacy/opened-store.ts';
import { refusalStream } from '../../src/application/refusals/refusal-streams.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { KEY_FOLDER } from '../../src/adapters/privacy/key-files.ts';
import { openSubjectKeys } from '../../src/adapters/privacy/subject-key-folder.ts';
import { makeSealing } from '../../src/application/privacy/sealing.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import { runDemo } from '../../demo/run-demo.ts';
import { auditedLog, FRONT_DESK, writeAuditedLog } from '../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../support/data-file.ts';
import { must, mustRun } from '../support/must.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { projectFolder } from '../support/source-files.ts';

const page = readFileSync(join(projectFolder, 'docs/audit.md'), 'utf8');

/** A block of commands, and the output that the page shows under it, if it shows any. */
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, commands = '', output]) => ({ lines: commands.trim().split('\n'), output }),
);

/** What no two installations have alike: names of logs, hashes and signatures. */
const withoutHashes = (text: string): string =>
  text
    .replaceAll(/holdfast\/[0-9a-f]{16}/g, 'holdfast/LOG')
    .replaceAll(/[0-9A-Za-z+/]{40,}={0,2}/g, 'HASH')
    .trimEnd();

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const file = mustOpen(join(folder.path, DATA_FILE));
  const store = must(makeSqliteEventStore(file));
  const keys = must(await openSubjectKeys(join(folder.path, KEY_FOLDER)));
  await writeAuditedLog(store, auditedLog(true, makeSealing(keys).seal));
  await keys.saved();
  const key = { id: FRONT_DESK, name: 'front desk', roles: ['book'] as const, hostId: null, hash: 'x' };
  const created = createdEvent({ ...key, createdAt: '2050-09-01T08:00:00Z', revokedAt: null });
  const streams = must(makeSqliteOwnStreams(file));
  const id = '00000000-0000-4000-8000-000000000000';
  await mustRun(streams.append('installation-keys', 'no-stream', [{ ...created, id }]));
  const asked = {
    asked: 'booking',
    bookingUid: null,
    eventTypeId: 1,
    start: '2050-09-06T09:00:00Z',
    lengthInMinutes: 30,
  };
  const taken = {
    ...asked,
    at: '2050-09-05T08:01:00Z',
    reason: 'slot_taken',
    detail: {},
    attendee: '5d1c83e0a1b2f3c4',
  };
  const notice = {
    ...asked,
    at: '2050-09-06T08:30:00Z',
    reason: 'inside_minimum_notice',
    attendee: '5d1c83e0a1b2f3c4',
  };
  const counted = {
    from: '2050-09-06T08:00:00Z',
    at: '2050-09-06T09:00:00Z',
    count: 812,
    reasons: { slot_taken: 812 },
  };
  const refusals = [
    { type: 'BookingRefused', data: taken },
    { type: 'BookingRefused', data: { ...notice, detail: { earliest: '2050-09-06T10:30:00Z' } } },
    { type: 'RefusalsCounted', data: counted },
  ].map((event, index) => ({ ...event, id: `00000000-0000-4000-8000-00000000001${index}` }));
  await mustRun(streams.append(refusalStream('odd'), 'no-stream', refusals));
  must(await rebuildReadModel({ log: openedForReading(store, keys), folder: folder.path, lock: lockFile })());
  await store.close();
  await file.close();
});
afterAll(() => folder.remove());

/** Runs one line as a shell would, in the folder: the command line in this process, the checker as its own. */
const run = async (line: string): Promise<{ readonly code: number | null; readonly out: string }> => {
  const target = / > (\S+)/.exec(line)?.[1];
  const source = / < (\S+)/.exec(line)?.[1];
  const words = (/^[^<>]*/.exec(line)?.[0] ?? '').trim().split(' ');
  if (words[0] === 'cat') return { code: 0, out: await readFile(join(folder.path, words[1] ?? ''), 'utf8') };
  if (words[0] === 'node') {
    const input = source === undefined ? '' : await readFile(join(folder.path, source), 'utf8');
    const args = words.slice(1).map((word) => (word.startsWith('bin/') ? join(projectFolder, word) : word));
    const ended = spawnSync(process.execPath, args, { cwd: folder.path, input, encoding: 'utf8' });
    return { code: ended.status, out: ended.stdout };
  }
  const terminal = recordingTerminal();
  let code: number | null = null;
  const context = { terminal, env: { HOLDFAST_DATA: folder.path }, end: (ended: number) => void (code = ended) };
  const args = words
    .slice(1)
    .map((word) => word.replace(/^data\//, ''))
    .map((word) => (/\.(txt|key|json|ndjson|csv)$|^(again|privacy-keys)$/.test(word) ? join(folder.path, word) : word));
  await makeProgram(context, async () => runDemo).parseAsync(args, { from: 'user' });
  const out = terminal.written.out.join('\n');
  if (target !== undefined) await writeFile(join(folder.path, target), `${out}\n`);
  return { code, out: target === undefined ? out : '' };
};

it('given the commands of docs/audit.md, when run in order, then they say what the page shows', async () => {
  expect(blocks.length).toBeGreaterThan(4);
  for (const { lines, output } of blocks) {
    const printed: string[] = [];
    for (const line of lines) {
      const { code, out } = await run(line);
      // By the rules of the demo, which has no such host, everything comes out otherwise.
      expect({ line, code }).toEqual({ line, code: line.includes('audit replay') ? 1 : 0 });
      if (out !== '') printed.push(out);
    }
    if (output !== undefined) expect(withoutHashes(printed.join('\n'))).toBe(withoutHashes(output));
  }
});
