import { email, flag, list, nothing, nullable, object, oneOf, success, text, utcInstant, whole } from './schema.ts';

const natural = { type: 'integer', minimum: 0 };

const attendee = object(
  { name: text, email, displayEmail: text, timeZone: text, absent: flag },
  { language: text, phoneNumber: text },
);
const host = object({ id: whole, name: text, email, displayEmail: text, username: text, timeZone: text });

/** Cal.com's `BookingOutput_2024_08_13`, as it is in practice. */
const booking = object(
  {
    id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    uid: { type: 'string', pattern: '^[\\w-]+$' },
    title: text,
    description: text,
    hosts: { ...list(host), minItems: 1, maxItems: 1 },
    status: oneOf('accepted', 'pending', 'cancelled', 'rejected'),
    start: utcInstant,
    end: utcInstant,
    duration: natural,
    eventType: object({ id: whole, slug: text }),
    eventTypeId: whole,
    location: text,
    absentHost: flag,
    createdAt: utcInstant,
    updatedAt: utcInstant,
    attendees: list(attendee),
    bookingFieldsResponses: { type: 'object' },
  },
  {
    cancellationReason: text,
    cancelledByEmail: text,
    reschedulingReason: text,
    rescheduledByEmail: text,
    rescheduledFromUid: text,
    rescheduledToUid: text,
    meetingUrl: { type: 'string', format: 'uri' },
    metadata: { type: 'object' },
    rating: { type: 'number' },
    icsUid: text,
    guests: list(email),
  },
);

export const bookingAnswer = success(booking);

/** `BookingAttendeeWithId_2024_08_13`. */
const attendeeWithId = object(
  { id: whole, name: text, email, displayEmail: text, timeZone: text, absent: flag },
  { language: text, phoneNumber: text },
);
export const attendeeAnswer = success(attendeeWithId);
export const attendeesAnswer = success(list(attendeeWithId));
export const calendarLinksAnswer = success(list(object({ label: text, link: { type: 'string', format: 'uri' } })));
export const referencesAnswer = success(
  list(object({ id: whole, type: text, eventUid: text, destinationCalendarId: nullable(text) })),
);

export const bookingListAnswer = success(list(booking), {
  pagination: object({
    totalItems: natural,
    remainingItems: natural,
    returnedItems: natural,
    itemsPerPage: { type: 'integer', minimum: 1, maximum: 250 },
    currentPage: natural,
    totalPages: natural,
    hasNextPage: flag,
    hasPreviousPage: flag,
  }),
});

const slotStart = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)$',
};

/** `GET /v2/slots` as it is in practice: the published schema is wrong. */
export const slotsAnswer = success({
  type: 'object',
  propertyNames: { pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
  additionalProperties: { ...list(object({ start: slotStart }, { end: slotStart })), minItems: 1 },
});

const disabled = object({ disabled: { const: true } });

/** Cal.com's `EventTypeOutput_2024_06_14`. */
export const eventTypesAnswer = success(
  list(
    object(
      {
        id: whole,
        lengthInMinutes: natural,
        title: text,
        slug: text,
        description: text,
        locations: list(object({ type: text })),
        bookingFields: list(object({ type: text, slug: text, isDefault: flag, label: text, required: flag })),
        disableGuests: flag,
        recurrence: nothing,
        metadata: { type: 'object' },
        price: { type: 'number' },
        currency: text,
        lockTimeZoneToggleOnBookingPage: flag,
        forwardParamsSuccessRedirect: nothing,
        successRedirectUrl: nothing,
        isInstantEvent: flag,
        scheduleId: nullable(whole),
        hidden: flag,
        bookingRequiresAuthentication: flag,
        ownerId: whole,
        users: list({ type: 'object' }),
        bookingUrl: { type: 'string', format: 'uri' },
      },
      {
        lengthInMinutesOptions: list(natural),
        slotInterval: nullable(natural),
        minimumBookingNotice: natural,
        beforeEventBuffer: natural,
        afterEventBuffer: natural,
        seats: disabled,
        confirmationPolicy: { anyOf: [disabled, object({ type: oneOf('always', 'time') })] },
        bookingWindow: { anyOf: [disabled, object({ type: oneOf('businessDays', 'calendarDays', 'range') })] },
      },
    ),
  ),
);

export const meAnswer = success(
  object({
    id: whole,
    username: text,
    email,
    name: nullable(text),
    avatarUrl: nullable(text),
    bio: nullable(text),
    timeFormat: oneOf(12, 24),
    defaultScheduleId: nullable(whole),
    weekStart: text,
    timeZone: text,
    organizationId: nullable(whole),
  }),
);

/** Ours: the history of a booking. */
export const eventsAnswer = success(
  list(
    object({
      revision: natural,
      position: natural,
      type: text,
      version: natural,
      occurredAt: utcInstant,
      actor: object({ kind: oneOf('guest', 'host', 'operator', 'system') }, { id: text }),
      data: { type: 'object' },
      text: { type: 'string', minLength: 1 },
    }),
  ),
);

/** The one error body. */
export const errorAnswer = object({
  status: { const: 'error' },
  timestamp: text,
  path: text,
  requestId: text,
  statusCode: whole,
  message: text,
  error: object({
    code: { type: 'string', pattern: '^[a-z_]+$' },
    exception: { type: 'string', pattern: '^[A-Z][A-Za-z]+Exception$' },
    message: text,
    details: object({
      message: text,
      error: text,
      statusCode: whole,
      errors: list(object({ field: text, code: text, message: text })),
    }),
  }),
});
