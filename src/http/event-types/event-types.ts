import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import type { Caller } from '../access/caller.ts';
import { covers, hostIdOf } from '../access/caller.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { oneText, textList } from '../decoding/decode.ts';
import { apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import { presentEventType } from '../presenters/event-type.ts';
import type { HttpRequest, EndpointHandler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';

/** Whose event types are asked for: those named, else those of the key; a stranger who names nobody gets none. */
const hostsOf = (catalog: Catalog, { query, caller }: HttpRequest): ReadonlyArray<Host> => {
  const names = [...(textList(query.usernames) ?? []), ...(textList(query.username) ?? [])];
  if (names.length > 0) return catalog.hosts.filter(({ username }) => names.includes(username));
  return catalog.hosts.filter(({ id }) => covers(caller, id));
};

const visible = (host: Host, caller: Caller) =>
  host.eventTypes.filter(({ hidden }) => !hidden || covers(caller, host.id));

/** `GET /v2/event-types`: strangers see those that are not hidden. */
export const getEventTypes =
  (deps: Pick<HttpDeps, 'publicUrl'>, catalog: Catalog): EndpointHandler =>
  (request) => {
    const slug = oneText(request.query.eventSlug);
    const data = hostsOf(catalog, request).flatMap((host) =>
      visible(host, request.caller)
        .filter((eventType) => slug === null || eventType.slug === slug)
        .map((eventType) => presentEventType(host, eventType, deps.publicUrl())),
    );
    return Promise.resolve(E.right(success(data)));
  };

const noHost = apiError('host_not_found', "The key's host is not in the configuration.");

/** `GET /v2/me`: the host of the key; the first host for a key that stands for all of them. */
export const getMe =
  (catalog: Catalog): EndpointHandler =>
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
