import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, type CalDavServer } from './caldav-server.ts';
import { environmentFor, PYTHON } from './install/python-module.ts';
import { freePort, startServer } from './server-process.ts';

/** Starts a real Xandikos with a folder and a port of its own. It asks for no login. */
export const startXandikos = async (): Promise<CalDavServer> => {
  const env = environmentFor('xandikos');
  if (env === null) throw new Error('xandikos is not installed: node test/support/install/install.ts');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-xandikos-'));
  const credentials = { username: 'host', password: 'unused' };
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = await startServer(
    PYTHON,
    [
      '-m',
      'xandikos.web',
      '--defaults',
      '--autocreate',
      '-d',
      join(folder, 'data'),
      '-l',
      '127.0.0.1',
      '-p',
      String(port),
      '--current-user-principal',
      '/host/',
    ],
    { ...env, HOME: folder },
    answers({ credentials }, origin),
  );
  return {
    origin,
    homeUrl: `${origin}/host/calendars/`,
    credentials,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
