import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { type Command, findOpenssl } from '../support/install/commands.ts';
import { describeWithCommand } from '../support/install/describe-with.ts';
import { projectFolder } from '../support/source-files.ts';
import { givenSecrets } from './given-secrets.ts';

const run = promisify(execFile);
const NODES = ['eventstore-1', 'eventstore-2', 'eventstore-3'];
const SECRETS = {
  HOLDFAST_SECRET: '0123456789abcdef'.repeat(4),
  HOLDFAST_API_KEY: `cal_${'0123456789abcdef'.repeat(4)}`,
  EVENTSTORE_ADMIN_PASSWORD: '0123456789abcdefghij',
  EVENTSTORE_OPS_PASSWORD: 'abcdefghij0123456789',
};

/**
 * A stand-in for es-gencert-cli 1.0.2, out of openssl: `create-ca -out` and `create-node -ca-certificate -ca-key -out -dns-names`
 * as EventStoreDB's documentation has them (Security, Certificate generation tool). Whether it guards its files is not said there,
 * so this one does not.
 */
const STAND_IN = `#!/bin/bash
set -euo pipefail
command=$1; shift
while (($#)); do declare "\${1//-/_}=$2"; shift 2; done
mkdir -p "$_out"
new=(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=eventstoredb-node)
if [[ $command == create-ca ]]; then "\${new[@]}" -keyout "$_out/ca.key" -out "$_out/ca.crt" 2>/dev/null; chmod 644 "$_out"/*; exit; fi
[[ $command == create-node ]]
"\${new[@]}" -keyout "$_out/node.key" -out "$_out/node.crt" -CA "$_ca_certificate" -CAkey "$_ca_key" \\
  -addext "subjectAltName=$(sed 's/^/DNS:/; s/,/,DNS:/g' <<<"$_dns_names")" 2>/dev/null
chmod 644 "$_out"/*
`;

/** The volumes as the container finds them, and the tool in its path. */
const given = async ({ words: [openssl] }: Command) => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const volumes = ['authority', 'trusted', 'proxy', ...NODES.map((node) => `keys/${node}`)];
  await Promise.all([...volumes, 'bin'].map((name) => mkdir(join(path, name), { recursive: true })));
  await writeFile(join(path, 'bin/es-gencert-cli'), STAND_IN);
  await chmod(join(path, 'bin/es-gencert-cli'), 0o755);
  const own = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const start = (secrets: Readonly<Record<string, string>> = SECRETS) =>
    run('bash', [join(projectFolder, 'deploy/cluster/certificates.sh')], {
      env: {
        PATH: [join(path, 'bin'), dirname(openssl), process.env.PATH].join(delimiter),
        CERTIFICATES_ROOT: path,
        EVENTSTORE_OWNER: own,
        PROXY_OWNER: own,
        ...secrets,
      },
    });
  const read = (name: string): Promise<string> => readFile(join(path, name), 'utf8');
  return { path, start, read };
};

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describeWithCommand('openssl', findOpenssl(), 'the certificates of a cluster', (openssl) => {
  it('are made for each node by name, by an authority whose key stays where it is', async () => {
    const { path, start, read } = await given(openssl);
    expect((await start((await givenSecrets()).values)).stdout).toContain('certificates: ready');

    const authority = new X509Certificate(await read('trusted/ca.crt'));
    expect(await modeOf(join(path, 'trusted/ca.crt'))).toBe('444');
    expect(await readdir(join(path, 'trusted'))).toEqual(['ca.crt']);
    for (const node of NODES) {
      const certificate = new X509Certificate(await read(`keys/${node}/node.crt`));
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkHost(node)).toBe(node);
      expect(certificate.checkHost('localhost')).toBe('localhost');
      expect(await readdir(join(path, 'keys', node))).toEqual(['node.crt', 'node.key']);
      expect(await modeOf(join(path, 'keys', node, 'node.key'))).toBe('600');
    }
    expect(await modeOf(join(path, 'authority/ca.key'))).toBe('600');
  });

  it('stay as they are when the cluster starts again; a node whose files are gone gets new ones', async () => {
    const { path, start, read } = await given(openssl);
    await start();
    const [first, second, ca] = await Promise.all(
      ['keys/eventstore-1/node.crt', 'keys/eventstore-2/node.crt', 'trusted/ca.crt'].map(read),
    );
    await rm(join(path, 'keys/eventstore-2/node.key'));
    await start();
    expect(await read('keys/eventstore-1/node.crt')).toBe(first);
    expect(await read('trusted/ca.crt')).toBe(ca);
    expect(await read('keys/eventstore-2/node.crt')).not.toBe(second);
  });

  it('are all new with a new authority', async () => {
    const { path, start, read } = await given(openssl);
    await start();
    const before = await read('keys/eventstore-3/node.crt');
    await rm(join(path, 'authority/ca.key'));
    await start();
    const after = new X509Certificate(await read('keys/eventstore-3/node.crt'));
    expect(after.toString()).not.toBe(before);
    expect(after.verify(new X509Certificate(await read('trusted/ca.crt')).publicKey)).toBe(true);
  });

  it.each([
    ['HOLDFAST_SECRET', '', 'is not set'],
    ['HOLDFAST_API_KEY', '', 'is not set'],
    ['EVENTSTORE_ADMIN_PASSWORD', '', 'must have 20 to 64'],
    ['EVENTSTORE_ADMIN_PASSWORD', 'changeit', 'must have 20 to 64'],
    ['EVENTSTORE_ADMIN_PASSWORD', '0123456789abcdefgh@/', 'must have 20 to 64'],
    ['EVENTSTORE_OPS_PASSWORD', 'changeit', 'must have 20 to 64'],
  ])('are not made, and so nothing starts, with %s=%s', async (name, value, words) => {
    const { path, start } = await given(openssl);
    const ended: { readonly code: number; readonly stderr: string } = await start({ ...SECRETS, [name]: value }).then(
      () => ({ code: 0, stderr: '' }),
      (error) => error,
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`certificates: ${name} ${words}`);
    if (value !== '') expect(ended.stderr).not.toContain(value);
    expect(await readdir(join(path, 'authority'))).toEqual([]);
  });
});
