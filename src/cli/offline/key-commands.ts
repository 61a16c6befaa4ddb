import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ApiKeyRole, Revocation } from '../../application/ports/api-keys.ts';
import { reveal } from '../../application/secret.ts';
import type { CliContext } from '../cli-context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { table } from '../output/table.ts';
import { second } from '../output/times.ts';
import { withKeys } from './with-keys.ts';

const failed = ({ terminal }: CliContext, reason: string): ExitCode => {
  terminal.err(`holdfast: ${reason}`);
  return exitCode.failed;
};

export type CreateOptions = {
  readonly role: ReadonlyArray<ApiKeyRole>;
  readonly host?: string;
  readonly json?: true;
};

/** Prints the new key, this once: it is kept hashed. */
export const createKey = async (context: CliContext, name: string, options: CreateOptions): Promise<ExitCode> => {
  const wanted = { name, roles: options.role, hostId: O.fromNullable(options.host) };
  const made = await withKeys(context.env, true, (keys) => keys.create(wanted));
  if (E.isLeft(made)) return failed(context, made.left);
  const { apiKey, key } = made.right;
  if (options.json) context.terminal.out(JSON.stringify({ id: apiKey.id, key: reveal(key) }));
  else {
    context.terminal.out(reveal(key));
    context.terminal.err(`${apiKey.id} (${apiKey.roles.join(', ')}). Keep it now: it cannot be shown again.`);
  }
  return exitCode.fine;
};

export const listKeys = async (context: CliContext, options: { readonly json?: true }): Promise<ExitCode> => {
  const listed = await withKeys(context.env, false, (keys) => keys.list());
  if (E.isLeft(listed)) return failed(context, listed.left);
  const keys = listed.right.map((key) => ({
    ...key,
    hostId: O.toNullable(key.hostId),
    revokedAt: O.toNullable(key.revokedAt),
  }));
  if (options.json) {
    context.terminal.out(JSON.stringify(keys, null, 2));
    return exitCode.fine;
  }
  const rows = keys.map(({ id, name, roles, hostId, createdAt, revokedAt }) => [
    id,
    name,
    roles.join(','),
    hostId ?? 'all',
    second(createdAt),
    revokedAt === null ? '' : second(revokedAt),
  ]);
  for (const line of table(['ID', 'NAME', 'ROLES', 'HOST', 'CREATED', 'REVOKED'], rows)) context.terminal.out(line);
  return exitCode.fine;
};

const outcomes: Readonly<Record<Revocation, { readonly code: ExitCode; readonly words: string }>> = {
  revoked: { code: exitCode.fine, words: 'is revoked: it opens nothing from now on' },
  'already-revoked': { code: exitCode.fine, words: 'was revoked already' },
  unknown: { code: exitCode.failed, words: 'is not the id of a key: see "holdfast key list"' },
  'from-environment': { code: exitCode.failed, words: 'is the key of HOLDFAST_API_KEY and ends with it' },
};

export const revokeKey = async (context: CliContext, id: string): Promise<ExitCode> => {
  const revoked = await withKeys(context.env, false, (keys) => keys.revoke(id));
  if (E.isLeft(revoked)) return failed(context, revoked.left);
  const { code, words } = outcomes[revoked.right];
  (code === exitCode.fine ? context.terminal.out : context.terminal.err)(`${id} ${words}`);
  return code;
};
