import type { Metadata } from '@grpc/grpc-js';
import { accessDenied, type RpcError, unauthenticated } from './rpc-errors.ts';

export type User = { readonly name: string; readonly password: string; readonly groups: ReadonlyArray<string> };

/** Why a call may not be served, if it may not. */
export type Access = {
  readonly toStream: (metadata: Metadata, stream: string) => RpcError | undefined;
};

/** The users that a new database has; the vendor's documentation gives this password. */
export const defaultUsers: ReadonlyArray<User> = [
  { name: 'admin', password: 'changeit', groups: ['$admins'] },
  { name: 'ops', password: 'changeit', groups: ['$ops'] },
];

/** `--insecure` switches authentication off with TLS: everybody may do everything. Server docs, "Security". */
export const openAccess: Access = { toStream: () => undefined };

type Caller = User | 'nobody' | 'impostor';

const callerOf = (users: ReadonlyArray<User>, metadata: Metadata): Caller => {
  const [header] = metadata.get('authorization');
  if (header === undefined) return 'nobody';
  const [scheme, encoded = ''] = String(header).split(' ');
  const [name, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const user = users.find((candidate) => candidate.name === name && candidate.password === password.join(':'));
  return scheme === 'Basic' && user !== undefined ? user : 'impostor';
};

/** The default ACL: any user for streams of users, `$admins` for system streams and `$all`. */
export const basicAccess = (users: ReadonlyArray<User>): Access => {
  const allow = (metadata: Metadata, groups: ReadonlyArray<string> | undefined): RpcError | undefined => {
    const caller = callerOf(users, metadata);
    if (caller === 'impostor') return unauthenticated();
    if (caller === 'nobody') return accessDenied();
    return groups === undefined || groups.some((group) => caller.groups.includes(group)) ? undefined : accessDenied();
  };
  return {
    toStream: (metadata, stream) => allow(metadata, stream.startsWith('$') ? ['$admins'] : undefined),
  };
};
