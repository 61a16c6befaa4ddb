import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, type CalDavServer } from './caldav-server.ts';
import { environmentFor, PYTHON } from './install/python-module.ts';
import { freePort, startServer } from './server-process.ts';
import { makeCertificate } from './tls-certificate.ts';

/** Starts a real Radicale with a folder and a port of its own. `tls`: over HTTPS, under a certificate made for it. */
export const startRadicale = async (options: { readonly tls?: boolean } = {}): Promise<CalDavServer> => {
  const env = environmentFor('radicale');
  if (env === null) throw new Error('radicale is not installed: node test/support/install/install.ts');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-radicale-'));
  const credentials = { username: 'odd', password: 'p:ä ss' };
  const certificate = options.tls === true ? await makeCertificate(folder) : null;
  const ca = certificate === null ? {} : { ca: await readFile(certificate.certificateFile, 'utf8') };
  const port = await freePort();
  const origin = `${certificate === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  await mkdir(join(folder, 'collections'));
  await writeFile(join(folder, 'users'), `${credentials.username}:${credentials.password}\n`);
  await writeFile(
    join(folder, 'radicale.conf'),
    [
      '[server]',
      `hosts = 127.0.0.1:${port}`,
      ...(certificate === null
        ? []
        : ['ssl = True', `certificate = ${certificate.certificateFile}`, `key = ${certificate.keyFile}`]),
      '[auth]',
      'type = htpasswd',
      `htpasswd_filename = ${join(folder, 'users')}`,
      'htpasswd_encryption = plain',
      'delay = 0',
      '[rights]',
      'type = owner_only',
      '[storage]',
      `filesystem_folder = ${join(folder, 'collections')}`,
      '[logging]',
      'level = warning',
      '',
    ].join('\n'),
  );
  const server = await startServer(
    PYTHON,
    ['-m', 'radicale', '--config', join(folder, 'radicale.conf')],
    { ...env, PYTHONUTF8: '1' },
    answers({ credentials, ...ca }, origin),
  );
  return {
    origin,
    homeUrl: `${origin}/${credentials.username}/`,
    credentials,
    ...ca,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
