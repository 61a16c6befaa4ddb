import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import { command } from '../../../src/testing/index.ts';
import { bookingRequested, commanded } from '../../application/process.helper.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { sealedWorld } from './sealed-world.helper.ts';

const EMAIL = 'runa@example.com';
let keys: SubjectKeys;
let remove: () => Promise<void>;
beforeEach(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  keys = must(await openSubjectKeys(join(made.path, 'keys')));
});
afterEach(() => remove());

/** A cancelled booking of a person who is forgotten while somebody reads the files, for `looks` looks. */
const forgottenWhileRead = async (looks: number) => {
  let looked = 0;
  const world = sealedWorld(makeMemoryEventStore(), keys, { purge: () => (looked += 1) > looks });
  await bookingRequested(world.buses, 'one');
  await commanded(world.buses, 'one', command.cancel());
  const begun = world.clock.now();
  let isOver = false;
  const forgetting = world.forget(EMAIL, { cancel: true, actorId: 'k' }).finally(() => (isOver = true));
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    const due = world.clock.next();
    if (due !== undefined) world.clock.set(due);
  }
  return { answer: await forgetting, waited: world.clock.now() - begun, looked };
};

it('given somebody who reads the files for a while, when forgotten, then they are waited for', async () => {
  const { answer, waited, looked } = await forgottenWhileRead(3);
  expect([answer, waited, looked]).toEqual([E.right(expect.objectContaining({ bookings: 1, keys: 1 })), 600, 4]);
});

it('given somebody who reads them for over 40 s, then it is said, and the keys are gone', async () => {
  const { answer, waited } = await forgottenWhileRead(Infinity);
  expect([answer, waited]).toEqual([E.left({ type: 'StillRead' }), 40_000]);
  expect(keys.subjects().size).toBe(0);
});
