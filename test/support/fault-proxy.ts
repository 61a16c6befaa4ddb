import { once } from 'node:events';
import { createServer, type Socket, connect as tcpConnect } from 'node:net';

/**
 * `pass`: as if it were not there. `refuse`: the connection is closed at once. `stall`: the request is taken and goes
 * nowhere. `cut`: the answer ends after so many bytes. `lose-answer`: the request is passed on, and its answer dropped
 * together with the connection, once it has come.
 */
export type Fault =
  | { readonly type: 'pass' | 'refuse' | 'stall' | 'lose-answer' }
  | { readonly type: 'cut'; readonly afterBytes: number };

export type FaultProxy = {
  readonly origin: string;
  /** For all connections from here on, until told otherwise. Open ones are closed, so that none is kept alive past it. */
  readonly set: (fault: Fault) => void;
  /** For the next connection that sends something; `pass` after it. */
  readonly once: (fault: Fault) => void;
  readonly close: () => Promise<void>;
};

/** A TCP proxy in front of `target` (`http://127.0.0.1:port`) that does not look into what it passes on. */
export const startFaultProxy = async (target: string): Promise<FaultProxy> => {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let fault: Fault = { type: 'pass' };
  let onlyOnce = false;

  const takeFault = (): Fault => {
    const taken = fault;
    if (onlyOnce) fault = { type: 'pass' };
    onlyOnce = false;
    return taken;
  };

  const relay = (client: Socket, taken: Fault, first: Buffer): void => {
    const server = tcpConnect(Number(port), hostname);
    open.add(server);
    let passed = 0;
    server.on('error', () => client.destroy());
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    server.on('data', (chunk: Buffer) => {
      if (taken.type === 'lose-answer') return void client.destroy();
      const room = taken.type === 'cut' ? taken.afterBytes - passed : chunk.length;
      passed += chunk.length;
      client.write(chunk.subarray(0, room), () => (chunk.length > room ? client.destroy() : undefined));
    });
    server.write(first);
    client.on('data', (chunk: Buffer) => server.write(chunk));
  };

  const listener = createServer((client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => open.delete(client));
    if (fault.type === 'refuse') return void client.destroy();
    client.once('data', (first: Buffer) => {
      const taken = takeFault();
      if (taken.type === 'stall') client.resume();
      else relay(client, taken, first);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const closeConnections = (): void => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  const change = (next: Fault, single: boolean): void => {
    fault = next;
    onlyOnce = single;
    closeConnections();
  };
  return {
    origin: `http://127.0.0.1:${address.port}`,
    set: (next) => change(next, false),
    once: (next) => change(next, true),
    close: async () => {
      closeConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
};
