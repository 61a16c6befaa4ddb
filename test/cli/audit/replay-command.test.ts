import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { replayDecisions } from '../../../src/cli/audit/replay-command.ts';
import { auditedFolder } from '../../support/audited-folder.ts';
import { aCalDavCalendar, aFile, aHost } from '../../support/configuration/files.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

let folder: Awaited<ReturnType<typeof auditedFolder>>;
beforeAll(async () => {
  folder = await auditedFolder();
});
afterAll(() => folder.remove());

const replayed = async (options: Parameters<typeof replayDecisions>[1]) => {
  const terminal = recordingTerminal();
  const context = { terminal, env: { HOLDFAST_DATA: folder.path }, end: () => undefined };
  const code = await replayDecisions(context, options);
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
};

it('given rules in a file whose secrets are not here, then they judge: only its hosts are looked at', async () => {
  const path = join(folder.path, 'other.yaml');
  const password = { env: 'NOT_SET_ANYWHERE' };
  const file = aFile({ hosts: [aHost({ calendars: ['work'] })], calendars: [aCalDavCalendar({ password })] });
  await writeFile(path, stringify(file));
  const { out, err } = await replayed({ rules: path });
  expect(err).not.toContain('NOT_SET_ANYWHERE');
  expect(out).toMatch(/^3 decisions and 2 held times in 3 streams/m);
  await writeFile(path, '');
  expect(await replayed({ rules: path })).toMatchObject({
    code: 1,
    err: expect.stringContaining('hosts: is required'),
  });
});

it('given no configuration, then it is said that the rules are those of the demo', async () => {
  expect((await replayed({ rules: 'current' })).err).toContain('HOLDFAST_CONFIG names no file');
  expect((await replayed({ rules: 'recorded' })).err).not.toContain('HOLDFAST_CONFIG');
});

it('given a period, then what was decided and held in it is counted, and nothing else', async () => {
  const { out } = await replayed({ rules: 'recorded', from: '2050-09-05T08:09:00Z', to: '2050-09-05T08:15:00Z' });
  expect(out).toMatch(/^1 decision and 1 held time in 3 streams/m);
});
