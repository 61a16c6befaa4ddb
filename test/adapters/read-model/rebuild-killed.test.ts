import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import {
  makeReadOnlyEventStore,
  makeSqliteEventStore,
} from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openDataFileReadOnly } from '../../../src/adapters/sqlite/data-file.ts';
import { lockFile } from '../../../src/adapters/sqlite/file-lock.ts';
import { currentGeneration, generationsIn } from '../../../src/adapters/read-model/generations.ts';
import { rebuildReadModel } from '../../../src/adapters/read-model/rebuild.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { acceptedStory } from '../../projections/support/given-events.ts';
import { append, right } from '../../projections/support/given-read-model.ts';
import { endsWithTest } from '../../support/ends-with-test.ts';

const child = new URL('../../projections/support/rebuild-and-hang.ts', import.meta.url).pathname;

it('killed in the middle, a rebuild leaves the old model in use, and the next one cleans up', async () => {
  const { file, remove } = await temporaryDataFile();
  const made = makeSqliteEventStore(file);
  if (E.isLeft(made)) throw new Error(made.left.type);
  const store = made.right;
  onTestFinished(async () => {
    await store.close();
    await remove();
  });
  await append(store, 'booking-one', acceptedStory());
  const folder = dirname(file.path);
  await right(rebuildReadModel({ log: store, folder, lock: lockFile }));

  const rebuild = endsWithTest(
    spawn(process.execPath, [child, file.path, folder], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const [line] = await once(rebuild.stdout, 'data');
  expect(String(line)).toBe('half\n');
  expect(generationsIn(folder).toSorted()).toEqual([1, 2]);
  expect(await rebuildReadModel({ log: store, folder, lock: lockFile })()).toEqual(
    E.left({ type: 'RebuildInProgress' }),
  );
  rebuild.kill('SIGKILL');
  await once(rebuild, 'exit');

  expect(currentGeneration(folder)).toBe(1);
  const readOnly = openDataFileReadOnly(file.path);
  if (E.isLeft(readOnly)) throw new Error(readOnly.left.type);
  onTestFinished(() => readOnly.right.close());
  const log = makeReadOnlyEventStore(readOnly.right);
  if (E.isLeft(log)) throw new Error(log.left.type);
  const rebuilt = await right(rebuildReadModel({ log: log.right, folder, lock: lockFile }));
  expect(currentGeneration(folder)).toBe(rebuilt.generation);
  expect(generationsIn(folder)).toEqual([rebuilt.generation]);
});
