import { afterEach } from 'vitest';
import { at } from './http-client.ts';
import type { TestApp, TestAppOptions } from './test-app.ts';
import { startTestApp } from './test-app.ts';

/** Starts apps for the cases of a file and closes them after each. */
export const testApps = (): ((options?: TestAppOptions) => Promise<TestApp>) => {
  const running: TestApp[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });
  return async (options = {}) => {
    const app = await startTestApp(options);
    running.push(app);
    return app;
  };
};

/** Books and answers the uid; fails the test where the booking is refused. */
export const booked = async (
  app: TestApp,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const reply = await app.post('/v2/bookings', body, { headers });
  const uid = at(reply.body, 'data', 'uid');
  if (typeof uid !== 'string') throw new Error(`not booked: ${reply.status} ${reply.text}`);
  return uid;
};
