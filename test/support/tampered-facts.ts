import { IVAR, RUNA } from './audited-log.ts';
import { changed, inData, movedBefore, placeOf, redone, type Tampering } from './tamperings.ts';

const runa = `booking-${RUNA}`;
const ivar = `booking-${IVAR}`;

/** Streams that are each whole, and do not belong together, or say what cannot have been so. */
export const TAMPERED_FACTS: ReadonlyArray<Tampering> = [
  {
    what: 'the slot of a cancelled booking taken out, the chain redone',
    alone: ['no-slot', 'head'],
    gap: true,
    to: (told) =>
      redone(
        told.filter(({ stream, event }) => stream !== 'schedule-odd' || event.data.bookingUid !== IVAR),
        'schedule-odd',
      ),
  },
  {
    what: 'a slot given up before its booking was cancelled, the chain redone',
    alone: ['wrong-slot', 'head'],
    isClosed: true,
    to: (told) => {
      const at = placeOf(told, 'schedule-odd', 'SlotReleased');
      const earlier = changed(told, at, (event) => ({ ...event, occurredAt: '2050-09-05T08:15:00Z' }));
      return redone(movedBefore(earlier, at, placeOf(told, ivar, 'BookingCancelled')), 'schedule-odd');
    },
  },
  {
    what: 'a calendar said to have been busy when a slot was held, the chain redone',
    alone: ['impossible', 'head'],
    to: (told) =>
      redone(
        inData(told, 'schedule-odd', 'SlotHeld', ({ decidedBy, ...data }) => ({
          ...data,
          decidedBy: { ...Object(decidedBy), busy: [{ calendarId: 'work', start: data.start, end: data.end }] },
        })),
        'schedule-odd',
      ),
  },
  {
    what: 'a mail said to be sent that nobody sends of that event, the chain redone',
    alone: ['no-cause', 'head'],
    to: (told) =>
      redone(
        inData(told, runa, 'NotificationSent', (data) => ({ ...data, notification: 'cancelled' })),
        runa,
      ),
  },
  {
    what: 'a cancellation by the guest said to be done by the host, the chain redone',
    alone: ['impossible', 'head'],
    to: (told) =>
      redone(
        changed(told, placeOf(told, ivar, 'BookingCancelled'), (event) => ({ ...event, actor: { kind: 'host' } })),
        ivar,
      ),
  },
  {
    what: 'an acceptance said to be caused by what is not there, the chain redone',
    alone: ['no-cause', 'head'],
    to: (told) =>
      redone(
        changed(told, placeOf(told, runa, 'BookingAccepted'), (event) => ({ ...event, causationId: event.id })),
        runa,
      ),
  },
  {
    what: 'a slot held for another event type than that of its booking, the chain redone',
    alone: ['wrong-slot', 'head'],
    to: (told) =>
      redone(
        inData(told, 'schedule-odd', 'SlotHeld', (data) => ({ ...data, eventTypeId: 7 })),
        'schedule-odd',
      ),
  },
];
