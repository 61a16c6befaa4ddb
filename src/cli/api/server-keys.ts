import type { ApiKeyRole } from '../../application/ports/keys-and-tokens.ts';
import { type CliContext, type ExitCode, exitCode, second, table } from '../terminal.ts';
import { keysAnswer, madeKeyAnswer, revokedKeyAnswer } from './answers.ts';
import { runRequest, type ServerOptions } from './client.ts';

const KEYS = '/v2/holdfast/keys';

type WantedKey = { readonly name: string; readonly roles: ReadonlyArray<ApiKeyRole>; readonly hostId: string | null };

/** Lists keys as the running server knows them. */
export const listServerKeys = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(keysAnswer, { method: 'GET', path: KEYS }),
    data: ({ data }) => data.keys,
    lines: ({ data }) => keyTable(data.keys),
  });

type Listed = {
  readonly id: string;
  readonly name: string;
  readonly roles: ReadonlyArray<string>;
  readonly hostId: string | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
};

/** Keys for people, a line each. */
export const keyTable = (keys: ReadonlyArray<Listed>): ReadonlyArray<string> =>
  table(
    ['ID', 'NAME', 'ROLES', 'HOST', 'CREATED', 'REVOKED'],
    keys.map(({ id, name, roles, hostId, createdAt, revokedAt }) => [
      id,
      name,
      roles.join(','),
      hostId ?? 'all',
      second(createdAt),
      revokedAt === null ? '' : second(revokedAt),
    ]),
  );

/** What is said beside a new key, where it does not end up in what the key is piped into. */
export const keepIt = (id: string, roles: ReadonlyArray<string>): string =>
  `${id} (${roles.join(', ')}). Keep it now: it cannot be shown again.`;

/** Has the running server make a key, and prints it, this once. */
export const makeServerKey = async (
  context: CliContext,
  options: ServerOptions,
  wanted: WantedKey,
): Promise<ExitCode> => {
  let said: string | null = null;
  const code = await runRequest(context, options, {
    ask: (ask) => ask(madeKeyAnswer, { method: 'POST', path: KEYS, body: wanted }),
    data: ({ data: { id, key } }) => ({ id, key }),
    lines: ({ data: { id, roles, key } }) => {
      said = keepIt(id, roles);
      return [key];
    },
  });
  if (code === exitCode.fine && said !== null) context.terminal.err(said);
  return code;
};

/** Has the running server revoke a key. */
export const revokeServerKey = (context: CliContext, options: ServerOptions, id: string): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(revokedKeyAnswer, { method: 'DELETE', path: `${KEYS}/${encodeURIComponent(id)}` }),
    data: ({ data }) => data,
    lines: () => [`${id} is revoked: it opens nothing from now on`],
  });
