// The first file of a worker thread: it lets the thread read this package's TypeScript wherever the package lies.
import { workerData } from 'node:worker_threads';
import { keepCompiled, writeCompiled } from './compile-cache.js';
import './strip-types.js';

keepCompiled();
await import(workerData.entry);
writeCompiled();
