import { confirmationPolicyOf } from '../../domain/booking/approval.ts';
import * as E from 'fp-ts/lib/Either.js';
import { nullable, object, withDefault } from '../../domain/decoding/codec.ts';
import type { BookingField, BookingWindow, EventLocation, EventType } from '../../domain/bookable/event-type.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { covers, hostIdOf } from '../access/caller.ts';
import { type Caller, success, type EndpointHandler, type QueryHandler, withQuery } from '../transport/endpoint.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { parameter, parameterList } from '../decoding/decode.ts';
import { apiError } from '../errors/api-error.ts';

const presentLocation = (location: EventLocation) => {
  switch (location.type) {
    case 'address':
      return { type: location.type, address: location.address, public: true };
    case 'link':
      return { type: location.type, link: location.link, public: true };
    case 'phone':
      return { type: location.type, phone: location.phone, public: true };
    case 'integration':
      return { type: location.type, integration: location.integration };
    case 'attendeeAddress':
    case 'attendeePhone':
    case 'attendeeDefined':
      return { type: location.type };
  }
};

/** Name and address are asked of everybody. */
const defaultFields = [
  { isDefault: true, type: 'name', slug: 'name', label: 'Name', placeholder: '', required: true },
  { isDefault: true, type: 'email', slug: 'email', label: 'Email', placeholder: '', required: true, hidden: false },
];

const presentField = ({ slug, label, type, required, options }: BookingField) => ({
  isDefault: false,
  type,
  slug,
  label,
  required,
  placeholder: '',
  hidden: false,
  ...(options === undefined ? {} : { options }),
});

const presentWindow = (window: BookingWindow) => {
  switch (window.type) {
    case 'unlimited':
      return { disabled: true };
    case 'rolling':
      return { type: 'calendarDays', value: window.days, rolling: true };
    case 'range':
      return { type: 'range', value: [window.from, window.to] };
  }
};

const presentConfirmation = (eventType: EventType) => {
  const policy = confirmationPolicyOf(eventType);
  if (policy === null) return { disabled: true };
  const { type, noticeThreshold, blockUnconfirmedBookingsInBooker } = policy;
  return {
    type,
    ...(noticeThreshold === undefined ? {} : { noticeThreshold }),
    blockUnconfirmedBookingsInBooker,
  };
};

const presentUser = (host: Host) => ({
  id: host.number,
  name: host.name,
  username: host.username,
  avatarUrl: null,
  weekStart: 'Monday',
  brandColor: null,
  darkBrandColor: null,
  metadata: {},
});

/** An event type in the words of Cal.com's API v2 (2024-06-14); what Holdfast does not have is off or null. */
const presentEventType = (host: Host, eventType: EventType, publicUrl: string) => ({
  id: eventType.id,
  ownerId: host.number,
  lengthInMinutes: eventType.lengthInMinutes,
  ...(eventType.lengthOptions.length === 0 ? {} : { lengthInMinutesOptions: eventType.lengthOptions }),
  title: eventType.title,
  slug: eventType.slug,
  description: eventType.description,
  locations: eventType.locations.map(presentLocation),
  bookingFields: [...defaultFields, ...eventType.bookingFields.map(presentField)],
  disableGuests: !eventType.guestsAllowed,
  slotInterval: eventType.slotInterval,
  minimumBookingNotice: eventType.minimumNotice,
  beforeEventBuffer: eventType.beforeBuffer,
  afterEventBuffer: eventType.afterBuffer,
  recurrence: null,
  metadata: {},
  price: 0,
  currency: 'usd',
  lockTimeZoneToggleOnBookingPage: false,
  forwardParamsSuccessRedirect: null,
  successRedirectUrl: null,
  isInstantEvent: false,
  scheduleId: null,
  bookingLimitsCount: eventType.limits,
  onlyShowFirstAvailableSlot: false,
  offsetStart: 0,
  bookingWindow: presentWindow(eventType.bookingWindow),
  confirmationPolicy: presentConfirmation(eventType),
  seats: { disabled: true },
  hidden: eventType.hidden,
  bookingRequiresAuthentication: false,
  users: [presentUser(host)],
  bookingUrl: `${publicUrl}/${encodeURIComponent(host.username)}/${encodeURIComponent(eventType.slug)}`,
});

/** Cal.com's parameters; there are no organizations here, and event types have no time of creation. */
const eventTypesQuery = object(
  {
    username: withDefault(parameterList(parameter), []),
    usernames: withDefault(parameterList(parameter), []),
    eventSlug: nullable(parameter),
  },
  { ignored: ['orgSlug', 'orgId', 'sortCreatedAt'] },
);

/** Whose event types are asked for: those named, else those of the key; a stranger who names nobody gets none. */
const hostsOf = (catalog: Catalog, names: ReadonlyArray<string>, caller: Caller): ReadonlyArray<Host> => {
  if (names.length > 0) return catalog.hosts.filter(({ username }) => names.includes(username));
  return catalog.hosts.filter(({ id }) => covers(caller, id));
};

const visible = (host: Host, caller: Caller) =>
  host.eventTypes.filter(({ hidden }) => !hidden || covers(caller, host.id));

/** `GET /v2/event-types`: strangers see those that are not hidden. */
export const getEventTypes = (deps: Pick<HttpDeps, 'publicUrl'>, catalog: Catalog): QueryHandler =>
  withQuery(eventTypesQuery, ({ caller }, { username, usernames, eventSlug }) => {
    const data = hostsOf(catalog, [...usernames, ...username], caller).flatMap((host) =>
      visible(host, caller)
        .filter(({ slug }) => eventSlug === null || slug === eventSlug)
        .map((eventType) => presentEventType(host, eventType, deps.publicUrl())),
    );
    return Promise.resolve(E.right(success(data)));
  });

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
