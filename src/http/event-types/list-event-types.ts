import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/configuration/host.ts';
import type { Caller } from '../access/caller.ts';
import { covers } from '../access/caller.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { oneText, textList } from '../decoding/query.ts';
import type { HttpDeps } from '../http-deps.ts';
import { presentEventType } from '../presenters/event-type.ts';
import type { ApiRequest, Handler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';

/** Whose event types are asked for: those named, else those of the key; a stranger who names nobody gets none. */
const hostsOf = (catalog: Catalog, { query, caller }: ApiRequest): ReadonlyArray<Host> => {
  const names = [...(textList(query.usernames) ?? []), ...(textList(query.username) ?? [])];
  if (names.length > 0) return catalog.hosts.filter(({ username }) => names.includes(username));
  return catalog.hosts.filter(({ id }) => covers(caller, id));
};

const visible = (host: Host, caller: Caller) =>
  host.eventTypes.filter(({ hidden }) => !hidden || covers(caller, host.id));

/** `GET /v2/event-types`: strangers see those that are not hidden. */
export const listEventTypes =
  (deps: Pick<HttpDeps, 'publicUrl'>, catalog: Catalog): Handler =>
  (request) => {
    const slug = oneText(request.query.eventSlug);
    const data = hostsOf(catalog, request).flatMap((host) =>
      visible(host, request.caller)
        .filter((eventType) => slug === null || eventType.slug === slug)
        .map((eventType) => presentEventType(host, eventType, deps.publicUrl())),
    );
    return Promise.resolve(E.right(success(data)));
  };
