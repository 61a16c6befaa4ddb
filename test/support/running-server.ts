import { afterAll, beforeAll } from 'vitest';
import type { CalDavServer } from './caldav-server.ts';

/** Starts a server before the cases of a suite and stops it after them. */
export const runningServer = <S extends CalDavServer>(start: () => Promise<S>): (() => S) => {
  let server: S | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('the server is not running');
    return server;
  };
};
