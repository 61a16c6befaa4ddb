import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ApiKey, ApiKeyRole, ApiKeys } from '../../src/application/ports/keys-and-tokens.ts';

/** Keys by what is sent: `cal_read` has the role read and stands for all hosts, `cal_host_odd` is Odd's own. */
const keys: ReadonlyMap<string, ApiKey> = new Map(
  (
    [
      ['cal_read', ['read'], null],
      ['cal_book', ['book'], null],
      ['cal_host', ['host'], null],
      ['cal_operate', ['operate'], null],
      ['cal_audit', ['audit'], null],
      ['cal_audit_odd', ['audit'], 'odd'],
      ['cal_audit_else', ['audit'], 'else'],
      ['cal_operate_odd', ['operate'], 'odd'],
      ['cal_host_odd', ['read', 'host'], 'odd'],
      ['cal_host_else', ['read', 'host'], 'else'],
    ] satisfies ReadonlyArray<readonly [string, ReadonlyArray<ApiKeyRole>, string | null]>
  ).map(([key, roles, hostId]) => [key, { id: key.slice(4), name: key, roles, hostId: hostId }]),
);

/** A stand-in for the stored keys. */
export const testKeys: Pick<ApiKeys, 'authenticate'> = {
  authenticate: (presented) => TE.right(keys.get(presented) ?? null),
};
