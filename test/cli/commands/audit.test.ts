import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeProgram } from '../../../src/cli/program.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { runDemo } from '../../../demo/run-demo.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const file = mustOpen(join(folder.path, DATA_FILE));
  const store = must(makeSqliteEventStore(file));
  // As where the saga had told somebody something before it went on: what the log names is what was known last.
  const log = auditedLog(true);
  const [started] = log.filter(
    ({ stream, event }) => stream === `booking-${IVAR}` && event.type === 'CalendarSyncStarted',
  );
  const named = (event: Envelope): Envelope =>
    event.type === 'CalendarRemovalSucceeded' ? { ...event, causationId: started?.event.id ?? null } : event;
  await writeAuditedLog(
    store,
    log.map(({ stream, event }) => ({ stream, event: named(event) })),
  );
  await store.close();
  await file.close();
});
afterAll(() => folder.remove());

const run = async (...args: ReadonlyArray<string>) => {
  const terminal = recordingTerminal();
  let code: number | null = null;
  const context = { terminal, env: { HOLDFAST_DATA: folder.path }, end: (ended: number) => void (code = ended) };
  await makeProgram(context, async () => runDemo).parseAsync(['audit', ...args], { from: 'user' });
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
};

describe('the audit commands, asked about what is not there', () => {
  it.each([
    [1, 'host_not_found', ['agenda', 'nobody']],
    [1, 'host_not_found', ['refusals', 'nobody']],
    [1, 'host_not_found', ['refusals', 'nobody', '--json']],
    [1, 'host_not_found', ['export', '--host', 'nobody']],
    [1, 'host_not_found', ['export', '--host', 'nobody', '--format', 'csv']],
    [1, 'host_not_found', ['replay', '--host', 'nobody']],
    [1, 'position_beyond_end', ['export', '--after', '1000']],
    [2, '--email must be a mail address', ['refusals', 'odd', '--email', 'runa']],
  ] as const)('%d %s: %j', async (code, why, args) => {
    expect(await run(...args)).toMatchObject({ code, out: '', err: expect.stringContaining(why) });
  });

  it('given a host that nobody was refused, then that is said', async () => {
    expect(await run('refusals', 'odd')).toMatchObject({
      code: 0,
      out: expect.stringContaining('no refusal is listed'),
    });
  });

  it('given rules that cannot be read, then their file is named, not a variable that nobody has set', async () => {
    const [none, bad] = [join(folder.path, 'none.yaml'), join(folder.path, 'bad.yaml')];
    await writeFile(bad, 'hosts: [');
    for (const path of [none, bad]) {
      const { code, err } = await run('replay', '--rules', path);
      expect({ code, names: err.includes(path), variable: err.includes('HOLDFAST_CONFIG') }).toEqual({
        code: 1,
        names: true,
        variable: false,
      });
    }
  });
});

describe('what the audit commands say', () => {
  it('given an event that names what was known last, then show tells what led to it, as why does', async () => {
    for (const command of ['show', 'why']) {
      const { out } = await run(command, IVAR);
      const [, cause] = /let go of the booking.*\n *because of +(.*)/.exec(out) ?? [];
      expect([command, cause]).toEqual([command, 'event 4, BookingCancelled']);
    }
    const { entries } = JSON.parse((await run('show', IVAR, '--json')).out);
    expect(entries[5]).toMatchObject({ cause: { revision: 1 }, because: [4] });
  });

  it('given a log of which the last event is none of those, then the progress comes to its end', async () => {
    expect((await run('replay')).err).toContain('100 % (27 of 27)');
    const into = ['export', '--host', 'odd', '--output', join(folder.path, 'odd.ndjson')];
    expect((await run(...into)).err).toContain('100 % (27 of 27)');
  });

  it('given one of a thing, then it is not in the plural', async () => {
    const { out } = await run('replay', '--stream', 'schedule-odd', '--rules', 'recorded');
    expect(out.split('\n').at(-1)).toBe('0 decisions and 2 held times in 1 stream: 1 divergence');
  });

  it('given an export into a file, then how it is gone on with, and not by an option that a file refuses', async () => {
    const output = join(folder.path, 'log.ndjson');
    const first = await run('export', '--output', output);
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('the same command adds what comes later') });
    expect(first.err).not.toContain('--after');
    const json = await run('export', '--output', output, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ lines: 0 });
  });

  it('given --json, then a proof takes it as all the others do, and it is the same', async () => {
    const [plain, json] = [await run('prove', RUNA), await run('prove', RUNA, '--json')];
    expect(json).toMatchObject({ code: 0, out: plain.out });
  });
});
