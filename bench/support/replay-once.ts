/** One replay in a process of its own, for its peak memory. Argument: the log's file. Prints resident MB. */
import * as E from 'fp-ts/lib/Either.js';
import { makeReadOnlyEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openDataFileReadOnly } from '../../src/adapters/sqlite/data-file.ts';
import { replayBookings } from '../../src/adapters/read-model/replay-bookings.ts';
import { must } from './store.ts';

const file = openDataFileReadOnly(process.argv[2] ?? '');
if (E.isLeft(file)) throw new Error(file.left.type);
const store = makeReadOnlyEventStore(file.right);
if (E.isLeft(store)) throw new Error(store.left.type);
await must(replayBookings(store.right));
process.stdout.write(`${process.resourceUsage().maxRSS / 1024}\n`);
