import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';
import { makeApiKeys } from '../../../src/adapters/identity/sqlite-api-keys.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';

it('given a data file that is closed, when a key is made, then it fails, and none is taken for made', async () => {
  const { file, remove } = await temporaryDataFile();
  const keys = must(makeApiKeys({ file, clock: makeTestClock(), environmentKey: null }));
  await mustRun(keys.list());
  await remove();
  const wanted = { name: 'front desk', roles: ['read'], hostId: O.none } as const;
  expect(await keys.create(wanted)()).toMatchObject(E.left({ type: 'Unavailable' }));
  expect(await keys.list()()).toEqual(E.right([]));
});
