import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { rebuildReadModel } from '../../src/adapters/read-model/rebuild.ts';
import { lockFile } from '../../src/adapters/sqlite/file-lock.ts';
import { rebuildProjections } from '../../src/cli/local/config-and-rebuild.ts';
import { DATA_FILE, openStorage } from '../../src/composition/open-storage.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { acceptedStory, cancelled, envelopes } from '../projections/support/given-events.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { makeTestClock } from '../support/clock.ts';
import { must } from '../support/must.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';

/** A data folder with a read model, and what a start says to what lies there. */
const given = async () => {
  const { path: folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = join(folder, DATA_FILE);
  const deps = {
    clock: makeTestClock(),
    random: () => 0,
    onProblem: () => undefined,
    onNotice: () => undefined,
    nodeName: null,
    keyFolder: null,
  };
  const open = () => openStorage(deps)(folder, { type: 'embedded' })();
  /** Appends the events, makes the read model anew where asked to, and stops. */
  const run = async (stream: string, events: Parameters<typeof envelopes>[1], isRebuilt: boolean): Promise<void> => {
    const { store, file: opened } = must(await open());
    must(await store.append({ stream, expected: 'no-stream', events: envelopes(stream, events) })());
    if (isRebuilt) must(await rebuildReadModel({ log: store, folder, lock: lockFile })());
    await store.close();
    await opened.close();
  };
  const started = async (): Promise<string> => {
    const opened = await open();
    if (E.isLeft(opened)) return describeStartError(opened.left);
    await opened.right.store.close();
    await opened.right.file.close();
    return 'started';
  };
  const rebuilt = () =>
    rebuildProjections({ terminal: recordingTerminal(), env: { HOLDFAST_DATA: folder }, end: () => undefined }, {});
  return { folder, file, run, started, rebuilt };
};

it('given an older copy of the log under a newer read model, then it is refused with what to do', async () => {
  const { folder, file, run, started, rebuilt } = await given();
  await run('booking-one', acceptedStory(), true);
  expect(await started()).toBe('started');
  copyFileSync(file, `${file}.older`);
  await run('booking-two', [...acceptedStory(), cancelled], true);
  copyFileSync(`${file}.older`, file);

  const refused = await started();
  expect(refused).toContain(`${file} ends at position`);
  expect(refused).toContain('read-model-2.sqlite');
  expect(refused).toContain('Put the newest data file back');
  expect(refused).toContain('holdfast projections rebuild');
  expect(readdirSync(folder)).toContain('read-model.current');

  // What the refusal says to do where the older log is meant.
  expect(await rebuilt()).toBe(0);
  expect(await started()).toBe('started');
});

it('given no log, or an empty new one, beside a read model, then nothing is made in its place', async () => {
  const { folder, file, run, started } = await given();
  await run('booking-one', acceptedStory(), true);
  rmSync(file);
  expect(await started()).toMatch(/holdfast\.sqlite is gone, .*Put the newest data file back/);
  expect(existsSync(file)).toBe(false);
  const other = await given();
  await other.run('booking-one', [], false);
  copyFileSync(other.file, file);
  expect(await started()).toContain('ends at position 0');
  expect(readdirSync(folder)).toContain('read-model.current');
});

it('given a read model that is behind, or cannot be read, then the start goes on', async () => {
  const { folder, run, started } = await given();
  await run('booking-one', acceptedStory(), true);
  await run('booking-two', acceptedStory(), false);
  expect(await started()).toBe('started');
  rmSync(join(folder, 'read-model-1.sqlite'));
  expect(await started()).toBe('started');
});
