import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, type CalDavServer } from './caldav-server.ts';
import { environmentFor, PYTHON } from './install/python-module.ts';
import { localhostCertificate, localhostKey } from './localhost-certificate.ts';
import { freePort, startServer } from './server-process.ts';

export type Radicale = CalDavServer & {
  /** From now on a calendar can only be read (PUT and DELETE are answered 403), or written again. */
  readonly setReadOnly: (calendarUrl: string, readOnly: boolean) => Promise<void>;
  /** From here on the old password is refused; `credentials` has the new one. */
  readonly setPassword: (password: string) => Promise<void>;
};

/** Radicale's rights: everybody has all of what is theirs, but for `readOnly` calendars. The file is read at each request. */
const rights = (readOnly: ReadonlySet<string>): string =>
  [
    ...[...readOnly].map((path, index) => `[closed${index}]\nuser: .+\ncollection: ${path}\npermissions: r`),
    '[root]\nuser: .+\ncollection:\npermissions: R',
    '[principal]\nuser: .+\ncollection: {user}\npermissions: RW',
    '[calendars]\nuser: .+\ncollection: {user}/[^/]+\npermissions: rw',
    '',
  ].join('\n');

/** Starts a real Radicale with a folder and a port of its own. `tls`: over HTTPS, under the tests' own certificate. */
export const startRadicale = async (options: { readonly tls?: boolean } = {}): Promise<Radicale> => {
  const env = environmentFor('radicale');
  if (env === null) throw new Error('radicale is not installed: node test/support/install/install.ts');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-radicale-'));
  const credentials = { username: 'odd', password: 'p:ä ss' };
  const certificateFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  const ca = options.tls === true ? { ca: localhostCertificate } : {};
  await writeFile(certificateFile, localhostCertificate);
  await writeFile(keyFile, localhostKey);
  const port = await freePort();
  const origin = `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`;
  await mkdir(join(folder, 'collections'));
  const closed = new Set<string>();
  const rightsFile = join(folder, 'rights');
  await writeFile(rightsFile, rights(closed));
  await writeFile(join(folder, 'users'), `${credentials.username}:${credentials.password}\n`);
  await writeFile(
    join(folder, 'radicale.conf'),
    [
      '[server]',
      `hosts = 127.0.0.1:${port}`,
      `ssl = ${options.tls === true}`,
      `certificate = ${certificateFile}`,
      `key = ${keyFile}`,
      '[auth]',
      'type = htpasswd',
      `htpasswd_filename = ${join(folder, 'users')}`,
      'htpasswd_encryption = plain',
      'delay = 0',
      '[rights]',
      'type = from_file',
      `file = ${rightsFile}`,
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
    setPassword: async (password) => {
      credentials.password = password;
      await writeFile(join(folder, 'users'), `${credentials.username}:${password}\n`);
    },
    setReadOnly: async (calendarUrl, readOnly) => {
      const path = new URL(calendarUrl).pathname.replace(/^\/|\/$/g, '');
      if (readOnly) closed.add(path);
      else closed.delete(path);
      await writeFile(rightsFile, rights(closed));
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
