// The first file of a worker thread: it lets the thread read this package's TypeScript wherever the package lies.
import { workerData } from 'node:worker_threads';
import './strip-types.js';

await import(workerData.entry);
