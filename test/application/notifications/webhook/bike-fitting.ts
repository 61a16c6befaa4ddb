import type { WebhookFacts } from '../../../../src/application/notifications/webhook/webhook-facts.ts';

/** A booking as every test here knows it: accepted, one calendar of two holds it. */
export const bikeFitting: WebhookFacts = {
  status: 'ACCEPTED',
  uid: 'bk_7QmZ2',
  bookingId: 412,
  title: 'Bike fitting: Runa Holt',
  description: '',
  additionalNotes: 'Bring the "old" saddle,\nplease',
  start: '2031-02-10T13:00:00Z',
  end: '2031-02-10T13:45:00Z',
  location: 'Workshop, Dock 4',
  meetingUrl: 'https://rooms.example/bk_7QmZ2',
  metadata: { campaign: 'spring' },
  responses: [
    { slug: 'name', label: 'your_name', value: 'Runa Holt', isHidden: false },
    { slug: 'guests', label: 'additional_guests', value: ['moss@post.example'], isHidden: true },
  ],
  icsUid: 'bk_7QmZ2@velo.example',
  sequence: 2,
  askedMove: {
    start: '2050-09-06T07:00:00Z',
    end: '2050-09-06T07:30:00Z',
    by: 'runa@post.example',
    outcome: 'declined',
  },
  rescheduledFrom: { start: '2050-09-04T07:00:00Z', end: '2050-09-04T07:30:00Z', by: 'runa@post.example' },
  organizer: {
    id: 9,
    name: 'Odd Vik',
    email: 'odd@velo.example',
    username: 'odd',
    timeZone: 'Europe/Oslo',
    locale: 'nb',
  },
  attendees: [
    {
      name: 'Runa von Holt',
      email: 'runa@post.example',
      timeZone: 'Asia/Kolkata',
      locale: 'en',
      phoneNumber: '+4799999999',
    },
    { name: 'Moss', email: 'moss@post.example', timeZone: 'America/St_Johns', locale: 'en' },
  ],
  eventType: {
    id: 31,
    slug: 'bike-fitting',
    title: 'Bike fitting',
    description: 'Saddle, bars, pedals',
    price: 0,
    currency: 'nok',
    requiresConfirmation: false,
  },
  destinationCalendars: [{ integration: 'caldav_calendar', externalId: 'https://dav.example/odd/' }],
  cancelledBy: 'runa@post.example',
  cancellationReason: 'Flat tyre',
  rejectionReason: 'On holiday',
  absence: {
    host: false,
    attendees: [
      { email: 'runa@post.example', noShow: true },
      { email: 'moss@post.example', noShow: false },
    ],
  },
  calendarFailures: [
    { calendarId: 'work', kind: 'auth-revoked', message: 'the access was withdrawn', retryable: false },
  ],
};
