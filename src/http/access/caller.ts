import * as O from 'fp-ts/lib/Option.js';
import type { ApiKey, ApiKeyRole } from '../../application/ports/api-keys.ts';

/** Who is calling: the key they showed, or nobody in particular. */
export type Caller = ApiKey | null;

export const hasRole = (caller: Caller, ...roles: ReadonlyArray<ApiKeyRole>): boolean =>
  caller?.roles.some((role) => roles.includes(role)) ?? false;

/** Whether the key stands for this host; a key without a host stands for all. */
export const covers = (caller: Caller, hostId: string): boolean =>
  caller !== null && (O.isNone(caller.hostId) || caller.hostId.value === hostId);

/** The one host that the key stands for; null for all of them, and for nobody. */
export const hostIdOf = (caller: Caller): string | null => (caller === null ? null : O.toNullable(caller.hostId));
