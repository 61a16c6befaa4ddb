import type { Command } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import { type Secret, secretOf } from '../../application/secret.ts';

/** A running server, and the key to speak to it with. `url` without a slash at the end. */
export type ServerAccess = { readonly url: string; readonly apiKey: Secret | null };

export type ServerOptions = { readonly url?: string; readonly apiKey?: string; readonly json?: true };

/** The options that every command has that asks a running server. */
export const withServerOptions = (command: Command): Command =>
  command
    .option('--url <url>', 'the server (default: from HOST and PORT, else http://127.0.0.1:3000)')
    .option('--api-key <key>', 'instead of HOLDFAST_API_KEY, which other users of this machine cannot see')
    .option('--json', 'print the data of the answer as JSON');

/** A server that listens on every address is asked on loopback. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
};

const defaultUrl = (env: NodeJS.ProcessEnv): string =>
  `http://${reachable(env.HOST ?? '')}:${env.PORT === undefined || env.PORT === '' ? '3000' : env.PORT}`;

/** Left says what is wrong with the URL. */
export const serverOf = (options: ServerOptions, env: NodeJS.ProcessEnv): E.Either<string, ServerAccess> => {
  const text = options.url ?? defaultUrl(env);
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return E.left(`${text} is not an http or https URL`);
  const key = options.apiKey ?? env.HOLDFAST_API_KEY ?? '';
  return E.right({ url: url.href.replace(/\/$/, ''), apiKey: key === '' ? null : secretOf(key) });
};
