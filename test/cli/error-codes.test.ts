import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDemo } from '../../demo/run-demo.ts';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import { RUNA, writeAuditedLog } from '../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../support/data-file.ts';
import { must } from '../support/must.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { projectFolder, sourceFiles } from '../support/source-files.ts';

const page = readFileSync(join(projectFolder, 'docs/cli.md'), 'utf8');
const [, section = ''] = page.split('\n## Error codes\n');
const documented = new Set(
  [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`.+?) +\|/gm)].flatMap(
    ([, cell = '']) => cell.match(/\w+/g) ?? [],
  ),
);

/** Where the texts of these commands are made. */
const isTold = (path: string): boolean =>
  /^src\/cli\/(audit|copy)\/|^src\/cli\/(api\/client|local\/(backup|restore|seal|installation)|program)/.test(path) ||
  /src\/adapters\/(identity\/head-key|sqlite\/inspect-file)|ports\/event-store\.ts/.test(path);
const written = new Set(
  sourceFiles('src')
    .filter(({ path }) => isTold(path))
    .flatMap(({ text }) => [...text.matchAll(/ \[([a-z]+_[a-z_]+)\][`'$]/g)].map(([, code]) => code)),
);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: ReadonlyArray<string>): string => join(folder.path, ...names);
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of ['log', 'bare', 'key', 'sealed/privacy-keys']) await mkdir(at(name), { recursive: true });
  for (const name of ['log', 'key', 'sealed']) {
    const file = mustOpen(at(name, DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    await writeAuditedLog(store);
    await store.close();
    await file.close();
  }
  await mustOpen(at('bare', DATA_FILE)).close();
  await writeFile(at('text.txt'), 'no head and no key');
  await writeFile(at('key', 'head-key.pem'), 'no key');
  await writeFile(at('sealed/privacy-keys/wrapping-keys.json'), '{');
});
afterAll(() => folder.remove());

const run = async (data: string, args: ReadonlyArray<string>) => {
  const terminal = recordingTerminal();
  let code: number | null = null;
  const context = { terminal, env: { HOLDFAST_DATA: at(data) }, end: (ended: number) => void (code = ended) };
  const words = args.map((word) => word.replace(/^@/, `${folder.path}/`));
  const refused = await makeProgram(context, async () => runDemo)
    .parseAsync(words, { from: 'user' })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  return { code: refused === null ? code : 2, err: terminal.written.err };
};

describe('errors of commands', () => {
  it('given the codes in the program, then docs/cli.md has these and no other', () => {
    expect([...documented].toSorted()).toEqual([...written].toSorted());
  });

  it.each([
    ['invalid_usage', 'log', 'audit show'],
    ['invalid_usage', 'log', 'audit show x --frm y'],
    ['invalid_usage', 'log', 'audit export --format xml'],
    ['invalid_usage', 'log', 'audit export --status gone'],
    ['invalid_usage', 'log', 'audit export --after 1 --output @x'],
    ['invalid_usage', 'log', 'audit agenda odd --at soon'],
    ['invalid_usage', 'log', 'audit verify --from 2 --to 1'],
    ['invalid_usage', 'log', 'audit refusals odd --email runa'],
    ['invalid_usage', 'log', 'privacy export a@example.com --url nowhere'],
    ['booking_not_found', 'log', 'audit show 02'],
    ['not_decided', 'log', `audit why ${RUNA} --at 0`],
    ['file_unreadable', 'log', 'audit verify --since @none'],
    ['no_signed_head', 'log', 'audit verify --since @text.txt'],
    ['file_unwritable', 'log', 'audit export --output @none/x'],
    ['other_file', 'log', 'audit export --output @text.txt'],
    ['data_file_missing', 'nothing', 'audit head'],
    ['no_log', 'bare', 'audit verify'],
    ['head_key_unusable', 'key', 'audit head'],
    ['privacy_keys_unusable', 'sealed', 'audit verify'],
    ['privacy_keys_unusable', 'sealed', 'privacy seal'],
    ['file_exists', 'log', 'backup @text.txt'],
    ['data_file_missing', 'nothing', 'backup @new.backup'],
    ['data_file_exists', 'log', 'restore @text.txt'],
    ['data_file_foreign', 'nothing', 'restore @text.txt'],
    ['not_a_backup', 'nothing', 'restore @log/holdfast.sqlite'],
    ['server_unreachable', 'log', 'privacy export a@example.com --url http://127.0.0.1:9'],
    ['server_unreachable', 'log', 'privacy forget a@example.com --url http://127.0.0.1:9'],
  ] as const)('%s: %s, %s', async (code, data, command) => {
    const { code: exit, err } = await run(data, command.split(' '));
    expect({ fails: exit !== 0, last: err.filter((line) => /^(holdfast|error):/.test(line)).at(-1) }).toEqual({
      fails: true,
      last: expect.stringMatching(new RegExp(String.raw` \[${code}\]$`)),
    });
  });
});
