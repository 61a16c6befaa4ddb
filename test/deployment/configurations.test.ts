import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { holdfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { findCompose } from '../support/install/commands.ts';
import { describeWithCommand } from '../support/install/describe-with.ts';
import { environmentOf, mapping, mountsOf, resolveWith } from './compose-file.ts';
import { givenSecrets } from './given-secrets.ts';

const FOLDER = '/etc/holdfast/';
/** What a container finds in /etc/holdfast, laid out in a folder here. The certificate that a service makes is another one. */
const laidOut = async (service: unknown): Promise<string> => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const mounts = mountsOf(mapping(service)).filter(({ target }) => target.startsWith(FOLDER));
  for (const { source, target } of mounts) {
    const place = join(path, target.slice(FOLDER.length));
    if (source.startsWith('/')) await cp(source, place, { recursive: true });
    else {
      await mkdir(place);
      await writeFile(join(place, 'ca.crt'), rootCertificates[0] ?? '');
    }
  }
  return path;
};

describeWithCommand('docker compose', findCompose(), 'the configurations that compose mounts', (compose) => {
  it.each(['holdfast', 'holdfast-1', 'holdfast-3'])('%s: `holdfast config check` finds nothing wrong', async (name) => {
    const service = (await resolved()).services[name];
    const folder = await laidOut(service);
    const env = environmentOf(mapping(service));
    const configFile = env.HOLDFAST_CONFIG ?? '';
    expect(configFile.startsWith(FOLDER)).toBe(true);
    const here = { ...env, HOLDFAST_CONFIG: join(folder, basename(configFile)), HOLDFAST_DATA: join(folder, 'data') };

    const checked = await holdfast(['config', 'check'], here);
    expect(checked.stderr).toBe('');
    expect(checked.code).toBe(0);

    const shown = JSON.parse((await holdfast(['config', 'show'], here)).stdout);
    expect(shown.store).toMatchObject({ type: 'eventstoredb', streamPrefix: 'holdfast-' });
    // What several nodes must not have.
    const local = name === 'holdfast' ? ['local'] : [];
    expect(shown.calendars.map(({ type }: { readonly type: string }) => type)).toEqual(local);

    const without = await holdfast(['config', 'check'], { ...here, EVENTSTOREDB_CONNECTION: '' });
    expect(without.code).toBe(1);
    expect(without.stderr).toContain('EVENTSTOREDB_CONNECTION is not set');
  });

  /** With the secrets that the guide makes. */
  const resolved = async () => resolveWith(compose)({ envFile: (await givenSecrets()).envFile });

  it('mails of a cluster go to the mail catcher', async () => {
    const { services } = await resolved();
    const mounted = mountsOf(mapping(services['holdfast-2'])).find(({ target }) => target.endsWith('holdfast.yaml'));
    expect(await readFile(mounted?.source ?? '', 'utf8')).toMatch(/smtp: \{ host: mail, port: 1025/);
    expect(services).toHaveProperty('mail');
  });
});
