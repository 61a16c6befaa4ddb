/** The load generator, forked for each run so that its cost is in no server's figures. Bodies come by IPC, figures go back. */
import { connect } from 'node:net';
import type { Load, LoadResult } from './load-client.ts';

const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Sends one request after the other on one connection. Plain sockets: an HTTP client would take CPU that the server needs. */
const client = (
  { port, host }: { readonly port: number; readonly host: string },
  take: () => Buffer | undefined,
  answered: (status: number, ms: number, accepted: boolean) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true });
    let received = '';
    let expected = -1;
    let sentAt = 0;
    const send = (): void => {
      const next = take();
      if (next === undefined) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(next);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server hung up')));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (expected < 0) {
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1];
        if (length === undefined) throw new Error('an answer without a length');
        expected = end + 4 + Number(length);
      }
      if (received.length < expected) return;
      answered(Number(received.slice(9, 12)), performance.now() - sentAt, received.includes('"status":"accepted"'));
      received = '';
      expected = -1;
      send();
    });
  });

const run = async ({
  url,
  connections,
  headers,
  bodies,
  forMs = Number.POSITIVE_INFINITY,
}: Load): Promise<LoadResult> => {
  const { hostname, port } = new URL(url);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST /v2/bookings HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n${head.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const begun = performance.now();
  let next = 0;
  const take = (): Buffer | undefined => {
    if (performance.now() - begun >= forMs) return undefined;
    next += 1;
    return requests[next - 1];
  };
  const times: Array<number> = [];
  const statuses: Record<string, number> = {};
  let accepted = 0;
  const one = () =>
    client({ port: Number(port), host: hostname }, take, (status, ms, isAccepted) => {
      times.push(ms);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (isAccepted) accepted += 1;
    });
  await Promise.all(Array.from({ length: connections }, one));
  const seconds = (performance.now() - begun) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  return { seconds, statuses, accepted, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
};

const answer = async (load: Load): Promise<void> => {
  process.send?.(await run(load));
  process.disconnect?.();
};
process.once('message', (load: Load) => {
  answer(load).catch((fault: unknown) => {
    console.error(fault);
    process.exit(1);
  });
});
