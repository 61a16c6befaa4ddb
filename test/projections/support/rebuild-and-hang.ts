/**
 * A rebuild in a process of its own that hangs before its second page, so that the test can kill it in the middle.
 * Arguments: the log's file, the folder. Prints `half` when it hangs.
 */
import * as E from 'fp-ts/lib/Either.js';
import { makeReadOnlyEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openDataFileReadOnly } from '../../../src/adapters/sqlite/data-file.ts';
import { lockFile } from '../../../src/adapters/sqlite/file-lock.ts';
import { rebuildReadModel } from '../../../src/adapters/read-model/rebuild.ts';

const [, , path = '', folder = ''] = process.argv;
const file = openDataFileReadOnly(path);
if (E.isLeft(file)) throw new Error(file.left.type);
const store = makeReadOnlyEventStore(file.right);
if (E.isLeft(store)) throw new Error(store.left.type);
const { head, readAll } = store.right;

/** What hangs for ever and can be reached by nobody is garbage, with the locks that it holds. */
let goOn: unknown;
setInterval(() => goOn, 60_000);
await rebuildReadModel({
  log: {
    head,
    readAll: (after, limit) =>
      after === 0
        ? readAll(after, limit)
        : () => {
            process.stdout.write('half\n');
            return new Promise((resolve) => {
              goOn = resolve;
            });
          },
  },
  folder,
  lock: lockFile,
})();
