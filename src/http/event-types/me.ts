import * as E from 'fp-ts/lib/Either.js';
import { hostIdOf } from '../access/caller.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { apiError } from '../errors/api-error.ts';
import type { Handler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';

const noHost = apiError('host_not_found', "The key's host is not in the configuration.");

/** `GET /v2/me`: the host of the key; the first host for a key that stands for all of them. */
export const me =
  (catalog: Catalog): Handler =>
  ({ caller }) => {
    const hostId = hostIdOf(caller);
    const host = hostId === null ? catalog.hosts[0] : catalog.hostById(hostId);
    if (host === undefined) return Promise.resolve(E.left(noHost));
    const profile = {
      id: host.number,
      username: host.username,
      email: host.email,
      name: host.name,
      avatarUrl: null,
      bio: null,
      timeFormat: 24,
      defaultScheduleId: null,
      weekStart: 'Monday',
      timeZone: host.timeZone,
      organizationId: null,
    };
    return Promise.resolve(E.right(success(profile)));
  };
