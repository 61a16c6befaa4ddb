import type { EventType, Host } from '../../domain/bookable/host.ts';

export type Offer = { readonly host: Host; readonly eventType: EventType };

/** Hosts and event types by the names that the API knows them under. */
export type Catalog = {
  readonly byId: (eventTypeId: number) => Offer | undefined;
  readonly bySlug: (username: string, slug: string) => Offer | undefined;
  readonly hostById: (hostId: string) => Host | undefined;
  readonly hostByUsername: (username: string) => Host | undefined;
  readonly hosts: ReadonlyArray<Host>;
};

export const catalogOf = (hosts: ReadonlyArray<Host>): Catalog => {
  const offers = hosts.flatMap((host) => host.eventTypes.map((eventType) => ({ host, eventType })));
  const byId = new Map(offers.map((offer) => [offer.eventType.id, offer]));
  const bySlug = new Map(offers.map((offer) => [`${offer.host.username}/${offer.eventType.slug}`, offer]));
  const hostById = new Map(hosts.map((host) => [host.id, host]));
  const hostByUsername = new Map(hosts.map((host) => [host.username, host]));
  return {
    byId: (eventTypeId) => byId.get(eventTypeId),
    bySlug: (username, slug) => bySlug.get(`${username}/${slug}`),
    hostById: (hostId) => hostById.get(hostId),
    hostByUsername: (username) => hostByUsername.get(username),
    hosts,
  };
};
