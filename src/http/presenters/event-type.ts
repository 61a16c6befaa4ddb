import type { BookingField, BookingWindow, EventLocation, EventType, Host } from '../../domain/bookable/host.ts';

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
export const presentEventType = (host: Host, eventType: EventType, publicUrl: string) => ({
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
  confirmationPolicy: eventType.requiresConfirmation
    ? { type: 'always', blockUnconfirmedBookingsInBooker: true }
    : { disabled: true },
  seats: { disabled: true },
  hidden: eventType.hidden,
  bookingRequiresAuthentication: false,
  users: [presentUser(host)],
  bookingUrl: `${publicUrl}/${encodeURIComponent(host.username)}/${encodeURIComponent(eventType.slug)}`,
});
