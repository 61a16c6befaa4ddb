import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { type Command, findCaddy } from '../support/install/commands.ts';
import { describeWithCommand } from '../support/install/describe-with.ts';
import { freePort, startServer } from '../support/server-process.ts';
import { projectFolder } from '../support/source-files.ts';

const NODES = ['holdfast-1', 'holdfast-2', 'holdfast-3'];
const SEEN_WITHIN_MS = 10_000;

/** Stands in for a Holdfast node: says its name and what it was sent, and is ready or not. */
const startNode = async (name: string) => {
  const port = await freePort();
  let isReady = true;
  let asked = 0;
  const headers: IncomingHttpHeaders[] = [];
  const server: Server = createServer((request, response) => {
    if (request.url === '/health/ready') {
      asked += 1;
      response.writeHead(isReady ? 200 : 503).end();
      return;
    }
    headers.push(request.headers);
    response.end(name);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { name, port, headers, stop, asked: () => asked, setReady: (ready: boolean) => void (isReady = ready) };
};

const isThere = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** The real proxy with the project's configuration; only names and ports are those of this machine. */
const startProxy = async ({ words: [caddy] }: Command) => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const nodes = await Promise.all(NODES.map(startNode));
  const [port, alive] = [await freePort(), await freePort()];
  const text = await readFile(join(projectFolder, 'deploy/cluster/Caddyfile'), 'utf8');
  const here = nodes
    .reduce((before, node) => before.replace(`${node.name}:3000`, `127.0.0.1:${node.port}`), text)
    .replace(':8081', `:${alive}`)
    .replaceAll('8080', String(port));
  expect(here).not.toContain(':3000');
  await writeFile(join(path, 'Caddyfile'), here);
  const env = { ...process.env, HOME: path, XDG_DATA_HOME: path, XDG_CONFIG_HOME: path };
  const args = ['run', '--config', join(path, 'Caddyfile'), '--adapter', 'caddyfile'];
  const { stop } = await startServer(caddy, args, env, () => isThere(`http://127.0.0.1:${alive}/alive`));
  onTestFinished(stop);
  return { nodes, url: `http://127.0.0.1:${port}` };
};

/** Asks until the answers of a while come from these alone. */
const answeredBy = async (url: string, names: ReadonlyArray<string>): Promise<void> => {
  const deadline = performance.now() + SEEN_WITHIN_MS;
  for (;;) {
    const answers = await Promise.all(Array.from({ length: 12 }, async () => (await fetch(url)).text()));
    const seen = [...new Set(answers)].sort();
    if (JSON.stringify(seen) === JSON.stringify(names)) return;
    if (performance.now() > deadline) throw new Error(`answered by ${seen.join(', ')}, not by ${names.join(', ')}`);
  }
};

describeWithCommand('Caddy', findCaddy(), 'the proxy of a cluster', (caddy) => {
  it('sends requests to all three, and to none that is not ready or gone', async () => {
    const { nodes, url } = await startProxy(caddy);
    await answeredBy(url, NODES);
    for (const node of nodes) expect(node.asked()).toBeGreaterThan(0);

    nodes[0]?.setReady(false);
    await answeredBy(url, ['holdfast-2', 'holdfast-3']);
    // Gone in this moment, which no probe has seen: the request is sent once more, to another.
    await nodes[1]?.stop();
    const answers = await Promise.all(Array.from({ length: 6 }, async () => (await fetch(url)).text()));
    expect(new Set(answers)).toEqual(new Set(['holdfast-3']));
    nodes[0]?.setReady(true);
    await answeredBy(url, ['holdfast-1', 'holdfast-3']);
  });

  it('says who asks, and takes no client’s word for it', async () => {
    const { nodes, url } = await startProxy(caddy);
    await answeredBy(url, NODES);
    await fetch(url, {
      headers: { 'x-forwarded-for': '192.0.2.99', 'x-forwarded-proto': 'https', 'idempotency-key': 'abc' },
    });
    const last = nodes.flatMap(({ headers }) => headers).find((headers) => headers['idempotency-key'] === 'abc');
    expect(last).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
    expect(last?.['x-forwarded-host']).toBe(new URL(url).host);
  });

  it('answers 503 when no node is ready, and goes on when one is', async () => {
    const { nodes, url } = await startProxy(caddy);
    await answeredBy(url, NODES);
    for (const node of nodes) node.setReady(false);
    const deadline = performance.now() + SEEN_WITHIN_MS;
    let status = 0;
    while (status !== 503 && performance.now() < deadline) status = (await fetch(url)).status;
    expect(status).toBe(503);
    nodes[2]?.setReady(true);
    expect(await (await fetch(url)).text()).toBe('holdfast-3');
  }, 30_000);
});
