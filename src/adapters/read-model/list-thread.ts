import { Worker } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import type { BookingListError, BookingListQuery } from '../../application/ports/read-models.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { ListAnswer, ListQuestion, ListRelease } from './list-worker.ts';

/** Milliseconds that a list may take; a longer one is given up, and the thread with it. */
export const LIST_LIMIT_MS = 10_000;
/** Lists that wait for the thread; more are refused at once. */
export const MOST_WAITING_LISTS = 256;

export type ListThread = {
  readonly list: (path: string, query: BookingListQuery) => Promise<ListAnswer['page']>;
  /** The file that was asked last may be deleted. */
  readonly release: () => void;
  readonly stop: () => Promise<void>;
};

const unavailable = (reason: string): E.Either<BookingListError, never> => E.left({ type: 'Unavailable', reason });

/** Lists of bookings from a thread of their own. It is started by the first list: a server that is asked for none has none. */
export const makeListThread = (clock: Clock): ListThread => {
  const waiting = new Map<number, (page: ListAnswer['page']) => void>();
  let worker: Worker | undefined;
  let ending: Promise<unknown> | undefined;
  let last = 0;

  const settle = (id: number, page: ListAnswer['page']): void => {
    const answer = waiting.get(id);
    waiting.delete(id);
    answer?.(page);
  };
  const settleAll = (reason: string): void => {
    for (const id of [...waiting.keys()]) settle(id, unavailable(reason));
  };
  const end = async (reason: string): Promise<void> => {
    settleAll(reason);
    const old = worker;
    worker = undefined;
    if (old === undefined) return ending?.then(() => undefined);
    ending = old.terminate().finally(() => {
      ending = undefined;
    });
    await ending;
  };
  const start = (): Worker => {
    const started = new Worker(new URL('list-worker.ts', import.meta.url), { execArgv: [] });
    started.unref();
    started.on('message', ({ id, page }: ListAnswer) => settle(id, page));
    const over = (why: string): void => {
      if (worker !== started) return;
      worker = undefined;
      settleAll(why);
    };
    started.on('error', (fault) => over(`lists cannot be read: ${String(fault)}`));
    started.on('exit', () => over('the thread that reads lists has ended'));
    return started;
  };

  return {
    list: (path, query) =>
      new Promise((resolve) => {
        if (ending !== undefined || waiting.size >= MOST_WAITING_LISTS)
          return resolve(unavailable('too many lists are being read'));
        worker ??= start();
        last += 1;
        const id = last;
        const callOff = clock.at(clock.now() + LIST_LIMIT_MS, () => {
          end(`a list took longer than ${LIST_LIMIT_MS / 1000} s`).catch(() => undefined);
        });
        waiting.set(id, (page) => {
          callOff();
          resolve(page);
        });
        worker.postMessage({ id, path, query } satisfies ListQuestion);
      }),
    release: () => worker?.postMessage({ release: true } satisfies ListRelease),
    stop: () => end('the server stops'),
  };
};
