import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { exportLine } from '../../src/application/audit/export-line.ts';
import { openSubjectKeys } from '../../src/adapters/privacy/subject-key-folder.ts';
import { makeSealing } from '../../src/application/privacy/sealing.ts';
import { decodeStream, foldStream, openLog, type ReadableLog } from '../../src/replay/index.ts';
import { auditedLog, RUNA, writeAuditedLog } from '../support/audited-log.ts';
import { mustOpen, temporaryFolder } from '../support/data-file.ts';
import { must, mustRun } from '../support/must.ts';
import { importsOf, projectFolder, sourceFiles } from '../support/source-files.ts';

/** Writes the address of every module that is loaded to standard error. */
const TELL = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });`;

describe('holdfast/replay', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let exported = '';
  beforeAll(async () => {
    folder = await temporaryFolder();
    const file = mustOpen(join(folder.path, 'holdfast.sqlite'));
    const store = must(makeSqliteEventStore(file));
    await writeAuditedLog(store);
    exported = join(folder.path, 'log.ndjson');
    await writeFile(exported, `${(await mustRun(store.readAll(0, 100))).map(exportLine).join('\n')}\n`);
    await store.close();
    await file.close();
  });
  afterAll(() => folder.remove());

  it.each(['the data folder', 'the data file', 'an export'])(
    'given %s, then it reads, folds, verifies',
    async (what) => {
      const path = { 'the data folder': folder.path, 'the data file': join(folder.path, 'holdfast.sqlite') }[what];
      const log = await openLog(path ?? exported);
      const stream = await log.stream(`booking-${RUNA}`);
      expect(foldStream(stream)).toMatchObject({ phase: 'accepted', reason: 'calendar_holds_it' });
      expect(foldStream(stream.slice(0, 5))).toMatchObject({ phase: 'pending' });
      expect(decodeStream(stream)[0]?.type).toBe('BookingRequested');
      const positions: number[] = [];
      for await (const { position } of log.events()) positions.push(position);
      expect(positions).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
      expect(await log.verify()).toMatchObject({ events: 22, streams: 3, findings: [] });
      expect(await log.stream('booking-nobody')).toEqual([]);
      await log.close();
    },
  );

  it('given a tampered export, then verify names it, and what is no export is refused by its line', async () => {
    const text = await readFile(exported, 'utf8');
    const tampered = join(folder.path, 'tampered.ndjson');
    await writeFile(tampered, text.replace('calendar_sync_failed', 'awaiting_approval'));
    expect((await (await openLog(tampered)).verify()).findings[0]).toMatchObject({ kind: 'chain', position: 5 });
    await writeFile(tampered, `${text}{}\n`);
    await expect((await openLog(tampered)).verify()).rejects.toThrow('line 23');
    await expect(openLog(join(folder.path, 'none'))).rejects.toThrow('none');
  });

  it('given an export under any name, then it is read, and what is none is refused as what it is', async () => {
    const other = join(folder.path, 'log.json');
    await writeFile(other, await readFile(exported));
    expect(await (await openLog(other)).verify()).toMatchObject({ events: 22, findings: [] });
    await writeFile(other, '"uid","host"\n');
    await expect(openLog(other)).rejects.toThrow('is not an SQLite database');
  });

  it('given an event that nobody understands, then decoding says which', async () => {
    const [first] = await (await openLog(exported)).stream(`booking-${RUNA}`);
    if (first === undefined) throw new Error('no event');
    expect(() => decodeStream([{ ...first, type: 'BookingDreamt' }])).toThrow('revision 0: no event is called');
  });

  it('given sealed data, then it is read where its keys are, and folds and verifies without them', async () => {
    const sealed = await temporaryFolder();
    const keys = must(await openSubjectKeys(join(sealed.path, 'privacy-keys')));
    const sealOne: Parameters<typeof auditedLog>[1] = (event, mailbox) =>
      makeSealing(keys).seal(event, keys.subjectOf(mailbox));
    const file = mustOpen(join(sealed.path, 'holdfast.sqlite'));
    const store = must(makeSqliteEventStore(file));
    await writeAuditedLog(store, auditedLog(false, sealOne));
    await keys.saved();
    const path = join(sealed.path, 'log.ndjson');
    await writeFile(path, `${(await mustRun(store.readAll(0, 100))).map(exportLine).join('\n')}\n`);
    await store.close();
    await file.close();
    const [withKeys, without] = [join(sealed.path, 'privacy-keys'), join(sealed.path, 'elsewhere')];
    const named = async (opened: Promise<ReadableLog>) => {
      const log = await opened;
      const booking = foldStream(await log.stream(`booking-${RUNA}`));
      const { erased, findings, head } = await log.verify();
      await log.close();
      const name = booking.phase === 'none' ? null : booking.request.personal.attendee.name;
      return { name, phase: booking.phase, erased, findings, root: head.root };
    };
    const [known, ...others] = [
      await named(openLog(sealed.path)),
      await named(openLog(path, { keys: withKeys })),
      await named(openLog(sealed.path, { keys: without })),
      await named(openLog(path)),
    ];
    expect(known).toMatchObject({ name: 'Runa', phase: 'accepted', erased: 0, findings: [] });
    expect(others[0]).toEqual(known);
    const erased = { ...known, name: '(erased)', erased: 3 };
    expect(others.slice(1)).toEqual([erased, erased]);
    await sealed.remove();
  });

  /** A project of its own that has Holdfast installed, with the example of the guide; and what that prints. */
  const projectOfGuide = async () => {
    const guide = await readFile(join(projectFolder, 'docs/audit.md'), 'utf8');
    const [, program = '', output = ''] = /```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/.exec(guide) ?? [];
    const [, options = ''] = /```json\n([\s\S]*?)```/.exec(guide.slice(guide.indexOf(program))) ?? [];
    expect(program).toContain("from 'holdfast/replay'".replaceAll("'", '"'));
    const project = join(folder.path, 'project');
    await mkdir(join(project, 'node_modules/@types'), { recursive: true });
    await symlink(projectFolder, join(project, 'node_modules', 'holdfast'));
    await symlink(join(projectFolder, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'));
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
    await writeFile(join(project, 'tsconfig.json'), options);
    await writeFile(join(project, 'log.ndjson'), await readFile(exported));
    await writeFile(join(project, 'audit.ts'), program);
    await writeFile(join(project, 'tell.mjs'), TELL);
    return { project, program, output };
  };
  const ran = (program: string, args: ReadonlyArray<string>, cwd: string) =>
    promisify(execFile)(program, args, { cwd }).then(
      ({ stdout, stderr }) => ({ stdout, stderr }),
      (failed: { readonly stdout: string; readonly stderr: string }) => failed,
    );

  it('given the example of the guide, when run and checked in a project of its own, then as the guide says', async () => {
    const { project, program, output } = await projectOfGuide();
    const { stdout, stderr } = await ran(process.execPath, ['--import', './tell.mjs', 'audit.ts'], project);
    expect(stdout).toBe(output);
    const loaded = [...stderr.matchAll(/^loaded .*node_modules\/(?!holdfast)((?:@[^/]+\/)?[^/]+)/gm)];
    expect([...new Set(loaded.map(([, name]) => name))].toSorted()).toEqual(['fp-ts', 'io-ts', 'quick-lru']);

    // Types that are not there would be `any`, which is assignable to everything.
    const typed = '// @ts-expect-error a phase is no number\nconst phase: 42 = booking.phase;\n';
    await writeFile(join(project, 'audit.ts'), `${program}${typed}`);
    const tsc = join(projectFolder, 'node_modules/.bin/tsc');
    expect(await ran(tsc, ['-p', '.'], project)).toEqual({ stdout: '', stderr: '' });
  });

  it('given all that it imports, then neither express nor googleapis is among it', () => {
    const files = new Map(sourceFiles('src').map((file) => [file.path, file]));
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const file = files.get(path);
      if (file !== undefined) for (const target of importsOf(file)) visit(target);
    };
    visit('src/replay/index.ts');
    const packages = [...seen].filter((path) => !path.startsWith('src/') && !path.startsWith('node:'));
    const libraries = packages.map((path) => path.split('/')[0]);
    expect([...new Set(libraries)].toSorted()).toEqual(['fp-ts', 'io-ts', 'quick-lru']);
  });
});
