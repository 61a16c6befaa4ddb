import * as E from 'fp-ts/lib/Either.js';
import { parentPort, workerData } from 'node:worker_threads';
import { describeDataFileError } from '../../../sqlite/inspect-file.ts';
import { openDataFileReadOnly } from '../../../sqlite/data-file.ts';
import { hashTree, waitForOthers } from './hash-tree.ts';
import type { VerifyJob, VerifyMessage } from './verify-job.ts';
import { verifyStreams } from './verify-streams.ts';

/** KiB of pages in memory, for each thread. */
const CACHE_KIB = 16_000;

/** A thread that verifies streams of a data file. What it throws ends it, and reaches whoever started it. */
const { job } = workerData as { readonly job: VerifyJob };
const say = (message: VerifyMessage): void => parentPort?.postMessage(message);

const file = openDataFileReadOnly(job.path);
if (E.isLeft(file)) throw new Error(describeDataFileError(file.left));
// Rows come by stream, and lie by position: a page is wanted again soon, for the next streams.
file.right.db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
const streams = verifyStreams(file.right.db, job, (ends) => say({ type: 'ends', ends: JSON.stringify(ends) }));
// What only all streams show is worked out meanwhile.
if (streams !== null) say({ type: 'verified', verified: streams });
const isRegular = waitForOthers(job, streams === null);
const rows = isRegular ? hashTree(file.right.db, job) : 0;
file.right.close();
say(isRegular ? { type: 'done', rows } : { type: 'irregular' });
