import { afterEach } from 'vitest';
import { type Connected, connectGoogle } from '../../../support/google-stand-in/connect.ts';

/** Connects to a fresh Google stand-in that is closed after the test. Call once per test file. */
export const givenGoogle = () => {
  const open: Array<Connected> = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(({ google }) => google.close()));
  });
  return async (...options: Parameters<typeof connectGoogle>): Promise<Connected> => {
    const connected = await connectGoogle(...options);
    open.push(connected);
    return connected;
  };
};
