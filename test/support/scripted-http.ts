import { once } from 'node:events';
import { createServer } from 'node:http';

export type ScriptedAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
export type SeenRequest = { readonly method: string; readonly url: string; readonly authorization: string | undefined };

/** A stand-in for an HTTP server: answers each request as `answer` says, and keeps what it was asked. */
export const startScriptedHttp = async (
  answer: (request: SeenRequest) => ScriptedAnswer,
): Promise<{
  readonly origin: string;
  readonly seen: ReadonlyArray<SeenRequest>;
  readonly close: () => Promise<void>;
}> => {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, authorization: headers.authorization };
    seen.push(request);
    incoming.resume().on('end', () => {
      const { status, headers: sent = {}, body = '' } = answer(request);
      outgoing.writeHead(status, sent).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
