import type { Metadata } from '@grpc/grpc-js';
import { accessDenied, type RpcError, unauthenticated } from './rpc-errors.ts';

/** `without`: what access control lists take from the user in streams of users; nobody takes anything from `$admins` else. */
export type User = {
  readonly name: string;
  readonly password: string;
  readonly groups: ReadonlyArray<string>;
  readonly without?: ReadonlyArray<Deed>;
};
export type Deed = 'read' | 'write';

/** Why a call may not be served, if it may not. */
export type Access = {
  readonly toStream: (metadata: Metadata, stream: string, deed: Deed) => RpcError | undefined;
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
  const mayUse = (caller: User, stream: string, deed: Deed): boolean =>
    stream.startsWith('$') ? caller.groups.includes('$admins') : !(caller.without ?? []).includes(deed);
  return {
    toStream: (metadata, stream, deed) => {
      const caller = callerOf(users, metadata);
      if (caller === 'impostor') return unauthenticated();
      return caller === 'nobody' || !mayUse(caller, stream, deed) ? accessDenied() : undefined;
    },
  };
};
