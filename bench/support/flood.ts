/**
 * Asks for slots from a process of its own: at a stated rate whatever comes back, on as many connections as that takes. Paths
 * are made anew each time, so that no two questions are the same. Told what to do by IPC; says what it was answered, and ends.
 */
import { connect } from 'node:net';

/**
 * `hosts`: event types 1 to this number are asked for. `rate`: questions a second; null: each connection asks again when it
 * was answered. Questions for which no connection is free are counted, and not sent.
 */
export type Flood = {
  readonly url: string;
  readonly connections: number;
  readonly hosts: number;
  readonly seconds: number;
  readonly rate: number | null;
};
/** `asked`: sent or not; answers by HTTP status; `cut`: connections that the server closed. */
export type Flooded = {
  readonly asked: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly cut: number;
  readonly seconds: number;
};

const DAY_MS = 86_400_000;

const run = async ({ url, connections, hosts, seconds, rate }: Flood): Promise<Flooded> => {
  const { hostname, port } = new URL(url);
  const statuses: Record<string, number> = {};
  let cut = 0;
  let asked = 0;
  const from = Temporal.Now.instant().epochMilliseconds;
  const question = (): string => {
    asked += 1;
    const start = Temporal.Instant.fromEpochMilliseconds(from + DAY_MS + asked * 60_000).toString();
    const end = Temporal.Instant.fromEpochMilliseconds(from + 29 * DAY_MS).toString();
    const path = `/v2/slots?eventTypeId=${1 + (asked % hosts)}&start=${start}&end=${end}`;
    return `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
  };
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const idle: Array<() => void> = [];
  let due = 0;
  const pace =
    rate === null
      ? undefined
      : setInterval(() => {
          due = ((performance.now() - begun) / 1000) * rate - asked;
          for (; due >= 1; due -= 1) {
            const ask = idle.pop();
            if (ask === undefined) asked += 1;
            else ask();
          }
        }, 5);
  const client = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port: Number(port), host: hostname, noDelay: true });
      let received = 0;
      let expected = -1;
      const ask = (): void => {
        socket.write(question());
      };
      const send = (): void => {
        if (performance.now() >= until) socket.destroy();
        else if (rate === null) ask();
        else idle.push(ask);
      };
      const limit = setTimeout(() => socket.destroy(), seconds * 1000 + 500);
      socket.on('connect', send);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearTimeout(limit);
        if (performance.now() < until) cut += 1;
        resolve();
      });
      socket.on('data', (chunk: Buffer) => {
        received += chunk.byteLength;
        if (expected < 0) {
          const head = chunk.toString('latin1');
          const end = head.indexOf('\r\n\r\n');
          const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
          if (end < 0 || length === undefined) throw new Error('an answer whose head is not in its first packet');
          expected = end + 4 + Number(length);
          const status = head.slice(9, 12);
          statuses[status] = (statuses[status] ?? 0) + 1;
        }
        if (received < expected) return;
        received = 0;
        expected = -1;
        send();
      });
    });
  await Promise.all(Array.from({ length: connections }, client));
  clearInterval(pace);
  return { asked, statuses, cut, seconds: (performance.now() - begun) / 1000 };
};

process.once('message', (flood: Flood) => {
  run(flood).then(
    (flooded) => {
      process.send?.(flooded);
      process.disconnect?.();
    },
    (fault: unknown) => {
      console.error(fault);
      process.exit(1);
    },
  );
});
